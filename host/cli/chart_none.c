/* In place of chart_cairo.c where the program is built without cairo. */
#include "chart.h"
#include "message.h"

kiln_status chart_write(const chart *c, const char *path, chart_format format, kiln_error *err)
{
    (void)c;
    (void)format;
    return fail(
        err, KILN_EUNSUPPORTED,
        "%s: cannot be drawn: this kiln was built without cairo; install its development files (libcairo2-dev) and build again",
        path);
}
