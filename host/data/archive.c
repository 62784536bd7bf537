/* The arrays in a zip archive. libzip finds and unpacks them, and gets its bytes from the input that is open already. No size that
 * the archive states is believed: an array's own header says what must come. */
#include "data/archive.h"

#include "base/json.h"
#include "base/memory.h"
#include "data/dictionary.h"
#include "data/foreign.h"
#include "data/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { MAX_FILES = 65536 };

struct archive {
    input *in;
    zip_t *zip;
    size_t length, place; /* of the file; where libzip reads next */
    zip_error_t error;    /* what libzip asks its source for */
    kiln_status status;   /* of the last read that failed, and why */
    kiln_error why;
    dictionary names;    /* of arrays */
    zip_uint64_t *index; /* (names.count) of each among the archive's files */
};

typedef struct member {
    archive *from;
    zip_file_t *file;
    char *name;
} member;

static kiln_status fail_zip(const archive *a, zip_error_t *error, const char *name, kiln_error *err)
{
    if (a->status != KILN_OK)
        return kiln_fail(err, a->status, "%s", a->why.message);
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY)
        return kiln_fail_memory(err, 0, name);
    return kiln_fail(err, KILN_EDATA, "%s: its zip archive is cut off or damaged: %s", name, zip_error_strerror(error));
}

static zip_int64_t source_read(archive *a, void *to, zip_uint64_t room)
{
    size_t count;
    a->status = input_read_at(a->in, a->place, to, (size_t)room, &count, &a->why);
    if (a->status != KILN_OK) {
        zip_error_set(&a->error, ZIP_ER_READ, 0);
        return -1;
    }
    a->place += count;
    return (zip_int64_t)count;
}

static zip_int64_t source_seek(archive *a, void *arguments, zip_uint64_t bytes)
{
    const zip_int64_t place = zip_source_seek_compute_offset(a->place, a->length, arguments, bytes, &a->error);
    if (place >= 0)
        a->place = (size_t)place;
    return place < 0 ? -1 : 0;
}

static zip_int64_t source_describe(archive *a, void *to, zip_uint64_t room)
{
    if (room < sizeof(zip_stat_t))
        return -1;
    zip_stat_t *about = to;
    zip_stat_init(about);
    about->size = a->length;
    about->valid |= ZIP_STAT_SIZE;
    return sizeof *about;
}

/* What libzip asks of the bytes that it reads from. */
static zip_int64_t source(void *context, void *data, zip_uint64_t bytes, zip_source_cmd_t command)
{
    archive *a = context;
    switch (command) {
    case ZIP_SOURCE_OPEN:
        a->place = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return source_read(a, data, bytes);
    case ZIP_SOURCE_SEEK:
        return source_seek(a, data, bytes);
    case ZIP_SOURCE_TELL:
        return (zip_int64_t)a->place;
    case ZIP_SOURCE_STAT:
        return source_describe(a, data, bytes);
    case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&a->error, data, bytes);
    case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_SEEKABLE;
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    default:
        zip_error_set(&a->error, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
}

static kiln_status open_zip(archive *a, kiln_error *err)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *from = zip_source_function_create(source, a, &error);
    a->zip = from ? zip_open_from_source(from, ZIP_RDONLY, &error) : NULL;
    kiln_status status = KILN_OK;
    if (!a->zip) {
        zip_source_free(from);
        status = fail_zip(a, &error, input_name(a->in), err);
    }
    zip_error_fini(&error);
    return status;
}

/* Adds one file of the archive to its arrays, if it is one. */
static kiln_status add_name(archive *a, zip_uint64_t index, kiln_error *err)
{
    static const char ending[] = ".npy";
    const char *path = input_name(a->in), *name = zip_get_name(a->zip, index, ZIP_FL_ENC_RAW);
    const size_t length = name ? strlen(name) : 0, before = a->names.count;
    char shown[TEXT_SHOWN];
    size_t place;
    if (length < sizeof ending || strcmp(name + length - strlen(ending), ending) != 0)
        return KILN_OK;
    if (!text_is_utf8(name) || !text_is_printable(name))
        return kiln_fail(err, KILN_EDATA, "%s: has an array whose name is not text in UTF-8", path);
    char *array = mem_text(name);
    if (!array)
        return kiln_fail_memory(err, 0, path);
    array[length - strlen(ending)] = '\0';
    const bool added = dictionary_add(&a->names, array, &place);
    free(array);
    if (!added)
        return kiln_fail_memory(err, 0, path);
    if (a->names.count == before)
        return kiln_fail(err, KILN_EDATA, "%s: has the array '%s' twice", path, text_show(a->names.text[place], shown));
    a->index[place] = index;
    return KILN_OK;
}

