/* Files that people try, by how they begin, and how each becomes a file that is read. */
#include "data/foreign.h"

#include <kiln/data.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 100, COMMAND = 700, WORDS = 3, STEM = 1, ENDING = 2, HEADER = 128 };

#define BYTES(text) text, sizeof(text) - 1

static const char to_arrays[] = PYTHON("import h5py, numpy; f = h5py.File('FILE'); "
                                       "numpy.savez('STEM.npz', **{k: f[k][()] for k in f})");
static const char from_matlab[] = PYTHON("import scipy.io, numpy; m = scipy.io.loadmat('FILE'); "
                                         "numpy.savez('STEM.npz', **{k: m[k].squeeze() for k in m if k[0] != '_'})");
static const char from_parquet[] = PYTHON("import pandas; pandas.read_parquet('FILE').to_csv('STEM.csv', index=False)");
static const char from_arrow[] = PYTHON("import pandas; pandas.read_feather('FILE').to_csv('STEM.csv', index=False)");
static const char from_excel[] = PYTHON("import pandas; pandas.read_excel('FILE').to_csv('STEM.csv', index=False)");
static const char from_pickle[] = PYTHON("import numpy; "
                                         "numpy.save('STEM.npy', numpy.asarray(numpy.load('FILE', allow_pickle=True), 'f4'))");
static const char from_torch[] = PYTHON("import torch, numpy; numpy.save('STEM.npy', torch.load('FILE').numpy())");
static const char from_pictures[] = PYTHON("import numpy, glob; from PIL import Image; numpy.save('images.npy', numpy.stack("
                                           "[numpy.asarray(Image.open(f).convert('L')) for f in sorted(glob.glob('*ENDING'))]))");
static const char from_sqlite[] = "sqlite3 -header -csv FILE 'select * from TABLE' > STEM.csv";

static const char picture[] = "is a picture, and many of them are one array; those of a folder, of one size";
static const char pickle[] = "is a Python pickle, which runs code when it is loaded and is not read; where you trust it";
static const char workbook[] = "is a workbook; save it as CSV, or";

static const struct {
    const char *bytes;
    size_t count;
    const char *what, *command;
} kinds[] = {
    { BYTES("\x89HDF\r\n\x1a\n"), "is HDF5, which is not read; its arrays as .npz", to_arrays },
    { BYTES("MATLAB 7.3"), "is of MATLAB in HDF5, which is not read; its arrays as .npz", to_arrays },
    { BYTES("MATLAB 5.0"), "is of MATLAB, which is not read; its arrays as .npz", from_matlab },
    { BYTES("PAR1"), "is Parquet, which is not read (Debian has no C library for it); as CSV", from_parquet },
    { BYTES("ARROW1"), "is Arrow, which is not read (Debian has no C library for it); as CSV", from_arrow },
    { BYTES("FEA1"), "is Feather, which is not read; as CSV", from_arrow },
    { BYTES("\x80\2"), pickle, from_pickle },
    { BYTES("\x80\3"), pickle, from_pickle },
    { BYTES("\x80\4"), pickle, from_pickle },
    { BYTES("\x80\5"), pickle, from_pickle },
    { BYTES("\x89PNG"), picture, from_pictures },
    { BYTES("\xff\xd8\xff"), picture, from_pictures },
    { BYTES("GIF8"), picture, from_pictures },
    { BYTES("II*\0"), picture, from_pictures },
    { BYTES("MM\0*"), picture, from_pictures },
    { BYTES("\xd0\xcf\x11\xe0"), workbook, from_excel },
    { BYTES("SQLite format 3"), "is an SQLite database; a table of it as CSV", from_sqlite },
    { BYTES("PK\5\6"), "is a zip archive with nothing in it", NULL },
    { BYTES("\xfd"
            "7zXZ"),
      "is compressed by xz; what is read is plain or gzipped; unpack it", "unxz FILE" },
    { BYTES("(\xb5/\xfd"), "is compressed by zstd; what is read is plain or gzipped; unpack it", "unzstd FILE" },
    { BYTES("BZh91AY&SY"), "is compressed by bzip2; what is read is plain or gzipped; unpack it", "bunzip2 FILE" },
    { BYTES("7z\xbc\xaf\x27\x1c"), "is a 7z archive; what is read is plain or gzipped; unpack it", "7z x FILE" },
};

