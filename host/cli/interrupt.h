/* Ctrl-C and SIGTERM: the first asks the library to stop, the second ends the program at once. */
#ifndef KILN_CLI_INTERRUPT_H
#define KILN_CLI_INTERRUPT_H

#include <kiln/status.h>

/* Catches SIGINT and SIGTERM, and leaves a closed pipe to the error that writing to it returns. */
void interrupt_catch(void);

/* The flag that the first signal raises. */
kiln_stop *interrupt_flag(void);

/* 128 + the signal that was caught; 0: none yet. */
int interrupt_exit_code(void);

#endif
