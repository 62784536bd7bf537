/* Signals. A handler can reach nothing but a global: this is the program's only one. */
#include "interrupt.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile int caught; /* the signal's number; written as one machine word, as sig_atomic_t is */

static void on_signal(int number)
{
    if (caught)
        _exit(128 + number);
    caught = number;
}

void interrupt_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal; /* without SA_RESTART: a read that waits for standard input ends */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

kiln_stop *interrupt_flag(void)
{
    return &caught;
}

int interrupt_exit_code(void)
{
    return caught ? 128 + caught : 0;
}
