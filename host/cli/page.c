/* The report as a page: its order. */
#include "page.h"

#include "html.h"
#include "output.h"
#include "page_parts.h"

#include <string.h>

const char *page_file_name(const page *p)
{
    const char *slash = strrchr(p->data_file, '/');
    return slash && slash[1] ? slash + 1 : p->data_file;
}

static kiln_status write_page(FILE *to, const page *p, const page_analysis *found, kiln_error *err)
{
    page_run(to, p);
    page_all_figures(to, p, found);
    page_training(to, p);
    page_classes(to, p, found);
    page_labels(to, p, found);
    page_class_curves(to, p, found);
    page_targets(to, p, found);
    page_mistakes(to, p, found);
    page_importance(to, p, found);
    return page_weights(to, p, err);
}

kiln_status page_write(const char *path, const page *p, kiln_error *err)
{
    page_analysis found = { 0 };
    output out = { 0 };
    char title[512];
    snprintf(title, sizeof title, "kiln %s: %s", p->command.name, page_file_name(p));
    kiln_status status = page_analyse(p, &found, err);
    if (status == KILN_OK)
        status = output_begin(path, &out, err);
    if (status == KILN_OK) {
        html_begin(out.stream, title);
        status = write_page(out.stream, p, &found, err);
        html_end(out.stream);
    }
    if (status == KILN_OK)
        status = output_commit(&out, err);
    else
        output_abandon(&out);
    page_analysis_free(&found);
    return status;
}
