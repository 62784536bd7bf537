/* The words that options choose from, by number; NULL past the last. */
#ifndef KILN_CLI_CHOICES_H
#define KILN_CLI_CHOICES_H

#include <kiln/kiln.h>

const char *choice_activation(int which); /* kiln_activation, softmax left out */
const char *choice_hidden(int which);     /* 0: auto; else hidden_activation() */
const char *choice_output(int which);     /* 0: auto; else output_activation() */
const char *choice_loss(int which);
const char *choice_optimizer(int which);
const char *choice_schedule(int which);
const char *choice_task(int which);
const char *choice_missing(int which);
const char *choice_class_weight(int which); /* kiln_missing */
const char *choice_precision(int which);
const char *refused_precision(int which); /* those that kiln has not */
const char *choice_initialisation(int which);
const char *choice_device(int which);
const char *choice_gemm(int which);
const char *choice_strategy(int which);

/* The activation of a choice_hidden word, sigmoid for auto; and of a choice_output word but auto. */
kiln_activation hidden_activation(int which);
kiln_activation output_activation(int which);

/* The word for a task: "classification". */
const char *task_name(kiln_task task);

#endif
