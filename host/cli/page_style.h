/* The style of a page: page.css, embedded at build time. */
#ifndef KILN_CLI_PAGE_STYLE_H
#define KILN_CLI_PAGE_STYLE_H

extern const char page_style[];

#endif
