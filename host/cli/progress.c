/* Live progress: on a terminal one line that is rewritten, elsewhere a line an epoch, fewer where there are many. */
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_MOST = 24, BAR_LEAST = 6, LINE_MOST = 512, LOG_LINES = 60 };

void progress_begin(progress *p, bool quiet)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    p->shown = !quiet;
    p->live = p->shown && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    p->coloured = p->live && !(no_color && no_color[0]);
    p->drawn = p->live;
    p->said = 0.0;
    p->validation_loss = p->validation_accuracy = NAN;
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

/* Adds a part to the line where it still fits in `width` columns. */
static void add_part(char *line, size_t width, const char *part)
{
    const size_t used = strlen(line);
    if (used + strlen(part) < width && used + strlen(part) < LINE_MOST)
        strcpy(line + used, part);
}

/* The parts of a line in the order of their worth: what does not fit a narrow terminal is left out from the end. */
static void compose(const progress *p, const kiln_progress *now, size_t width, char line[LINE_MOST])
{
    char part[128], left[32];
    snprintf(line, LINE_MOST, "epoch %*zu/%zu", snprintf(NULL, 0, "%zu", now->epochs), now->epoch, now->epochs);
    snprintf(part, sizeof part, "  loss %-8.4g", now->loss);
    add_part(line, width, part);
    if (isfinite(p->validation_accuracy)) {
        snprintf(part, sizeof part, "  validation %-8.4g %6.2f %%", p->validation_loss, 100.0 * p->validation_accuracy);
        add_part(line, width, part);
    } else if (isfinite(p->validation_loss)) {
        snprintf(part, sizeof part, "  validation %-8.4g", p->validation_loss);
        add_part(line, width, part);
    }
    snprintf(part, sizeof part, "  %.0f samples/s", now->samples_per_second);
    add_part(line, width, part);
    const double epochs = (double)now->epoch - 1.0 + (now->steps ? (double)now->step / (double)now->steps : 1.0);
    const double share = epochs / (double)now->epochs;
    if (share > 0.0 && share < 1.0) {
        duration(now->seconds * (1.0 - share) / share, left, sizeof left);
        snprintf(part, sizeof part, "  %s left", left);
    } else {
        duration(now->seconds, left, sizeof left);
        snprintf(part, sizeof part, "  in %s", left);
    }
    add_part(line, width, part);
}

/* A bar of this epoch's steps in the columns that the text leaves. */
static void draw_bar(const progress *p, const kiln_progress *now, size_t columns)
{
    const size_t bar = columns < BAR_MOST ? columns : BAR_MOST;
    const size_t full = now->steps ? bar * now->step / now->steps : bar;
    fputs(p->coloured ? "  [\033[32m" : "  [", stderr);
    for (size_t i = 0; i < bar; i++)
        fputc(i < full ? '=' : ' ', stderr);
    fputs(p->coloured ? "\033[0m]" : "]", stderr);
}

static void draw_live(progress *p, const kiln_progress *now)
{
    char line[LINE_MOST];
    const size_t width = terminal_width();
    compose(p, now, width, line);
    fprintf(stderr, "\r\033[K%.*s", (int)(width - 1), line);
    const size_t used = strlen(line) + 5; /* two blanks, brackets, and the last column, where some terminals wrap */
    if (used + BAR_LEAST <= width)
        draw_bar(p, now, width - used);
    p->drawn = true;
}

/* Not every one of a thousand epochs that take no time has a line in a log; those that take a second each have. */
static bool has_line(const progress *p, const kiln_progress *now)
{
    const size_t every = (now->epochs + LOG_LINES - 1) / LOG_LINES;
    return now->epoch == 1 || now->epoch == now->epochs || now->epoch % every == 0 || now->seconds - p->said >= 1.0;
}

void progress_report(void *user, const kiln_progress *now)
{
    progress *p = user;
    char line[LINE_MOST];
    if (!p->shown)
        return;
    if (now->epoch_done) {
        p->validation_loss = now->validation_loss;
        p->validation_accuracy = now->validation_accuracy;
    }
    if (p->live) {
        draw_live(p, now);
    } else if (now->epoch_done && has_line(p, now)) {
        p->said = now->seconds;
        compose(p, now, LINE_MOST, line);
        fprintf(stderr, "%s\n", line);
    }
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->drawn)
        fputc('\n', stderr);
    p->drawn = false;
}
