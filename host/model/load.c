/* Files that networks are read from, told apart by content: kiln's safetensors, PyTorch's, and ONNX. */
#include "base/file.h"
#include "base/memory.h"
#include "model/metadata.h"
#include "model/model.h"
#include "model/onnx_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* safetensors begins with a length in 8 bytes, the upper four 0 as a header has at most 16 MiB, and '{'. What is neither that nor
 * begins as ONNX does, with the field ir_version, is left to safetensors' reader to refuse. */
static bool is_onnx(const unsigned char *bytes, size_t count)
{
    static const unsigned char upper[4] = { 0 };
    enum { IR_VERSION_FIELD = 0x08, LENGTH_BYTES = 8 };
    if (count > LENGTH_BYTES && memcmp(bytes + 4, upper, sizeof upper) == 0 && bytes[LENGTH_BYTES] == '{')
        return false;
    return count > 1 && bytes[0] == IR_VERSION_FIELD;
}

/* What a caller of kiln_model_import knows of the activations; NULL for kiln_model_load. */
typedef struct supposed {
    kiln_activation hidden, output;
    bool used;
} supposed;

/* content is taken over. */
static kiln_status read_content(const char *path, unsigned char *content, size_t count, supposed *given, kiln_network **network,
                                kiln_error *err)
{
    tensor_file file;
    kiln_status status;
    if (is_onnx(content, count)) {
        status = onnx_parse(path, content, count, network, err);
        free(content);
        return status;
    }
    status = tensors_take(path, content, count, &file, err);
    if (status != KILN_OK)
        return status;
    if (given && !tensors_metadata(&file, METADATA_KEY)) {
        given->used = true;
        status = model_of_sequential(path, &file, given->hidden, given->output, network, err);
    } else {
        status = model_of_tensors(path, &file, network, err);
    }
    tensors_free(&file);
    return status;
}

static kiln_status read_file(const char *path, supposed *given, kiln_network **network, kiln_error *err)
{
    unsigned char *content;
    size_t count;
    const kiln_status status = file_read(path, SIZE_MAX / 2, &content, &count, err);
    return status == KILN_OK ? read_content(path, content, count, given, network, err) : status;
}

kiln_status model_parse(const char *path, const unsigned char *bytes, size_t count, kiln_network **network, kiln_error *err)
{
    unsigned char *content = mem_alloc(count, 1);
    if (!content)
        return kiln_fail_memory(err, count, path);
    if (count > 0)
        memcpy(content, bytes, count);
    return read_content(path, content, count, NULL, network, err);
}

kiln_status kiln_model_load(const char *path, kiln_network **network, kiln_error *err)
{
    return read_file(path, NULL, network, err);
}

kiln_status kiln_model_import(const char *path, kiln_activation hidden, kiln_activation output, bool *said, kiln_network **network,
                              kiln_error *err)
{
    supposed given = { .hidden = hidden, .output = output };
    const kiln_status status = read_file(path, &given, network, err);
    if (status == KILN_OK)
        *said = !given.used;
    return status;
}
