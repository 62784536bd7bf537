/* kiln export: a network for other programs: ONNX, one C file, or PyTorch's weights. */
#include "choices.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "report.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_MOST = 1024 };

typedef enum format { FORMAT_ONNX, FORMAT_C, FORMAT_PYTORCH } format;

typedef struct export_arguments {
    const char *model, *to, *name;
    size_t opset;
    int precision;
    bool quiet;
} export_arguments;

static const struct {
    const char *ending;
    format format;
    const char *said;
} endings[] = {
    { ".onnx", FORMAT_ONNX, "ONNX, preprocessing included: takes rows as they are" },
    { ".h", FORMAT_C, "C99 without dependencies: takes features as they are" },
    { ".safetensors", FORMAT_PYTORCH, "for PyTorch's nn.Sequential: takes features as they are" },
};

#define FIELD(name) offsetof(export_arguments, name)

static const option rows[] = {
    { .help = "options" },
    { "name", "NAME", NULL, OPTION_TEXT, FIELD(name), .help = "C: what names in the file begin with (default the file's name)" },
    { "opset", "N", "17", OPTION_COUNT, FIELD(opset), .help = "ONNX: version of its operators, 13 to 22" },
    { "precision", "P", "f32", OPTION_CHOICE, FIELD(precision), .help = "ONNX and safetensors: of weights and inputs",
      .choice = choice_precision },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print nothing but errors", .letter = 'q' },
    { 0 },
};

/* The row of `endings` that a path has; false where it has none. */
static bool find_ending(const char *path, size_t *which)
{
    for (*which = 0; *which < sizeof endings / sizeof *endings; ++*which) {
        const size_t length = strlen(path), ending = strlen(endings[*which].ending);
        if (length > ending && strcmp(path + length - ending, endings[*which].ending) == 0)
            return true;
    }
    return false;
}

static kiln_status write_model(const export_arguments *a, format to, const kiln_network *network, kiln_error *err)
{
    const kiln_precision precision = (kiln_precision)a->precision;
    const kiln_onnx_options options = { .precision = precision, .opset = a->opset <= INT_MAX ? (int)a->opset : INT_MAX };
    if (to == FORMAT_ONNX)
        return kiln_model_export_onnx(network, a->to, &options, err);
    if (to == FORMAT_C)
        return kiln_model_export_c(network, a->to, a->name, err);
    return kiln_model_export_pytorch(network, a->to, precision, err);
}

static int run(const command *self, int argc, char **argv)
{
    export_arguments arguments = { 0 };
    operands given;
    kiln_network *network = NULL;
    kiln_error err = { 0 };
    char shape[SHAPE_MOST];
    size_t which;
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.model = given.at[0];
    arguments.to = given.at[1];
    if (!find_ending(arguments.to, &which))
        return options_wrong(self, "'%s' does not say what to write: its ending is .onnx, .h or .safetensors", arguments.to);
    if (arguments.name && endings[which].format != FORMAT_C)
        return options_wrong(self, "--name is for C: an OUTPUT that ends in .h");
    kiln_status status = output_possible(arguments.to, &err);
    if (status == KILN_OK)
        status = output_spares(arguments.to, arguments.model, &err);
    if (status == KILN_OK)
        status = kiln_model_load(arguments.model, &network, &err);
    if (status == KILN_OK)
        status = write_model(&arguments, endings[which].format, network, &err);
    if (status == KILN_OK && !arguments.quiet) {
        shape_text(network, shape, sizeof shape);
        printf("%s: network %s, %zu parameters\n%s\n", arguments.to, shape, kiln_network_parameters(network), endings[which].said);
    }
    kiln_network_destroy(network);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln export iris.safetensors iris.onnx",
    "kiln export digits.safetensors digits.h --name reader",
    "kiln export houses.safetensors houses-torch.safetensors",
    NULL,
};

const command export_command = {
    .name = "export",
    .operands = "MODEL OUTPUT",
    .least = 2,
    .most = 2,
    .summary = "writes a network for other programs",
    .explanation = "OUTPUT's ending says what is written:\n"
                   "  .onnx         ONNX, with one-hot, filling, standardisation and class names as nodes\n"
                   "  .h            one C99 file that needs nothing but math.h\n"
                   "  .safetensors  weights for PyTorch, the standardisation inside the first layer\n"
                   "(kiln's own models load into PyTorch too, but then features must be standardised first.)",
    .examples = examples,
    .options = rows,
    .run = run,
};
