/* Tuning a device for a network: options checked as for training, and handed to the device's backend. */
#include <kiln/tune.h>

#include "base/status.h"
#include "training/optimizer.h"

#include <stdlib.h>

enum { BATCH = 32 };

static kiln_status refuse(const kiln_device *device, kiln_error *err)
{
    return kiln_fail(err, KILN_EUNSUPPORTED, "%s: has one way to multiply, so there is nothing to tune: use an OpenCL device",
                     device ? device->info.name : "the reference");
}

kiln_status kiln_tune(kiln_device *device, const kiln_network *network, const kiln_tune_options *options, kiln_tuning *tuning,
                      kiln_error *err)
{
    static const kiln_tune_options defaults;
    kiln_tune_options asked = options ? *options : defaults;
    kiln_training_options o;
    if (!device || !device->ops->tune)
        return refuse(device, err);
    if (!(asked.seconds >= 0))
        return kiln_fail(err, KILN_EINVAL, "%g seconds to tune in cannot be: above 0, or 0 for 60", asked.seconds);
    const size_t batch = asked.training.batch_size ? asked.training.batch_size : BATCH;
    const kiln_status status = options_resolve(&asked.training, batch, &o, err);
    if (status != KILN_OK)
        return status;
    asked.seconds = asked.seconds > 0 ? asked.seconds : 60;
    o.stop = asked.stop;
    const plan_spec spec = options_plan(&o, network, batch);
    return device->ops->tune(device, &spec, &asked, tuning, err);
}

kiln_status kiln_tune_clear(kiln_device *device, char **path, kiln_error *err)
{
    *path = NULL;
    return device && device->ops->forget ? device->ops->forget(device, path, err) : refuse(device, err);
}

void kiln_tuning_free(kiln_tuning *tuning)
{
    if (!tuning)
        return;
    free(tuning->product);
    free(tuning->path);
    *tuning = (kiln_tuning){ 0 };
}
