/* Constants of an ONNX graph as numbers. */
#include "model/onnx_tensor.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/onnx_graph.h"

#include <stdint.h>
#include <string.h>

const char *onnx_shown(const char *name)
{
    enum { SHOWN_MOST = 200 };
    if (!name || !name[0])
        return "without a name";
    return text_is_printable(name) && strlen(name) <= SHOWN_MOST ? name : "with a name that cannot be shown";
}

static kiln_status check_shape(const char *path, const Onnx__TensorProto *t, onnx_numbers *numbers, kiln_error *err)
{
    numbers->rank = t->n_dims;
    numbers->elements = 1;
    if (t->n_dims > ONNX_MAX_RANK)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has %zu dimensions, more than the %d that are read", path,
                         onnx_shown(t->name), t->n_dims, ONNX_MAX_RANK);
    for (size_t i = 0; i < t->n_dims; i++) {
        if (t->dims[i] < 0 || (uint64_t)t->dims[i] > SIZE_MAX)
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s': dimension %zu is %lld", path, onnx_shown(t->name), i,
                             (long long)t->dims[i]);
        numbers->shape[i] = (size_t)t->dims[i];
        if (!size_product(numbers->elements, numbers->shape[i], &numbers->elements))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has more elements than there are addresses", path,
                             onnx_shown(t->name));
    }
    return KILN_OK;
}

kiln_status onnx_numbers_check(const char *path, const Onnx__TensorProto *t, onnx_numbers *numbers, kiln_error *err)
{
    *numbers = (onnx_numbers){ .tensor = t };
    const bool is_double = t->data_type == ONNX_DOUBLE;
    size_t bytes;
    if (t->data_location != 0 || t->n_external_data > 0)
        return kiln_fail(err, KILN_EUNSUPPORTED,
                         "%s: tensor '%s' has its values in another file, which is not read: write the model in one file "
                         "(torch.onnx.export(..., external_data=False))",
                         path, onnx_shown(t->name));
    if (t->data_type != ONNX_FLOAT && !is_double)
        return kiln_fail(err, KILN_EUNSUPPORTED, "%s: tensor '%s' is of ONNX's type %d; float (%d) and double (%d) are read", path,
                         onnx_shown(t->name), (int)t->data_type, ONNX_FLOAT, ONNX_DOUBLE);
    const kiln_status status = check_shape(path, t, numbers, err);
    if (status != KILN_OK)
        return status;
    const size_t listed = is_double ? t->n_double_data : t->n_float_data;
    const bool raw = t->has_raw_data && t->raw_data.len > 0;
    if (!size_product(numbers->elements, is_double ? 8 : 4, &bytes) ||
        (raw ? t->raw_data.len != bytes : listed != numbers->elements))
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has %zu elements, but %zu %s of values", path, onnx_shown(t->name),
                         numbers->elements, raw ? t->raw_data.len : listed, raw ? "bytes" : "numbers");
    return KILN_OK;
}

bool onnx_integers(const Onnx__TensorProto *t, size_t count, int64_t *values)
{
    const bool raw = t->has_raw_data && t->raw_data.len > 0;
    if (t->data_type != ONNX_INT64 || (raw ? t->raw_data.len != 8 * count : t->n_int64_data != count))
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] = raw ? (int64_t)bytes_whole(t->raw_data.data + 8 * i, 8) : t->int64_data[i];
    return true;
}

double onnx_number_at(const onnx_numbers *numbers, size_t i)
{
    const Onnx__TensorProto *t = numbers->tensor;
    const size_t size = t && t->data_type == ONNX_DOUBLE ? 8 : 4;
    if (numbers->list)
        return (double)numbers->list[i];
    if (!t->has_raw_data || t->raw_data.len == 0)
        return size == 8 ? t->double_data[i] : (double)t->float_data[i];
    return bytes_real(t->raw_data.data + i * size, size);
}
