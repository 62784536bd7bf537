/* Where a training goes on from. A file that does not say what its inputs are standardised with gets them as they are: its weights
 * are for such inputs. */
#include "start.h"

#include "choices.h"
#include "message.h"

#include <stdlib.h>

kiln_status start_load(const train_arguments *a, kiln_network **from, kiln_error *err)
{
    bool said = false;
    const kiln_status status = kiln_model_import(a->from, hidden_activation(a->activation), KILN_LINEAR, &said, from, err);
    if (status != KILN_OK)
        return status;
    const kiln_network_shape shape = kiln_network_get_shape(*from);
    const bool asked = a->activation != 0;
    if (shape.layers > 1 && !said && !asked)
        return fail(err, KILN_EINVAL,
                    "%s: does not say its activations: give the hidden layers' with --activation (relu, tanh ...)", a->from);
    if (shape.layers > 1 && said && asked && shape.hidden != hidden_activation(a->activation))
        return fail(err, KILN_EINVAL, "%s: its hidden layers are %s: leave --activation %s out", a->from,
                    kiln_activation_name(shape.hidden), choice_hidden(a->activation));
    return KILN_OK;
}

void start_options(const kiln_network *from, kiln_data_options *options)
{
    const kiln_schema *schema = from ? kiln_network_schema(from) : NULL;
    if (!schema || (schema->columns == 0 && schema->classes == 0))
        return;
    options->schema = schema;
    if (options->task == KILN_TASK_AUTO)
        options->task = schema->task;
}

/* As asked for; else the network's own, but where it does not know what it is for: then what the task needs instead of plain
 * numbers. */
static kiln_activation choose_output(const training *t, size_t width)
{
    const train_arguments *a = t->arguments;
    const kiln_activation own = kiln_network_get_shape(t->from).output;
    if (a->output != 0)
        return output_activation(a->output);
    if (a->loss == KILN_BCE)
        return KILN_SIGMOID;
    if (own != KILN_LINEAR || kiln_network_schema(t->from)->task != KILN_TASK_AUTO)
        return own;
    if (kiln_data_schema(t->data)->task == KILN_MULTILABEL || (t->samples.labels && width == 1))
        return KILN_SIGMOID;
    return t->samples.labels ? KILN_SOFTMAX : KILN_LINEAR;
}

static kiln_status check_widths(const training *t, const kiln_network_shape *shape, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const kiln_samples *s = &t->samples;
    const size_t out = shape->widths[shape->layers], needed = s->labels ? s->classes : s->outputs;
    if (shape->widths[0] != s->features)
        return fail(err, KILN_EDATA, "%s: has %zu features, but the network of %s takes %zu", a->data, s->features, a->from,
                    shape->widths[0]);
    if (out != needed && !(s->labels && needed == 2 && out == 1))
        return fail(err, KILN_EDATA, "%s: has %zu %s, but the network of %s has %zu outputs", a->data, needed,
                    s->labels ? "classes" : "targets", a->from, out);
    return KILN_OK;
}

static kiln_status copy_layers(const kiln_network *from, const kiln_network_shape *shape, kiln_network *to, kiln_error *err)
{
    kiln_status status = KILN_OK;
    for (size_t l = 0; status == KILN_OK && l < shape->layers; l++) {
        const size_t in = shape->widths[l], out = shape->widths[l + 1];
        double *weights = calloc(in, out * sizeof *weights), *bias = calloc(out, sizeof *bias); /* as large as the network's own */
        if (!weights || !bias)
            status = fail(err, KILN_ENOMEM, "no memory left for a copy of layer %zu", l + 1);
        if (status == KILN_OK)
            status = kiln_network_get_layer(from, l, weights, shape->no_bias ? NULL : bias, err);
        if (status == KILN_OK)
            status = kiln_network_set_layer(to, l, weights, shape->no_bias ? NULL : bias, err);
        free(weights);
        free(bias);
    }
    return status;
}

kiln_status start_copy(const kiln_network *from, const kiln_network_shape *shape, const kiln_schema *schema, kiln_network **copy,
                       kiln_error *err)
{
    const float *mean, *scale;
    kiln_network_get_standardisation(from, &mean, &scale);
    kiln_status status = kiln_network_create(shape, copy, err);
    if (status == KILN_OK)
        status = copy_layers(from, shape, *copy, err);
    if (status == KILN_OK)
        status = kiln_network_set_standardisation(*copy, mean, scale, err);
    return status == KILN_OK ? kiln_network_set_schema(*copy, schema, err) : status;
}

kiln_status start_network(training *t, kiln_error *err)
{
    kiln_network_shape shape = kiln_network_get_shape(t->from);
    kiln_status status = check_widths(t, &shape, err);
    if (status != KILN_OK)
        return status;
    shape.output = choose_output(t, shape.widths[shape.layers]);
    if (!t->samples.labels && shape.output == KILN_SOFTMAX)
        return fail(err, KILN_EINVAL, "%s: its target is a number, but the network of %s tells classes apart", t->arguments->data,
                    t->arguments->from);
    return start_copy(t->from, &shape, kiln_data_schema(t->data), &t->network, err);
}
