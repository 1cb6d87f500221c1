/* decimal.c - untrusted decimals and timestamps: whatever is read is printed and read again. */
#include <weir/bytes.h>
#include <weir/value.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_double(struct weir_str text)
{
    char printed[WEIR_DOUBLE_TEXT_MAX];
    double real;
    double again;
    size_t len;

    if (weir_double_parse(&real, text) != WEIR_OK)
        return;
    len = weir_double_print(printed, real);
    if (!isfinite(real) || len != strlen(printed) || len >= sizeof printed ||
        weir_double_parse(&again, (struct weir_str){printed, len}) != WEIR_OK || again != real)
        abort();
}

static void check_timestamp(struct weir_str text)
{
    char printed[WEIR_TIMESTAMP_TEXT_MAX];
    int64_t nanoseconds;
    int64_t again;
    size_t len;

    if (weir_timestamp_parse(&nanoseconds, text) != WEIR_OK)
        return;
    len = weir_timestamp_print(printed, nanoseconds);
    if (len != strlen(printed) || len >= sizeof printed ||
        weir_timestamp_parse(&again, (struct weir_str){printed, len}) != WEIR_OK ||
        again != nanoseconds)
        abort();
}

/* Eight bytes of divisor, then text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_str text = {(const char *)data, size};
    double quotient;

    check_double(text);
    check_timestamp(text);
    if (size >= 8) {
        int64_t divisor = weiri_int64_of_bits(weiri_load_u64(data));

        text.ptr += 8;
        text.len -= 8;
        if (weir_decimal_divide(&quotient, text, divisor) == WEIR_OK && !isfinite(quotient))
            abort();
    }
    return 0;
}
