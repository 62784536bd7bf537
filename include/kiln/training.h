/* Training a network, measuring it, and using it. */
#ifndef KILN_TRAINING_H
#define KILN_TRAINING_H

#include <kiln/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* y is the network's output, t the target (for a class: 1 at its output, 0 elsewhere; a single output: the class itself).
 * A sample's loss; the gradient is that of the batch's total: the sum over the batch for sse, the mean else.
 * Samples with weights: each one's loss is multiplied by its weight, and its class's, by one factor for all that makes the mean
 * over the training samples 1; so weights say what counts more, not how fast to learn, and a sample of weight 2 is one that is
 * there twice. The mean still divides by the number of rows. */
typedef enum kiln_loss {
    KILN_LOSS_AUTO,     /* cross-entropy for classification after softmax, bce for it and for multi-label after sigmoid, mse else */
    KILN_SSE,           /* sum over outputs of (y - t)^2, as in the tutorial */
    KILN_MSE,           /* mean over outputs of (y - t)^2 */
    KILN_BCE,           /* mean over outputs of -t log y - (1 - t) log(1 - y); sigmoid outputs */
    KILN_CROSS_ENTROPY, /* -log y[class]; softmax outputs */
    KILN_MAE,           /* mean over outputs of |y - t| */
    KILN_HUBER,         /* mean over outputs of e^2/2 where e = |y - t| < 1, else e - 1/2 */
} kiln_loss;

/* How a step follows from the gradient g; w the parameter, lr the learning rate. Formulas as PyTorch's. */
typedef enum kiln_optimizer {
    KILN_ADAM,     /* m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; w -= lr m/(1-b1^t) / (sqrt(v/(1-b2^t)) + eps) */
    KILN_ADAMW,    /* w -= lr decay w, then Adam without decay in g (Loshchilov and Hutter 2019) */
    KILN_SGD,      /* w -= lr g */
    KILN_MOMENTUM, /* m = momentum m + g; w -= lr m */
    KILN_NESTEROV, /* m = momentum m + g; w -= lr (g + momentum m) */
    KILN_RMSPROP,  /* v = b2 v + (1-b2) g^2; w -= lr g / (sqrt v + eps) */
} kiln_optimizer;

/* The learning rate over the run; p is the share of all steps done. A warm-up of n steps multiplies it by 1/n, 2/n ... 1. */
typedef enum kiln_schedule {
    KILN_CONSTANT,    /* lr */
    KILN_STEP,        /* lr * 0.1^floor(3 p) */
    KILN_COSINE,      /* lr * (1 + cos(pi p)) / 2 */
    KILN_EXPONENTIAL, /* lr * 0.01^p */
    KILN_ONE_CYCLE,   /* lr/25 up to lr over the first 30 %, then down to lr/250000, both by cosine (Smith 2018) */
} kiln_schedule;

/* Whether samples weigh by their class, beside their own weights. */
typedef enum kiln_class_weight {
    KILN_CLASS_WEIGHT_NONE,
    KILN_CLASS_WEIGHT_BALANCED, /* so that every class weighs the same in all: kiln_balanced_weights */
} kiln_class_weight;

/* The weight of each class, as scikit-learn's "balanced": samples / (classes * samples of the class). A class without samples gets
 * 0 and is not among the classes.
 *
 * subset  which of the samples are counted, each for one, whatever its own weight.
 * weight  (samples->classes).
 *
 * Returns KILN_EINVAL (no classes, or rows and labels that cannot be). */
kiln_status kiln_balanced_weights(const kiln_samples *samples, kiln_subset subset, double *weight, kiln_error *err);

