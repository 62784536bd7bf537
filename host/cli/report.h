/* Figures as text and as JSON: metrics, confusion matrices, aligned tables. */
#ifndef KILN_CLI_REPORT_H
#define KILN_CLI_REPORT_H

#include <jansson.h>
#include <kiln/kiln.h>
#include <stdbool.h>
#include <stddef.h>

/* Columns a text takes on a terminal: characters, not bytes. */
size_t text_width(const char *text);

/* Prints a text in at least `width` columns, cut where it is longer; left-aligned unless right. No control characters. */
void print_cell(const char *text, size_t width, bool right);

/* The name of a class: the schema's, or its number written into `number`. */
const char *class_name(const kiln_schema *schema, size_t class, char number[24]);

/* The name of a target: the schema's, or its number written into `number`. */
const char *target_name(const kiln_schema *schema, size_t target, char number[24]);

/* The text that stands for a label: "1" or the schema's. */
const char *label_text(const kiln_schema *schema, size_t target, bool has);

/* What is learnt, by the names its columns have: "regression: 2 targets, columns 'price', 'size'"; cut where it is too long. */
void task_text(const kiln_data *data, char *text, size_t bytes);

/* One line for what was measured: "test  360 samples: accuracy 97.50 % (351 right), loss 0.0812". */
void print_figures(const char *label, const kiln_metrics *metrics);

/* Precision, recall and F1 a class; nothing for regression. */
void print_classes(const kiln_metrics *metrics, const kiln_schema *schema);

/* RMSE, MAE and R2 of each of several targets; of labels precision, recall and F1; nothing for classes. */
void print_targets(const kiln_metrics *metrics, const kiln_schema *schema);

/* Rows are true classes, columns predicted ones; nothing for regression. */
void print_confusion(const kiln_metrics *metrics, const kiln_schema *schema);

/* All of it as a JSON object; with metrics NULL, all figures are null. NULL without memory. */
json_t *figures_json(const kiln_metrics *metrics);

/* A network's shape: "64-128-10", and as JSON. */
void shape_text(const kiln_network *network, char *text, size_t bytes);
json_t *shape_json(const kiln_network *network);

/* The name of a schema's target, null where there are several or no names; and all of its targets' names as a JSON array. */
json_t *target_json(const kiln_schema *schema);
json_t *targets_json(const kiln_schema *schema);

/* A schema's class names as a JSON array, null where there are none. */
json_t *classes_json(const kiln_schema *schema);

#endif
