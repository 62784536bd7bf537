/* Live progress: on a terminal one line that is rewritten, elsewhere a line an epoch, fewer where there are many. */
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PART_BYTES = 128, LOG_LINES = 60, ANY_WIDTH = 1 << 16 };
enum { BAR_LEAST = 6, BAR_MOST = 24, CURVE_LEAST = 6, CURVE_MOST = 24 };

/* A terminal's line is drawn again after that many seconds: an eye sees no more, and short epochs would wait for the terminal. */
static const double redraw_seconds = 0.05;

/* The parts of a line, from left to right. */
typedef enum part { EPOCH, BAR, LOSS, CURVE, METRIC, VALIDATION_LOSS, SPEED, TIME, PARTS } part;

/* The same by their worth: what does not fit is left out from the end. */
static const part by_worth[PARTS] = { EPOCH, LOSS, METRIC, TIME, SPEED, CURVE, VALIDATION_LOSS, BAR };

typedef struct line {
    char text[PARTS][PART_BYTES]; /* of all but BAR and CURVE */
    size_t columns[PARTS];        /* 0: left out */
} line;

void progress_begin(progress *p, bool quiet)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    *p = (progress){ .shown = !quiet, .validation_loss = NAN, .validation_accuracy = NAN };
    p->live = p->shown && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    p->coloured = p->live && !(no_color && no_color[0]);
    p->blocks = p->live && sparkline_possible();
    p->drawn = p->live;
    if (p->live)
        fputs("building the plan ...", stderr);
}

double progress_interval(const progress *p)
{
    return p->live ? 0.1 : 0.0;
}

