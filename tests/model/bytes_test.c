/* bytes_test.c - allocation, the growing buffer and the bounds-checked reader. */
#include "oom.h"

#include <weir/alloc.h>
#include <weir/bytes.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void put_all(struct weiri_buf *b)
{
    weiri_buf_put_u8(b, 0x01);
    weiri_buf_put_u16(b, 0x0302);
    weiri_buf_put_u32(b, 0x07060504);
    weiri_buf_put_u64(b, UINT64_C(0x0F0E0D0C0B0A0908));
    weiri_buf_put(b, WEIR_STR("\x10\x11"));
    weiri_buf_put(b, (struct weir_str){NULL, 0});
}

static void written_is_read(void **state)
{
    struct weiri_buf b;
    struct weiri_reader r;
    uint8_t *bytes;
    size_t size;

    (void)state;
    weiri_buf_init(&b, SIZE_MAX, NULL);
    put_all(&b);
    assert_int_equal(b.err, WEIR_OK);
    assert_int_equal(weiri_buf_str(&b).len, 17);
    bytes = weiri_buf_take(&b, &size);
    assert_int_equal(size, 17);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], i + 1);

    weiri_reader_init(&r, bytes, size);
    assert_int_equal(weiri_reader_u8(&r), 0x01);
    assert_int_equal(weiri_reader_u16(&r), 0x0302);
    assert_int_equal(weiri_reader_u32(&r), 0x07060504);
    assert_true(weiri_reader_u64(&r) == UINT64_C(0x0F0E0D0C0B0A0908));
    assert_false(weiri_reader_done(&r));
    assert_true(weir_str_equal(weiri_reader_bytes(&r, 2), WEIR_STR("\x10\x11")));
    assert_int_equal(weiri_reader_bytes(&r, 0).len, 0);
    assert_true(weiri_reader_done(&r));
    weiri_release(NULL, bytes);
    weiri_buf_fini(&b);
}

static void reading_past_the_end_fails_for_good(void **state)
{
    const uint8_t bytes[] = {1, 2, 3};
    struct weiri_reader r;

    (void)state;
    weiri_reader_init(&r, bytes, sizeof bytes);
    assert_int_equal(weiri_reader_u8(&r), 1);
    assert_int_equal(weiri_reader_u32(&r), 0);
    assert_true(r.failed);
    assert_int_equal(weiri_reader_left(&r), 0);
    assert_int_equal(weiri_reader_u8(&r), 0);
    assert_int_equal(weiri_reader_u16(&r), 0);
    assert_true(weiri_reader_u64(&r) == 0);
    assert_false(weiri_reader_done(&r));

    weiri_reader_init(&r, bytes, 1);
    assert_int_equal(weiri_reader_u16(&r), 0);
    assert_true(r.failed);
    weiri_reader_init(&r, bytes, sizeof bytes);
    assert_true(weiri_reader_u64(&r) == 0);
    assert_true(r.failed);

    weiri_reader_init(&r, bytes, sizeof bytes);
    assert_int_equal(weiri_reader_bytes(&r, SIZE_MAX).len, 0);
    assert_true(r.failed);

    weiri_reader_init(&r, NULL, 0);
    assert_true(weiri_reader_done(&r));
    weiri_reader_fail(&r);
    assert_false(weiri_reader_done(&r));
}

static void size_is_limited(void **state)
{
    struct weiri_buf b;

    (void)state;
    weiri_buf_init(&b, 4, NULL);
    weiri_buf_put_u32(&b, 1);
    assert_int_equal(b.err, WEIR_OK);
    weiri_buf_put_u8(&b, 1);
    assert_int_equal(b.err, WEIR_ELIMIT);
    assert_int_equal(b.size, 4);
    weiri_buf_reset(&b);
    weiri_buf_put_u64(&b, 1);
    weiri_buf_put_u8(&b, 1); /* would fit, but something is missing before it */
    assert_int_equal(b.err, WEIR_ELIMIT);
    assert_int_equal(b.size, 0);
    weiri_buf_fini(&b);
}

static void each_allocation_fails_once(void **state)
{
    struct oom oom;
    struct weiri_buf b;

    (void)state;
    for (size_t n = 0;; n++) {
        enum weir_err err;

        oom_init(&oom, n);
        weiri_buf_init(&b, SIZE_MAX, &oom.alloc);
        put_all(&b);
        err = b.err;
        weiri_buf_fini(&b);
        assert_int_equal(oom.live_count, 0);
        if (err == WEIR_OK) {
            assert_true(n > 1);
            break;
        }
        assert_int_equal(err, WEIR_ENOMEM);
    }
}

static void arrays_grow(void **state)
{
    struct oom oom;
    size_t capacity = 0;
    uint32_t *items = NULL;
    uint32_t *grown;

    (void)state;
    oom_init(&oom, 20);
    for (uint32_t i = 0; i < 1000; i++) {
        grown = weiri_array_grow(&oom.alloc, items, &capacity, i + 1, sizeof *items);
        assert_non_null(grown);
        items = grown;
        items[i] = i;
    }
    assert_true(capacity >= 1000);
    assert_int_equal(items[999], 999);
    assert_null(weiri_array_grow(&oom.alloc, items, &capacity, SIZE_MAX / 2, sizeof *items));
    assert_true(capacity >= 1000 && capacity < 2000);
    weiri_release(&oom.alloc, items);
    assert_int_equal(oom.live_count, 0);
}

static void arrays_of_nothing_are_there(void **state)
{
    size_t capacity = 0;
    uint32_t *items = weiri_array_grow(NULL, NULL, &capacity, 0, sizeof *items);

    (void)state;
    assert_non_null(items);
    assert_true(capacity > 0);
    weiri_release(NULL, items);
}

static void zeroed_memory_is_zero(void **state)
{
    struct oom oom;
    uint64_t *items;

    (void)state;
    oom_init(&oom, 1);
    items = weiri_alloc_zeroed(&oom.alloc, 100, sizeof *items);
    assert_non_null(items);
    for (size_t i = 0; i < 100; i++)
        assert_true(items[i] == 0);
    assert_null(weiri_alloc_zeroed(&oom.alloc, 100, sizeof *items));
    weiri_release(&oom.alloc, items);
    assert_int_equal(oom.live_count, 0);
    assert_null(weiri_alloc_zeroed(NULL, SIZE_MAX / 2, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_is_read),
        cmocka_unit_test(reading_past_the_end_fails_for_good),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(arrays_grow),
        cmocka_unit_test(arrays_of_nothing_are_there),
        cmocka_unit_test(zeroed_memory_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
