/* Learning rate schedules: a factor on the rate, by the share of all steps done. */
#include "training/schedule.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static double constant(double p)
{
    (void)p;
    return 1.0;
}

static double by_steps(double p)
{
    return pow(0.1, floor(3.0 * p));
}

/* From 1 to 0 as p goes from 0 to 1. */
static double cosine(double p)
{
    return 0.5 * (1.0 + cos(pi * p));
}

static double exponential(double p)
{
    return pow(0.01, p);
}

/* From 1/25 up to 1 over the first 30 %, then down to 1/250000. */
static double one_cycle(double p)
{
    const double first = 1.0 / 25.0, last = 1.0 / 250000.0, peak = 0.3;
    if (p < peak)
        return 1.0 - (1.0 - first) * cosine(p / peak);
    return last + (1.0 - last) * cosine((p - peak) / (1.0 - peak));
}

static const struct {
    const char *name;
    double (*factor)(double p);
} schedules[] = {
    [KILN_CONSTANT] = { "constant", constant },    [KILN_STEP] = { "step", by_steps },
    [KILN_COSINE] = { "cosine", cosine },          [KILN_EXPONENTIAL] = { "exponential", exponential },
    [KILN_ONE_CYCLE] = { "one-cycle", one_cycle },
};

enum { SCHEDULES = sizeof schedules / sizeof *schedules };

double schedule_rate(kiln_schedule schedule, double rate, double warm_up, uint64_t step, uint64_t total)
{
    const double p = (double)step / (double)total;
    const double scaled = rate * schedules[schedule].factor(p);
    const double rising = warm_up * (double)total, done = (double)step + 1.0; /* steps, this one included */
    return done < rising ? scaled * (done / rising) : scaled;
}

bool schedule_needs_total(kiln_schedule schedule, double warm_up)
{
    return schedule != KILN_CONSTANT || warm_up > 0.0;
}

const char *kiln_schedule_name(kiln_schedule schedule)
{
    return (size_t)schedule < SCHEDULES ? schedules[schedule].name : NULL;
}

bool kiln_schedule_find(const char *name, kiln_schedule *schedule)
{
    for (size_t i = 0; name && i < SCHEDULES; i++)
        if (strcmp(name, schedules[i].name) == 0) {
            *schedule = (kiln_schedule)i;
            return true;
        }
    return false;
}