static kiln_status find_names(archive *a, kiln_error *err)
{
    const char *path = input_name(a->in);
    const zip_int64_t files = zip_get_num_entries(a->zip, 0);
    kiln_status status = KILN_OK;
    if (files > MAX_FILES)
        return kiln_fail(err, KILN_EDATA, "%s: has %lld files in it, more than the %d that are read", path, (long long)files,
                         MAX_FILES);
    a->index = mem_alloc((size_t)files, sizeof *a->index);
    if (!a->index)
        return kiln_fail_memory(err, 0, path);
    for (zip_int64_t i = 0; status == KILN_OK && i < files; i++)
        status = add_name(a, (zip_uint64_t)i, err);
    if (status != KILN_OK || a->names.count > 0)
        return status;
    for (zip_int64_t i = 0; status == KILN_OK && i < files; i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        status = name ? foreign_check_member(path, name, err) : KILN_OK;
    }
    if (status != KILN_OK)
        return status;
    return kiln_fail(err, KILN_EDATA,
                     "%s: is a zip archive without NumPy arrays (.npy) in it: unpack it, and give the file of data", path);
}

kiln_status archive_open(input *in, archive **opened, kiln_error *err)
{
    size_t length;
    if (!input_length(in, &length))
        return kiln_fail(err, KILN_EDATA,
                         "%s: is a zip archive (.npz), which is read from its end: give the file itself, not a pipe or gzipped",
                         input_name(in));
    archive *a = mem_zeroed(1, sizeof *a);
    if (!a)
        return kiln_fail_memory(err, 0, input_name(in));
    a->in = in;
    a->length = length;
    zip_error_init(&a->error);
    kiln_status status = open_zip(a, err);
    if (status == KILN_OK)
        status = find_names(a, err);
    if (status == KILN_OK)
        *opened = a;
    else
        archive_close(a);
    return status;
}

size_t archive_count(const archive *opened)
{
    return opened->names.count;
}

char *const *archive_names(const archive *opened)
{
    return opened->names.text;
}

bool archive_find(const archive *opened, const char *name, size_t *place)
{
    return dictionary_find(&opened->names, name, place);
}

static kiln_status member_read(void *context, void *to, size_t room, size_t *count, kiln_error *err)
{
    member *m = context;
    const zip_int64_t got = zip_fread(m->file, to, room);
    *count = got < 0 ? 0 : (size_t)got;
    return got < 0 ? fail_zip(m->from, zip_file_get_error(m->file), m->name, err) : KILN_OK;
}

static void member_close(void *context)
{
    member *m = context;
    if (m->file)
        zip_fclose(m->file);
    free(m->name);
    free(m);
}

/* Whether an array is packed in a way that is read. */
static kiln_status check_packing(const archive *a, zip_uint64_t index, const char *name, kiln_error *err)
{
    zip_stat_t about;
    if (zip_stat_index(a->zip, index, 0, &about) != 0)
        return fail_zip(a, zip_get_error(a->zip), name, err);
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE)
        return kiln_fail(err, KILN_EDATA, "%s: is encrypted", name);
    if ((about.valid & ZIP_STAT_COMP_METHOD) && about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE)
        return kiln_fail(err, KILN_EDATA, "%s: is packed by method %u; read are 0 (stored) and 8 (deflated), which NumPy writes",
                         name, about.comp_method);
    return KILN_OK;
}

kiln_status archive_array(archive *opened, size_t place, kiln_stop *stop, input **array, kiln_error *err)
{
    const char *path = input_name(opened->in), *name = opened->names.text[place];
    size_t room;
    member *m = mem_zeroed(1, sizeof *m);
    if (!m || !size_sum(strlen(path), strlen(name), &room) || !size_sum(room, sizeof ": ", &room) ||
        !(m->name = mem_alloc(room, 1))) {
        free(m);
        return kiln_fail_memory(err, 0, path);
    }
    snprintf(m->name, room, "%s: %s", path, name);
    m->from = opened;
    kiln_status status = check_packing(opened, opened->index[place], m->name, err);
    if (status == KILN_OK && !(m->file = zip_fopen_index(opened->zip, opened->index[place], 0)))
        status = fail_zip(opened, zip_get_error(opened->zip), m->name, err);
    if (status != KILN_OK) {
        member_close(m);
        return status;
    }
    return input_open_source(m->name, &(input_source){ m, member_read, member_close }, stop, array, err);
}

void archive_close(archive *opened)
{
    if (!opened)
        return;
    if (opened->zip)
        zip_discard(opened->zip);
    zip_error_fini(&opened->error);
    dictionary_free(&opened->names);
    free(opened->index);
    free(opened);
}
