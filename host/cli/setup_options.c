/* The options that say what is trained: data, network and training, for every command that sets a training up. */
#include "choices.h"
#include "setup.h"

#define FIELD(name) offsetof(train_arguments, name)

const option setup_options[] = {
    { .help = "data" },
    { "labels", "FILE", NULL, OPTION_TEXT, FIELD(labels),
      .help = "IDX, NumPy: the file of labels; .npz: an array in it, or a file" },
    { "array", "NAME", NULL, OPTION_TEXT, FIELD(array), .help = "npz: the array of samples, where it has no usual name" },
    { "target", "COLUMN,...", NULL, OPTION_TEXT, FIELD(target),
      .help =
          "tables: what to learn, by name or index; -1 is the last, the default; several are numbers, or labels of two values" },
    { "task", "TASK", "auto", OPTION_CHOICE, FIELD(task),
      .help = "auto: text and whole numbers of few values are classes, several targets of two values each multilabel, other "
              "numbers regression",
      .choice = choice_task },
    { "weights", "COLUMN", NULL, OPTION_TEXT, FIELD(weights),
      .help = "tables: how much each sample counts, 0 or more; in training the mean is scaled to 1" },
    { "class-weight", "HOW", "none", OPTION_CHOICE, FIELD(class_weight),
      .help = "balanced: each class counts as much as the others, however many samples it has; multiplies --weights",
      .choice = choice_class_weight },
    { "features", "A,B,...", NULL, OPTION_TEXT, FIELD(features),
      .help = "CSV: the columns to learn from, by name or index; default all but the target" },
    { "ignore", "A,B,...", NULL, OPTION_TEXT, FIELD(ignore), .help = "CSV: columns to leave out, by name or index" },
    { "text", "A,B,...", NULL, OPTION_TEXT, FIELD(text),
      .help =
          "CSV: columns to take as text, by name or index, whatever they look like: zip codes, dates; up to 256 different texts" },
    { "missing", "HOW", "error", OPTION_CHOICE, FIELD(missing),
      .help =
          "CSV: a missing value is an error, becomes the training samples' mean or median (in a text column: none of the texts), "
          "or its row is left out",
      .choice = choice_missing },
    { "missing-indicator", NULL, NULL, OPTION_SWITCH, FIELD(missing_indicator),
      .help = "a feature of 0 or 1 beside each number that is missing in some training sample" },
    { "test", "FILE", NULL, OPTION_TEXT, FIELD(test), .help = "samples to measure the trained network on" },
    { "test-labels", "FILE", NULL, OPTION_TEXT, FIELD(test_labels), .help = "IDX, NumPy: their labels" },
    { "test-array", "NAME", NULL, OPTION_TEXT, FIELD(test_array), .help = "npz: the array of them" },
    { "validation", "FRACTION", "0.1", OPTION_SHARE, FIELD(validation),
      .help = "share of the samples that is kept from training, to validate on; 0 for none" },
    { "memory", "SIZE", "auto", OPTION_SIZE, FIELD(memory),
      .help = "most memory for a file's samples, as 512M or 2G; more stay on disk, and are shuffled by blocks; auto: half of what "
              "there is",
      .special = "auto" },
    { "no-standardize", NULL, NULL, OPTION_SWITCH, FIELD(no_standardize),
      .help = "use features, and the targets of regression, as they are" },

    { .help = "network" },
    { "from", "FILE", NULL, OPTION_TEXT, FIELD(from),
      .help = "go on from a network with its layers, weights, columns and standardisation: a model of kiln's, ONNX, or PyTorch's "
              "safetensors of an nn.Sequential" },
    { "hidden", "W,W,...", "auto", OPTION_TEXT, FIELD(hidden),
      .help = "widths of the hidden layers, or none; auto: 128, or as --from has them", .also = "layers" },
    { "activation", "NAME", "auto", OPTION_CHOICE, FIELD(activation),
      .help = "of the hidden layers; auto: sigmoid, or as --from has it, which PyTorch's files do not say",
      .choice = choice_hidden },
    { "output-activation", "NAME", "auto", OPTION_CHOICE, FIELD(output),
      .help = "auto: softmax for classes, sigmoid for labels and with --loss bce, else linear", .choice = choice_output },
    { "no-bias", NULL, NULL, OPTION_SWITCH, FIELD(no_bias), .help = "weights alone" },
    { "init", "HOW", "auto", OPTION_TEXT, FIELD(init),
      .help = "auto, xavier, he, uniform, or a safetensors file of weights; auto is he for relu and its kin, else xavier",
      .choice = choice_initialisation },

    { .help = "training" },
    { "loss", "NAME", "auto", OPTION_CHOICE, FIELD(loss), .help = "auto: cross-entropy after softmax, bce after sigmoid, else mse",
      .choice = choice_loss },
    { "optimizer", "NAME", "adam", OPTION_CHOICE, FIELD(optimizer), .help = "how steps follow from gradients",
      .choice = choice_optimizer },
    { "lr", "RATE", "auto", OPTION_POSITIVE, FIELD(learning_rate),
      .help = "learning rate; auto: 0.003 for adam and adamw, 0.001 for rmsprop, else 0.01", .special = "auto",
      .also = "learning-rate" },
    { "momentum", "M", "0.9", OPTION_SHARE, FIELD(momentum), .help = "of momentum and nesterov; adam's first beta" },
    { "weight-decay", "D", "0", OPTION_AMOUNT, FIELD(weight_decay), .help = "pull of all parameters towards 0" },
    { "schedule", "NAME", "cosine", OPTION_CHOICE, FIELD(schedule), .help = "the learning rate over the run",
      .choice = choice_schedule },
    { "warm-up", "FRACTION", "0", OPTION_SHARE, FIELD(warm_up),
      .help = "share of the run over which the learning rate rises from 0" },
    { "dropout", "FRACTION", "0", OPTION_SHARE, FIELD(dropout), .help = "share of hidden activations that is left out at random" },
    { "clip-norm", "NORM", "0", OPTION_AMOUNT, FIELD(clip_norm), .help = "largest norm of the gradient; 0 for none" },
    { "batch-size", "N", "32", OPTION_COUNT, FIELD(batch_size), .help = "samples a step, or full", .special = "full" },
    { "epochs", "N", "auto", OPTION_COUNT, FIELD(epochs),
      .help = "passes over the data; auto: 20, more where that is under 2000 steps", .special = "auto" },
    { "patience", "N", "0", OPTION_WHOLE, FIELD(patience),
      .help = "stop after N epochs without a lower validation loss, and keep the best weights; 0: never" },
    { "no-shuffle", NULL, NULL, OPTION_SWITCH, FIELD(no_shuffle), .help = "take samples in the file's order" },
    { "seed", "N", "0", OPTION_SEED, FIELD(seed), .help = "of the split, the first weights, the order and dropout" },
    { 0 },
};
