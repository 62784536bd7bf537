/* Validation after an epoch: the mean loss, and the share of samples whose class, or whose labels, are predicted, by weight. */
#include "base/status.h"
#include "training/run.h"
#include "training/samples.h"
#include "training/weights.h"

#include <math.h>

/* Whether sample i of a block, the at-th of the validation samples, is predicted right. */
static bool is_right(const run *r, size_t i, size_t at)
{
    const size_t row = subset_row(r->validation, at), width = r->samples->outputs;
    if (r->samples->labels)
        return r->predicted[i] == r->samples->labels[row];
    for (size_t l = 0; r->outputs && l < width; l++)
        if ((kiln_predicted_class(1, r->outputs + i * width + l) == 1) != (r->samples->y[row * width + l] >= 0.5f))
            return false;
    return true;
}

kiln_status run_validate(run *r, double *loss, double *accuracy, kiln_error *err)
{
    const size_t count = r->validation.count;
    const bool classes = r->samples->labels != NULL;
    const double weights = weight_sum(r->samples, r->validation);
    double sum = 0.0, correct = 0.0;
    *loss = *accuracy = NAN;
    for (size_t first = 0; first < count; first += r->block) {
        const size_t some = count - first < r->block ? count - first : r->block;
        const evaluation into = { .loss = r->losses, .predicted = classes ? r->predicted : NULL, .outputs = r->outputs };
        kiln_status status = stop_check(r->options.stop, err);
        if (status == KILN_OK)
            status = r->plan->ops->evaluate(r->plan, first, some, &into, err);
        if (status != KILN_OK)
            return status;
        for (size_t i = 0; i < some; i++) {
            const double weight = weight_of(r->samples, subset_row(r->validation, first + i));
            sum += weight * r->losses[i];
            correct += is_right(r, i, first + i) ? weight : 0.0;
        }
    }
    if (count > 0)
        *loss = sum / weights;
    if (count > 0 && (classes || r->outputs))
        *accuracy = correct / weights;
    return KILN_OK;
}
