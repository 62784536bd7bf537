/* What this process has of the machine: its memory, as far as a container does not limit it. */
#include "base/machine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 1024 };

/* The number in a file; SIZE_MAX where there is none, as in "max". */
static size_t read_limit(const char *path)
{
    unsigned long long limit;
    FILE *file = fopen(path, "re");
    if (!file)
        return SIZE_MAX;
    const bool number = fscanf(file, "%llu", &limit) == 1;
    fclose(file);
    return number && limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
}

/* The least limit of a group and of those it is in; `group` is "/a/b", and is cut. Inside a container only "/" may be there. */
static size_t group_limit(const char *root, char *group, const char *name)
{
    char path[2 * PATH];
    size_t least = SIZE_MAX;
    for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
        *end = '\0';
        snprintf(path, sizeof path, "%s%s/%s", root, group, name);
        const size_t limit = read_limit(path);
        least = limit < least ? limit : least;
    }
    return least;
}

/* A line of /proc/self/cgroup is "4:memory:/a/b", or "0::/a/b" where all controllers are in one tree. */
static size_t container_limit(void)
{
    char line[PATH];
    size_t least = SIZE_MAX;
    FILE *groups = fopen("/proc/self/cgroup", "re");
    while (groups && fgets(line, sizeof line, groups)) {
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        size_t limit = SIZE_MAX;
        if (strcmp(names, ":memory") == 0)
            limit = group_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
        else if (strcmp(names, ":") == 0)
            limit = group_limit("/sys/fs/cgroup", group, "memory.max");
        least = limit < least ? limit : least;
    }
    if (groups)
        fclose(groups);
    return least;
}

size_t machine_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    const size_t all = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX, limit = container_limit();
    return limit < all ? limit : all;
}