/* Zeroed fields are the defaults, which make a good network of most tables. */
typedef struct kiln_training_options {
    kiln_loss loss;
    kiln_class_weight class_weight; /* of the training samples; classification only */
    kiln_optimizer optimizer;
    double learning_rate; /* above 0; 0: adam, adamw 0.003, rmsprop 0.001, others 0.01 */
    double momentum;      /* of momentum and nesterov, and adam's b1: above 0, below 1; 0: 0.9. For none there is KILN_SGD */
    double beta2;         /* adam's and rmsprop's b2: above 0, below 1; 0: 0.999 and 0.99 */
    double epsilon;       /* adam's and rmsprop's eps, above 0; 0: 1e-8 */
    double weight_decay;  /* 0 or more; adamw's own, else L2: g += decay w. Biases too, as in PyTorch */
    kiln_schedule schedule;
    double warm_up;    /* share of all steps, 0 up to below 1 */
    double dropout;    /* share of hidden activations set to 0, 0 up to below 1; the others are scaled by 1/(1 - dropout) */
    double clip_norm;  /* largest L2 norm of the whole gradient; 0: no clipping */
    size_t batch_size; /* samples a step; 0: 32. Larger than the training set: all of it */
    size_t epochs;     /* 0: 20 */
    size_t patience;   /* stop after that many epochs without a lower validation loss, which needs validation samples; 0: never */
    bool no_shuffle;
    uint64_t seed; /* of the order and of dropout */
    const char *
        checkpoint; /* file written after each epoch and when stopped, the one before kept as FILE.previous; NULL: none. Borrowed */
    bool resume;    /* go on from `checkpoint` where it exists */
    double progress; /* seconds between reports inside an epoch; 0: reports at the end of epochs only */
    kiln_stop *stop; /* NULL: never */
} kiln_training_options;

/* Where training is. Losses and metrics that are not known are NaN. */
typedef struct kiln_progress {
    size_t epoch, epochs;  /* the epoch now or just done, from 1; how many there will be */
    size_t step, steps;    /* steps done in this epoch, and in all of it */
    bool epoch_done, best; /* the last report of an epoch; its validation loss is the lowest so far */
    double loss;           /* mean per sample, by weight, over this epoch so far, while the network was changing */
    double validation_loss, validation_accuracy; /* after the epoch, as in kiln_metrics: whatever a class weighs */
    double learning_rate;                        /* of the last step */
    double seconds;                              /* since training began, earlier runs of the same training included */
    double samples_per_second;                   /* training samples, over this epoch so far */
} kiln_progress;

/* What is called with where training is; user is what kiln_train was given. */
typedef void (*kiln_progress_function)(void *user, const kiln_progress *progress);

/* How a run ended. */
typedef struct kiln_training_result {
    size_t epochs, steps;                        /* done, earlier runs of the same training included */
    size_t best_epoch;                           /* whose weights the network has; epochs, where it has the last ones */
    double loss;                                 /* of the last epoch, as in kiln_progress */
    double validation_loss, validation_accuracy; /* of the weights the network has now; NaN without validation */
    double seconds, samples_per_second;
    bool stopped_early, interrupted;
} kiln_training_result;

/* Trains a network in place.
 *
 * device      NULL: the reference.
 * network     changed: to the weights of the lowest validation loss with patience, else to the last ones.
 * samples     borrowed for the call; labels or y must fit the network and the loss; weights finite, 0 or more, and of the training
 *             and of the validation samples not all 0. Samples on a disk (samples->window) are shuffled by blocks: runs of
 *             samples->block training samples come in random order, and are shuffled within windows. Each comes once an epoch all
 *             the same, in an order that follows from seed, epoch, window and block.
 * train       which of them to learn from; at least one.
 * validation  which of them to validate on after each epoch; count 0: none.
 * options     NULL: the defaults.
 * report      called at the end of each epoch, and about every options->progress seconds; may be NULL.
 * result      may be NULL; filled also when interrupted or diverged.
 *
 * The same seed on the same device gives the same weights, bit for bit, whether or not the run was interrupted
 * and resumed. Returns KILN_EINTERRUPTED when the stop flag ended it (checkpoint and network then hold the state
 * after the last step; before the first, while kernels are built, there is nothing to save); KILN_EDIVERGED when the loss is not
 * finite (the network has the weights after the last good epoch; message: step, learning rate, checkpoint); KILN_EINVAL,
 * KILN_ENOMEM, KILN_EDEVICE (the network has the weights after the last good epoch), KILN_EIO, KILN_EDATA (a checkpoint that is
 * damaged or of another run). */
