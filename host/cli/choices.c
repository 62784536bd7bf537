/* The words that options choose from. */
#include "choices.h"

static const char *word_at(const char *const *words, size_t count, int which)
{
    return which >= 0 && (size_t)which < count ? words[which] : NULL;
}

const char *choice_activation(int which)
{
    return which < KILN_SOFTMAX ? kiln_activation_name((kiln_activation)which) : NULL;
}

const char *choice_hidden(int which)
{
    return which == 0 ? "auto" : choice_activation(which - 1);
}

kiln_activation hidden_activation(int which)
{
    return which == 0 ? KILN_SIGMOID : (kiln_activation)(which - 1);
}

const char *choice_output(int which)
{
    static const char *const words[] = { "auto", "sigmoid", "softmax", "linear" };
    return word_at(words, sizeof words / sizeof *words, which);
}

kiln_activation output_activation(int which)
{
    kiln_activation activation = KILN_LINEAR;
    kiln_activation_find(choice_output(which), &activation);
    return activation;
}

const char *choice_loss(int which)
{
    return kiln_loss_name((kiln_loss)which);
}

const char *choice_optimizer(int which)
{
    return kiln_optimizer_name((kiln_optimizer)which);
}

const char *choice_schedule(int which)
{
    return kiln_schedule_name((kiln_schedule)which);
}

const char *choice_task(int which)
{
    static const char *const words[] = { [KILN_TASK_AUTO] = "auto",
                                         [KILN_CLASSIFICATION] = "classification",
                                         [KILN_REGRESSION] = "regression",
                                         [KILN_MULTILABEL] = "multilabel" };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_missing(int which)
{
    static const char *const words[] = {
        [KILN_MISSING_ERROR] = "error", [KILN_MISSING_MEAN] = "mean", [KILN_MISSING_MEDIAN] = "median", [KILN_MISSING_DROP] = "drop"
    };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_class_weight(int which)
{
    static const char *const words[] = { [KILN_CLASS_WEIGHT_NONE] = "none", [KILN_CLASS_WEIGHT_BALANCED] = "balanced" };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_precision(int which)
{
    static const char *const words[] = { [KILN_F32] = "f32", [KILN_F64] = "f64" };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *refused_precision(int which)
{
    static const char *const words[] = { "f16", "bf16" };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_initialisation(int which)
{
    return kiln_initialisation_name((kiln_initialisation)which);
}

const char *choice_device(int which)
{
    static const char *const words[] = { "auto", "gpu", "cpu", "reference" };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_gemm(int which)
{
    static const char *const words[] = {
        [KILN_GEMM_AUTO] = "auto", [KILN_GEMM_CLBLAST] = "clblast", [KILN_GEMM_NATIVE] = "native"
    };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *choice_strategy(int which)
{
    static const char *const words[] = {
        [KILN_STRATEGY_AUTO] = "auto", [KILN_STRATEGY_LAYERS] = "layers", [KILN_STRATEGY_FUSED] = "fused"
    };
    return word_at(words, sizeof words / sizeof *words, which);
}

const char *task_name(kiln_task task)
{
    return task == KILN_TASK_AUTO ? "unknown" : choice_task((int)task);
}
