/* PNG (ISO/IEC 15948) from pixels: a header, one compressed block of rows without filters, an end. */
#include "picture.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Bytes on their way into base64, three at a time. */
typedef struct base64 {
    FILE *to;
    unsigned char waiting[3];
    size_t count;
} base64;

static void write_group(base64 *b)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint32_t bits = (uint32_t)b->waiting[0] << 16 | (uint32_t)b->waiting[1] << 8 | b->waiting[2];
    for (size_t i = 0; i < 4; i++)
        fputc(i <= b->count ? digits[bits >> (18 - 6 * i) & 63] : '=', b->to);
    memset(b->waiting, 0, sizeof b->waiting);
    b->count = 0;
}

static void put(base64 *b, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        b->waiting[b->count++] = bytes[i];
        if (b->count == 3)
            write_group(b);
    }
}

static void put_number(base64 *b, uint32_t number)
{
    put(b,
        (const unsigned char[]){ (unsigned char)(number >> 24), (unsigned char)(number >> 16), (unsigned char)(number >> 8),
                                 (unsigned char)number },
        4);
}

/* Length, name, content, and the checksum of the last two. */
static void put_chunk(base64 *b, const char *name, const unsigned char *content, size_t count)
{
    const uLong sum = crc32(crc32(0, (const Bytef *)name, 4), content, (uInt)count); /* a NULL content would start it anew */
    put_number(b, (uint32_t)count);
    put(b, (const unsigned char *)name, 4);
    put(b, content, count);
    put_number(b, (uint32_t)sum);
}

bool picture_write(FILE *to, const picture *shown)
{
    static const unsigned char signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };
    const size_t row = shown->width * shown->channels, bytes = shown->height * (row + 1); /* pixels of that size exist */
    uLongf packed = compressBound((uLong)bytes);
    unsigned char *rows = calloc(bytes, 1), *content = malloc(packed);
    const bool worked = rows && content;
    for (size_t y = 0; worked && y < shown->height; y++) /* each begins with 0: no filter */
        memcpy(rows + y * (row + 1) + 1, shown->pixels + y * row, row);
    if (worked && compress2(content, &packed, rows, (uLong)bytes, Z_BEST_COMPRESSION) == Z_OK) {
        base64 b = { .to = to };
        const unsigned char kind = shown->channels == 1 ? 0 : shown->channels == 3 ? 2 : 6;
        const uint32_t w = (uint32_t)shown->width, h = (uint32_t)shown->height;
        const unsigned char header[13] = { (unsigned char)(w >> 24),
                                           (unsigned char)(w >> 16),
                                           (unsigned char)(w >> 8),
                                           (unsigned char)w,
                                           (unsigned char)(h >> 24),
                                           (unsigned char)(h >> 16),
                                           (unsigned char)(h >> 8),
                                           (unsigned char)h,
                                           8,
                                           kind };
        fputs("data:image/png;base64,", to);
        put(&b, signature, sizeof signature);
        put_chunk(&b, "IHDR", header, sizeof header);
        put_chunk(&b, "IDAT", content, packed);
        put_chunk(&b, "IEND", header, 0);
        if (b.count)
            write_group(&b);
    }
    free(rows);
    free(content);
    return worked;
}
