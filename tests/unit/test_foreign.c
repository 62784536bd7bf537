/* Files of other programs: each is told by its name, with the line that makes of it what is read. */
#include "reading.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name, *bytes;
    size_t count;
    const char *sentence;
} files[] = {
    { "a.h5", "\x89HDF\r\n\x1a\n....", 12,
      "a.h5: is HDF5, which is not read; its arrays as .npz: python3 -c \"import h5py, numpy; " },
    { "a.mat", "MATLAB 7.3 MAT-file\0\2IM", 23, ": is of MATLAB in HDF5, which is not read" },
    { "a.mat", "MATLAB 5.0 MAT-file\0\1IM", 23,
      ": is of MATLAB, which is not read; its arrays as .npz: python3 -c \"import scipy.io" },
    { "a.parquet", "PAR1\x15\4\x15.", 8,
      ": is Parquet, which is not read (Debian has no C library for it); as CSV: python3 -c \"import pandas; "
      "pandas.read_parquet('" },
    { "a.arrow", "ARROW1\0\0", 8,
      ": is Arrow, which is not read (Debian has no C library for it); as CSV: python3 -c \"import pandas; pandas.read_feather('" },
    { "a.feather", "FEA1\0\0\0\0", 8,
      ": is Feather, which is not read; as CSV: python3 -c \"import pandas; pandas.read_feather('" },
    { "a.pkl", "\x80\4\x95....", 7,
      ": is a Python pickle, which runs code when it is loaded and is not read; where you trust it: " },
    { "a.png", "\x89PNG\r\n\x1a\n", 8,
      ": is a picture, and many of them are one array; those of a folder, of one size: python3 -c " },
    { "a.jpg", "\xff\xd8\xff\xe0", 4, ": is a picture, and many of them are one array" },
    { "a.gif", "GIF89a\x0a\0", 8, ": is a picture" },
    { "a.tif", "II*\0", 4, ": is a picture" },
    { "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, ": is a workbook; save it as CSV, or: python3 -c \"import pandas; " },
    { "a.db", "SQLite format 3\0", 16, ": is an SQLite database; a table of it as CSV: sqlite3 -header -csv " },
    { "a.xz",
      "\xfd"
      "7zXZ\0",
      6, ": is compressed by xz; what is read is plain or gzipped; unpack it: unxz " },
    { "a.zst", "(\xb5/\xfd", 4, ": is compressed by zstd" },
    { "a.bz2", "BZh91AY&SY", 10, ": is compressed by bzip2" },
    { "a.7z", "7z\xbc\xaf\x27\x1c", 6, ": is a 7z archive" },
};

START_TEST(other_files_are_told)
{
    check_refused(temporary_file(files[_i].name, files[_i].bytes, files[_i].count), NULL, KILN_EDATA, files[_i].sentence);
}
END_TEST

/* Columns may be called as files of other programs begin. */
START_TEST(tables_are_no_other_files)
{
    static const char *const names[] = { "PAR1", "FEA1", "ARROW1", "GIF89a", "SQLite format 3", "MATLAB 5.0", "MATLAB 7.3" };
    char text[64];
    kiln_error err = { 0 };
    kiln_data *data;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const int length = snprintf(text, sizeof text, "%s\tb\r\n1\tx\r\n2\ty\r\n", names[i]);
        ck_assert_kiln(kiln_data_read(temporary_file("t.csv", text, (size_t)length), NULL, &data, &err), err);
        ck_assert_str_eq(kiln_data_schema(data)->column[0].name, names[i]);
        kiln_data_free(data);
    }
}
END_TEST

/* The file's name is in the command, but for one that a shell or Python would take for more than a name. */
START_TEST(names_are_safe_in_commands)
{
    ck_assert_int_eq(chdir(temporary_folder()), 0);
    temporary_file("plain.parquet", "PAR1\x15", 5);
    check_refused("plain.parquet", NULL, KILN_EDATA, "pandas.read_parquet('plain.parquet').to_csv('plain.csv', index=False)\"");
    temporary_file("digit.jpeg", "\xff\xd8\xff", 3);
    check_refused("digit.jpeg", NULL, KILN_EDATA, "for f in sorted(glob.glob('*.jpeg'))]))\"");
    temporary_file("named.csv", "PAR1\x15", 5); /* as what the command would make */
    check_refused("named.csv", NULL, KILN_EDATA, "pandas.read_parquet('named.csv').to_csv('named-new.csv', index=False)\"");
    temporary_file("named.npz", "\x89HDF\r\n\x1a\n", 8);
    check_refused("named.npz", NULL, KILN_EDATA, "numpy.savez('named-new.npz', ");
    static const char *const odd[] = { "a b", "a'b", "a\"b", "a$b", "a`b", "a\\b", "a;b", "-a" };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        temporary_file(odd[i], "PAR1\x15", 5);
        check_refused(odd[i], NULL, KILN_EDATA, "pandas.read_parquet('FILE').to_csv('NEW.csv', index=False)\"");
    }
}
END_TEST

START_TEST(what_cannot_be_read_is_told)
{
    check_refused(temporary_folder(), NULL, KILN_EIO, ": is a folder, not a file: a data set is one file, pictures too");
    check_refused("nosuch.npy", NULL, KILN_EIO, "nosuch.npy: cannot be opened: No such file");
    const char *path = temporary_file("locked.npy", "\x93NUMPY", 6);
    ck_assert_int_eq(chmod(path, 0), 0);
    if (access(path, R_OK) != 0) /* root reads it all the same */
        check_refused(path, NULL, KILN_EIO, "locked.npy: cannot be opened: Permission denied");
    const char *labels =
        temporary_file("x.npy", "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1)}\n\1", 69);
    kiln_data_options options = { .labels = temporary_folder() };
    check_refused(labels, &options, KILN_EIO, ": is a folder, not a file");
    options.labels = temporary_file("y.csv", "1,2\n", 4);
    check_refused(labels, &options, KILN_EDATA, "y.csv: is neither IDX nor NumPy (.npy, .npz), as files of labels are");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("foreign");
    TCase *tc = tcase_create("foreign");
    tcase_add_loop_test(tc, other_files_are_told, 0, (int)(sizeof files / sizeof *files));
    tcase_add_test(tc, tables_are_no_other_files);
    tcase_add_test(tc, names_are_safe_in_commands);
    tcase_add_test(tc, what_cannot_be_read_is_told);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
