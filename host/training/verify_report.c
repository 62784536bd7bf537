/* The table that a verification fills: rows by name, and what is kept of every comparison. */
#include "base/memory.h"
#include "base/status.h"
#include "training/verify.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

kiln_status report_make(size_t rows, kiln_verify_report *report, kiln_error *err)
{
    *report = (kiln_verify_report){ 0, mem_zeroed(rows + 1, sizeof *report->row), false };
    return report->row ? KILN_OK : kiln_fail_memory(err, rows * sizeof *report->row, "the report");
}

void kiln_verify_report_free(kiln_verify_report *report)
{
    if (!report)
        return;
    free(report->row);
    *report = (kiln_verify_report){ 0, NULL, false };
}

kiln_verify_row *report_row(kiln_verify_report *report, const char *format, ...)
{
    char name[sizeof report->row->name];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    for (size_t i = 0; i < report->rows; i++)
        if (strcmp(report->row[i].name, name) == 0)
            return &report->row[i];
    kiln_verify_row *row = &report->row[report->rows++];
    memcpy(row->name, name, sizeof name);
    row->rms = row->drift = NAN;
    return row;
}

/* The larger one, infinite where either is not a number: fmax would pass over it. */
static double worse(double a, double b)
{
    return isnan(a) || isnan(b) ? INFINITY : fmax(a, b);
}

void row_compare(kiln_verify_row *row, double margin, const comparison *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const double error = fabs(c->device[i] - c->expected[i]), bound = margin * c->bound[i];
        const double share = error == 0.0 ? 0.0 : error <= bound ? error / bound : bound > 0.0 ? error / bound : INFINITY;
        row->error = worse(row->error, error);
        row->share = worse(row->share, share);
        if (c->alone)
            row->drift = isnan(row->drift) ? fabs(c->device[i] - c->alone[i]) : worse(row->drift, fabs(c->device[i] - c->alone[i]));
    }
    row->elements += c->count;
}

void row_rms(kiln_verify_row *row, const rounding *r, const product *sizes, const double *device, const double *expected)
{
    const size_t count = sizes->rows * sizes->columns;
    const double k = (double)sizes->length, flush = bound_flush(r, sizes);
    double sum = 0.0, results = 0.0, squares = 0.0;
    size_t used = 0;
    if (r->u < 0x1p-40)
        return; /* the reference's own error is as large */
    for (size_t i = 0; i < count; i++) {
        if (r->u * sqrt(sizes->squares[i]) <= flush)
            continue; /* what is flushed may be all of the error */
        const double error = (device[i] - expected[i]) / r->u;
        sum += error * error / sizes->squares[i];
        results += expected[i] * expected[i];
        squares += sizes->squares[i];
        used++;
    }
    if (used == 0)
        return;
    /* sqrt(k) + 2 is for terms of mean 0, whose sums are as large as their root sum of squares. Where terms share a sign, partial
     * sums are larger by the root of `results / squares`, and so are the errors of adding to them. */
    const double limit = (sqrt(k) + 2.0) * sqrt(fmax(1.0, results / squares));
    const double rms = sqrt(sum / (double)used) / limit;
    row->rms = isnan(row->rms) ? worse(rms, rms) : worse(row->rms, rms);
}

void report_conclude(kiln_verify_report *report)
{
    report->holds = report->rows > 0;
    for (size_t i = 0; i < report->rows; i++) {
        kiln_verify_row *row = &report->row[i];
        row->holds = row->share <= 1.0 && !(row->rms > 1.0);
        report->holds = report->holds && row->holds;
    }
}
