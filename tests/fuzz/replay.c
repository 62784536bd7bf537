/* Runs a fuzz target without a fuzzer: every file of a corpus folder, then mutations of them, the same ones every time.
 *
 * usage: fuzz_NAME_replay CORPUS LAST [MUTATIONS]
 * LAST is a file that always holds the input being tried, so after a crash it is the one that crashed; give it as a
 * corpus folder's only file to see the crash again, and add it to the corpus with the repair. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_FILES = 512, MAX_BYTES = 1 << 16, DEFAULT_MUTATIONS = 8000 };

typedef struct input {
    uint8_t *bytes;
    size_t size;
} input;

/* Numbers for the mutations: xorshift64* (Vigna 2016). */
static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545F4914F6CDD1Du >> 32) % below;
}

static bool read_input(const char *folder, const char *name, input *to)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || !(to->bytes = malloc(MAX_BYTES))) {
        perror(path);
        return false;
    }
    to->size = fread(to->bytes, 1, MAX_BYTES, file);
    fclose(file);
    return true;
}

/* The corpus in the order of its names; 0 where there is none. */
static size_t read_corpus(const char *folder, input *corpus)
{
    struct dirent **entries;
    const int found = scandir(folder, &entries, NULL, alphasort);
    if (found < 0) {
        perror(folder);
        return 0;
    }
    size_t count = 0;
    bool good = true;
    for (int i = 0; i < found; i++) {
        if (entries[i]->d_name[0] != '.' && count < MAX_FILES)
            good = read_input(folder, entries[i]->d_name, &corpus[count++]) && good;
        free(entries[i]);
    }
    free(entries);
    return good ? count : 0;
}

/* Notes the input, then runs it from memory of exactly its size, so that a sanitizer sees the first byte too many. */
static bool try_input(int last, const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    const bool noted = exact && pwrite(last, bytes, size, 0) == (ssize_t)size && ftruncate(last, (off_t)size) == 0;
    if (noted) {
        memcpy(exact, bytes, size);
        LLVMFuzzerTestOneInput(exact, size);
    } else
        perror("cannot note the input");
    free(exact);
    return noted;
}

/* Puts `count` bytes from elsewhere in at a place; what does not fit is left out. */
static void insert(input *to, size_t at, const uint8_t *bytes, size_t count)
{
    if (count > MAX_BYTES - to->size)
        count = MAX_BYTES - to->size;
    memmove(to->bytes + at + count, to->bytes + at, to->size - at);
    memmove(to->bytes + at, bytes, count);
    to->size += count;
}

static void erase(input *to, size_t at, size_t count)
{
    memmove(to->bytes + at, to->bytes + at + count, to->size - at - count);
    to->size -= count;
}

/* Changes an input in one place, in one of the ways in which files go wrong. `other` is one to take a part from. */
static void mutate(input *to, const input *other, uint64_t *state)
{
    static const char *const numbers[] = { "0", "-1", "1e999", "nan", "65536", "4294967296", "18446744073709551615" };
    static const uint8_t marks[] = { 0, 1, 0x7f, 0x80, 0xff, '"', ',', '\n', '\r', ';', '{', '}', '[', ']', ':', '-' };
    const size_t at = draw(state, to->size + 1), rest = to->size - at;
    const size_t from = draw(state, other->size + 1);
    const char *number = numbers[draw(state, sizeof numbers / sizeof *numbers)];
    switch (draw(state, 6)) {
    case 0:
        if (rest > 0)
            to->bytes[at] ^= (uint8_t)(1u << draw(state, 8));
        break;
    case 1:
        if (rest > 0)
            to->bytes[at] = marks[draw(state, sizeof marks)];
        break;
    case 2:
        to->size = at; /* cut short */
        break;
    case 3:
        erase(to, at, draw(state, rest + 1));
        break;
    case 4:
        insert(to, at, other->bytes + from, draw(state, other->size - from + 1));
        break;
    default:
        insert(to, at, (const uint8_t *)number, strlen(number));
    }
}

int main(int argc, char **argv)
{
    static input corpus[MAX_FILES];
    static uint8_t work[MAX_BYTES];
    if (argc < 3) {
        fprintf(stderr, "usage: %s CORPUS LAST [MUTATIONS]\n", argv[0]);
        return 2;
    }
    const size_t files = read_corpus(argv[1], corpus);
    const unsigned long mutations = argc > 3 ? strtoul(argv[3], NULL, 10) : DEFAULT_MUTATIONS;
    const int last = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (last < 0)
        perror(argv[2]);
    bool good = files > 0 && last >= 0 && try_input(last, work, 0);
    for (size_t i = 0; good && i < files; i++)
        good = try_input(last, corpus[i].bytes, corpus[i].size);

    uint64_t state = 0x9E3779B97F4A7C15u;
    for (unsigned long n = 0; good && n < mutations; n++) {
        const input *from = &corpus[n % files];
        input changed = { work, from->size };
        memcpy(work, from->bytes, from->size);
        for (uint64_t changes = 1 + draw(&state, 3); changes > 0; changes--)
            mutate(&changed, &corpus[draw(&state, files)], &state);
        good = try_input(last, changed.bytes, changed.size);
    }
    for (size_t i = 0; i < files; i++)
        free(corpus[i].bytes);
    if (last >= 0)
        close(last);
    if (good) {
        printf("%zu files and %lu mutations of them\n", files, mutations);
        unlink(argv[2]);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