static size_t terminal_width(void)
{
    struct winsize size = { 0 };
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* "4.2 s", "3:07", "2:10:00" */
static void duration(double seconds, char *text, size_t bytes)
{
    const long whole = lround(seconds);
    if (seconds < 10.0)
        snprintf(text, bytes, "%.1f s", seconds);
    else if (whole < 60)
        snprintf(text, bytes, "%ld s", whole);
    else if (whole < 3600)
        snprintf(text, bytes, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(text, bytes, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

/* "950", "36.7k", "1.23M": three digits at least. */
static void amount(double number, char *text, size_t bytes)
{
    static const char units[] = " kMG";
    size_t unit = 0;
    for (; number >= 999.5 && units[unit + 1]; unit++)
        number /= 1000.0;
    const int decimals = unit == 0 || number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
    snprintf(text, bytes, unit > 0 ? "%.*f%c" : "%.*f", decimals, number, units[unit]);
}

/* How much of all epochs, of all folds, is done, 0 to 1. */
static double share_done(const progress *p, const kiln_progress *now)
{
    const double epochs = (double)now->epoch - 1.0 + (now->steps ? (double)now->step / (double)now->steps : 1.0);
    const double share = epochs / (double)now->epochs;
    return p->folds ? ((double)p->fold - 1.0 + share) / (double)p->folds : share;
}

/* How long it took, or is left to go by the pace since the first report: before it, kernels were compiled. */
static void write_time(const progress *p, const kiln_progress *now, char text[PART_BYTES])
{
    char time[32];
    const double share = share_done(p, now), since = share - p->first_share, seconds = p->elapsed + now->seconds;
    if (share >= 1.0) {
        duration(seconds, time, sizeof time);
        snprintf(text, PART_BYTES, "  in %s", time);
    } else if (since > 0.0) {
        duration((seconds - p->first_seconds) * (1.0 - share) / since, time, sizeof time);
        snprintf(text, PART_BYTES, "  %s left", time);
    }
}

static void write_parts(const progress *p, const kiln_progress *now, bool brief, char text[PARTS][PART_BYTES])
{
    char number[32], fold[48] = "";
    const bool classes = isfinite(p->validation_accuracy);
    for (part i = 0; i < PARTS; i++)
        text[i][0] = '\0';
    if (p->folds)
        snprintf(fold, sizeof fold, "fold %*zu/%zu  ", snprintf(NULL, 0, "%zu", p->folds), p->fold, p->folds);
    snprintf(text[EPOCH], PART_BYTES, "%sepoch %*zu/%zu", fold, snprintf(NULL, 0, "%zu", now->epochs), now->epoch, now->epochs);
    snprintf(text[LOSS], PART_BYTES, "  loss %-7.4g", now->loss);
    if (classes) {
        snprintf(text[METRIC], PART_BYTES, "  validation %.2f %%", 100.0 * p->validation_accuracy);
        snprintf(text[VALIDATION_LOSS], PART_BYTES, ", loss %-7.4g", p->validation_loss);
    } else if (isfinite(p->validation_loss)) {
        snprintf(text[METRIC], PART_BYTES, "  validation %-7.4g", p->validation_loss);
    }
    amount(now->samples_per_second, number, sizeof number);
    snprintf(text[SPEED], PART_BYTES, brief ? "  %5s/s" : "  %5s samples/s", number);
    write_time(p, now, text[TIME]);
}

/* Shares `width` columns among the parts, by their worth. */
static void share_columns(const progress *p, size_t width, line *l)
{
    size_t left = width;
    for (size_t i = 0; i < PARTS; i++) {
        const part which = by_worth[i];
        size_t columns = strlen(l->text[which]);
        if (which == CURVE && p->blocks && left >= 1 + CURVE_LEAST)
            columns = left < 1 + CURVE_MOST ? left : 1 + CURVE_MOST;
        if (which == BAR && p->live && left >= 4 + BAR_LEAST) /* two blanks and the brackets */
            columns = left < 4 + BAR_MOST ? left : 4 + BAR_MOST;
        l->columns[which] = columns <= left || which == EPOCH ? columns : 0;
        left -= l->columns[which] < left ? l->columns[which] : left;
    }
}

static void compose(const progress *p, const kiln_progress *now, size_t width, line *l)
{
    write_parts(p, now, false, l->text);
    share_columns(p, width, l);
    if (l->columns[CURVE] > 0 || !p->blocks)
        return;
    write_parts(p, now, true, l->text); /* a curve is worth a word */
    share_columns(p, width, l);
}

/* A bar of all epochs. */
static void draw_bar(const progress *p, const kiln_progress *now, size_t columns)
{
    const size_t bar = columns - 4, full = (size_t)(share_done(p, now) * (double)bar);
    fputs(p->coloured ? "  [\033[32m" : "  [", stderr);
    for (size_t i = 0; i < bar; i++)
        fputc(i < full ? '=' : ' ', stderr);
    fputs(p->coloured ? "\033[0m]" : "]", stderr);
}

static void draw_curve(const progress *p, size_t columns)
{
    char text[SPARKLINE_BYTES];
    sparkline_draw(&p->losses, columns - 1, text);
    fprintf(stderr, p->coloured ? " \033[36m%s\033[0m" : " %s", text);
}

static void draw_live(progress *p, const kiln_progress *now)
{
    line l;
    const size_t width = terminal_width() - 1; /* some terminals wrap in the last column */
    compose(p, now, width, &l);
    fputs("\r\033[K", stderr);
    for (part i = 0; i < PARTS; i++) {
        if (l.columns[i] == 0)
            continue;
        if (i == BAR)
            draw_bar(p, now, l.columns[i]);
        else if (i == CURVE)
            draw_curve(p, l.columns[i]);
        else
            fprintf(stderr, "%.*s", (int)width, l.text[i]);
    }
    p->drawn = true;
}

static void write_line(const progress *p, const kiln_progress *now)
{
    line l;
    compose(p, now, ANY_WIDTH, &l);
    for (part i = 0; i < PARTS; i++)
        fputs(l.text[i], stderr);
    fputc('\n', stderr);
}

/* Not every one of a thousand epochs that take no time has a line in a log; those that take a second each have. */
static bool is_due(const progress *p, const kiln_progress *now)
{
    if (now->epoch == now->epochs && now->epoch_done)
        return true;
    if (p->live)
        return now->seconds - p->said >= redraw_seconds;
    const size_t folds = p->folds ? p->folds : 1, lines = folds < LOG_LINES ? LOG_LINES / folds : 1;
    const size_t every = (now->epochs + lines - 1) / lines;
    return now->epoch_done && (now->epoch == 1 || now->epoch % every == 0 || now->seconds - p->said >= 1.0);
}

static void show(progress *p)
{
    if (p->live)
        draw_live(p, &p->last);
    else
        write_line(p, &p->last);
    p->said = p->last.seconds;
    p->pending = false;
    fflush(stderr);
}

void progress_report(progress *p, const kiln_progress *now)
{
    if (!p->shown)
        return;
    if (now->epoch_done) {
        p->validation_loss = now->validation_loss;
        p->validation_accuracy = now->validation_accuracy;
        sparkline_add(&p->losses, now->loss);
    }
    if (p->first_seconds == 0.0) {
        p->first_seconds = now->seconds;
        p->first_share = share_done(p, now);
    }
    p->last = *now;
    p->pending = p->live || now->epoch_done;
    if (is_due(p, now))
        show(p);
}

void progress_fold(progress *p, size_t fold, size_t folds)
{
    if (p->pending && !p->live)
        show(p);
    p->fold = fold;
    p->folds = folds;
    p->elapsed += p->last.seconds;
    p->last = (kiln_progress){ 0 };
    p->losses = (sparkline){ 0 };
    p->validation_loss = p->validation_accuracy = NAN;
    p->said = 0.0;
    p->pending = false;
}

void progress_break(progress *p)
{
    if (p->drawn)
        fputc('\n', stderr);
    p->drawn = false;
}

void progress_end(progress *p)
{
    if (p->pending)
        show(p);
    progress_break(p);
}
