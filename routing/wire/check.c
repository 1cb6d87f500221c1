/* check.c - what no sender may write, beyond the shape of a frame, and the items of lists. */
#include "internal.h"

#include <weir/bytes.h>
#include <weir/wire.h>

#include <assert.h>

enum { PROMISED_SEQ_SIZE = 8, DELIVER_ID_SIZE = 4 };

static enum weir_err check_hello(const struct weir_hello *hello);
static enum weir_err check_lsa(const struct weir_lsa *lsa);
static enum weir_err check_promised(const struct weir_promised *promised);
static enum weir_err check_gap(const struct weir_gap *gap);
static enum weir_err check_name(struct weir_str name);

enum weir_err weiri_frame_check(const struct weir_frame *frame)
{
    switch (frame->type) {
    case WEIR_FRAME_HELLO: return check_hello(&frame->u.hello);
    case WEIR_FRAME_CLOSE: return weir_str_is_text(frame->u.close.text) ? WEIR_OK : WEIR_EMALFORMED;
    case WEIR_FRAME_LSA: return check_lsa(&frame->u.lsa);
    case WEIR_FRAME_PROMISED: return check_promised(&frame->u.promised);
    case WEIR_FRAME_GAP:
    case WEIR_FRAME_NOTICE: return check_gap(&frame->u.gap);
    case WEIR_FRAME_REPLY: return frame->u.reply.last <= 1 ? WEIR_OK : WEIR_EMALFORMED;
    default: return WEIR_OK;
    }
}

struct weir_neighbour weir_lsa_neighbour(const struct weir_lsa *lsa, uint32_t index)
{
    const uint8_t *item = lsa->neighbours + (size_t)index * WEIR_NEIGHBOUR_SIZE;

    assert(index < lsa->count);
    return (struct weir_neighbour){
        .id = weiri_load_u64(item),
        .incarnation = weiri_load_u64(item + 8),
        .cost = weiri_load_u32(item + 16),
        .synced = item[20],
    };
}

uint64_t weir_promised_seq(const struct weir_promised *promised, uint32_t index)
{
    assert(index < promised->count);
    return weiri_load_u64(promised->seqs + (size_t)index * PROMISED_SEQ_SIZE);
}

uint32_t weir_deliver_id(const struct weir_deliver *deliver, uint32_t index)
{
    assert(index < deliver->count);
    return weiri_load_u32(deliver->ids + (size_t)index * DELIVER_ID_SIZE);
}

void weir_neighbour_write(uint8_t *out, const struct weir_neighbour *neighbour)
{
    weiri_store_u64(out, neighbour->id);
    weiri_store_u64(out + 8, neighbour->incarnation);
    weiri_store_u32(out + 16, neighbour->cost);
    out[20] = neighbour->synced;
}

void weir_u64_write(uint8_t *out, uint64_t value)
{
    weiri_store_u64(out, value);
}

void weir_u32_write(uint8_t *out, uint32_t value)
{
    weiri_store_u32(out, value);
}

static enum weir_err check_hello(const struct weir_hello *hello)
{
    if (hello->magic != WEIR_HELLO_MAGIC || hello->version_min > hello->version_max)
        return WEIR_EMALFORMED;
    switch (hello->role) {
    case WEIR_ROLE_BROKER: return check_name(hello->name);
    case WEIR_ROLE_CLIENT:
        if (hello->strategy != 0)
            return WEIR_EMALFORMED;
        return hello->name.len == 0 ? WEIR_OK : check_name(hello->name);
    default: return WEIR_EMALFORMED;
    }
}

static enum weir_err check_lsa(const struct weir_lsa *lsa)
{
    if (lsa->count > WEIR_LINKS_MAX)
        return WEIR_ELIMIT;
    for (uint32_t i = 0; i < lsa->count; i++) {
        if (weir_lsa_neighbour(lsa, i).synced > 1)
            return WEIR_EMALFORMED;
    }
    return check_name(lsa->name);
}

static enum weir_err check_promised(const struct weir_promised *promised)
{
    for (uint32_t i = 1; i < promised->count; i++) {
        if (weir_promised_seq(promised, i - 1) >= weir_promised_seq(promised, i))
            return WEIR_EMALFORMED;
    }
    return WEIR_OK;
}

static enum weir_err check_gap(const struct weir_gap *gap)
{
    enum weir_err err;

    if (gap->ended > 1)
        return WEIR_EMALFORMED;
    err = check_name(gap->near_name);
    return err == WEIR_OK ? check_name(gap->far_name) : err;
}

static enum weir_err check_name(struct weir_str name)
{
    if (name.len > WEIR_BROKER_NAME_MAX)
        return WEIR_ELIMIT;
    return name.len > 0 && weir_str_is_text(name) ? WEIR_OK : WEIR_EMALFORMED;
}