static const struct {
    const char *ending; /* of a name in the archive */
    const char *what, *command;
} members[] = {
    { "xl/workbook.xml", workbook, from_excel },
    { "content.xml", workbook, from_excel },
    { "data.pkl", "is of PyTorch, a pickle in a zip archive, which is not read; a tensor of it as .npy", from_torch },
};

/* What stands in a command for a part of the file's name. */
typedef struct word {
    const char *word;
    char name[NAME]; /* in its place: something general where the file's own means more than a name to a shell or Python */
} word;

/* The file's name, that without its ending, and its ending. */
static void name_parts(const char *path, word words[WORDS])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-+=,@";
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const size_t length = strlen(path), stem = dot && dot > (slash ? slash + 1 : path) ? (size_t)(dot - path) : length;
    const bool named = length < NAME && strspn(path, plain) == length && path[0] != '-';
    words[0].word = "FILE";
    words[STEM].word = "STEM";
    words[ENDING].word = "ENDING";
    snprintf(words[0].name, NAME, "%s", named ? path : "FILE");
    snprintf(words[STEM].name, NAME, "%.*s", named ? (int)stem : NAME, named ? path : "NEW");
    snprintf(words[ENDING].name, NAME, "%s", named && stem < length ? path + stem : ".*");
}

kiln_status foreign_fail(const char *path, const char *what, const char *command, kiln_error *err)
{
    static const char other[] = "-new"; /* what is made is not written over what it is made from */
    char text[COMMAND];
    word words[WORDS];
    size_t used = 0;
    name_parts(path, words);
    for (const char *at = command ? command : ""; *at && used + NAME + sizeof other < COMMAND;) {
        size_t which = 0;
        while (which < WORDS && strncmp(at, words[which].word, strlen(words[which].word)) != 0)
            which++;
        if (which == WORDS) {
            text[used++] = *at++;
            continue;
        }
        at += strlen(words[which].word);
        const bool same = which == STEM && strncmp(at, words[ENDING].name, strlen(words[ENDING].name)) == 0;
        used += (size_t)snprintf(text + used, COMMAND - used, "%s%s", words[which].name, same ? other : "");
    }
    text[used] = '\0';
    return kiln_fail(err, KILN_EDATA, "%s: %s%s%s", path, what, command ? ": " : "", text);
}

/* Whether a file begins as another program's. Where that is text as a table's first name might be, a byte must follow that a table
 * has not: all of these formats have lengths or zeros within their headers. */
static bool begins(const unsigned char *bytes, size_t count, const char *with, size_t length)
{
    static const char text[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789. ";
    if (count < length || memcmp(bytes, with, length) != 0)
        return false;
    if (strspn(with, text) < length)
        return true;
    for (size_t i = length; i < count && i < HEADER; i++)
        if (bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
            return true;
    return false;
}

kiln_status foreign_check(const char *path, const unsigned char *bytes, size_t count, kiln_error *err)
{
    if (count == 0)
        return kiln_fail(err, KILN_EDATA, "%s: is empty", path);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins(bytes, count, kinds[i].bytes, kinds[i].count))
            return foreign_fail(path, kinds[i].what, kinds[i].command, err);
    return KILN_OK;
}

kiln_status foreign_check_member(const char *path, const char *member, kiln_error *err)
{
    const size_t length = strlen(member);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const size_t ending = strlen(members[i].ending);
        if (length >= ending && strcmp(member + length - ending, members[i].ending) == 0)
            return foreign_fail(path, members[i].what, members[i].command, err);
    }
    return KILN_OK;
}