kiln_status kiln_train(kiln_device *device, kiln_network *network, const kiln_samples *samples, kiln_subset train,
                       kiln_subset validation, const kiln_training_options *options, kiln_progress_function report, void *user,
                       kiln_training_result *result, kiln_error *err);

/* How good a network is at one output of a regression. */
typedef struct kiln_output_metrics {
    double rmse, mae, r2;
} kiln_output_metrics;

/* How good a network is on some samples. Where these have weights, loss, accuracy, rmse, mae and r2 are by them, as scikit-learn's
 * scores with sample_weight; all that is counted (confusion, and what follows from it) takes each sample for one. */
typedef struct kiln_metrics {
    size_t count;  /* samples */
    bool weighted; /* they have weights */
    double loss;   /* mean per sample */
    /* Classification; else 0 and NULL. */
    size_t classes;
    double accuracy;                 /* share of samples whose class was predicted; multi-label: whose labels all were */
    size_t *confusion;               /* (classes, classes) samples of class [row] predicted as [column] */
    double *precision, *recall, *f1; /* (classes) 0 where undefined, as in scikit-learn */
    /* Multi-label; else 0. The four arrays above are then one a label: precision, recall, f1 (labels), and confusion
     * (labels, 2, 2) samples that have [1] or have not [0] the label, predicted to have it or not. */
    size_t labels;
    double hamming_loss; /* share of all samples' labels that were predicted wrong */
    double micro_f1;     /* over all labels together */
    double macro_f1; /* mean of the labels' f1; classification has it too: of the classes that the samples or predictions have */
    /* Regression; else 0 and NULL. Over all outputs; r2 is the outputs' mean. */
    double rmse, mae, r2;
    size_t outputs;
    kiln_output_metrics *output; /* (outputs) each by itself */
} kiln_metrics;

/* Measures a network; classes are predicted as kiln_predicted_class does, each label as that of a single output. Samples with y
 * are multi-label where the network's schema says so, else regression.
 *
 * loss     KILN_LOSS_AUTO: as for training.
 * metrics  its arrays are freed with kiln_metrics_free; unchanged on failure.
 *
 * Returns KILN_EINVAL (no targets, widths differ, no samples, a single class, weights that cannot be), KILN_ENOMEM, KILN_EDEVICE,
 * KILN_EINTERRUPTED. */
kiln_status kiln_evaluate(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                          kiln_loss loss, kiln_stop *stop, kiln_metrics *metrics, kiln_error *err);

/* Frees what a metrics holds, and zeroes it. NULL is fine. */
void kiln_metrics_free(kiln_metrics *metrics);

/* Runs a network.
 *
 * subset  whose outputs are wanted, in that order.
 * y       (subset.count, out) float64, row-major; contents undefined on failure.
 *
 * Returns KILN_EINVAL, KILN_ENOMEM, KILN_EDEVICE, KILN_EINTERRUPTED. */
kiln_status kiln_predict(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                         kiln_stop *stop, double *y, kiln_error *err);

/* The class that a sample's outputs (width) stand for: the largest (the first of equals); with a single output, and for
 * each output of a multi-label by itself, 1 from 0.5 on. */
int32_t kiln_predicted_class(size_t width, const double *outputs);

/* The words for losses, optimizers and schedules ("cross-entropy", "one-cycle"), NULL past the last; and back. */
const char *kiln_loss_name(kiln_loss loss);
bool kiln_loss_find(const char *name, kiln_loss *loss);
const char *kiln_optimizer_name(kiln_optimizer optimizer);
bool kiln_optimizer_find(const char *name, kiln_optimizer *optimizer);
const char *kiln_schedule_name(kiln_schedule schedule);
bool kiln_schedule_find(const char *name, kiln_schedule *schedule);

/* The learning rate of an optimizer where none is given; 0 where it is none. */
double kiln_optimizer_learning_rate(kiln_optimizer optimizer);

/* The loss that KILN_LOSS_AUTO means for a network and samples; another loss: itself. */
kiln_loss kiln_loss_resolve(kiln_loss loss, const kiln_network *network, const kiln_samples *samples);

#ifdef __cplusplus
}
#endif
#endif
