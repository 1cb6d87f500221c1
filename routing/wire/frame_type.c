/* frame_type.c - what is known of a frame by its type alone. */
#include <weir/wire.h>

/* First numbers of the ranges in <weir/frame.h>. */
enum { FIRST_BETWEEN_BROKERS = 16, FIRST_FROM_CLIENT = 48, FIRST_TO_CLIENT = 64 };

const char *weir_frame_type_text(unsigned type)
{
#define TYPE_TEXT(name, number, member) \
    case number: return #name;
    switch (type) {
        WEIR_FRAME_LIST(TYPE_TEXT)
    default: return "?";
    }
#undef TYPE_TEXT
}

enum weir_lane weir_frame_lane(enum weir_frame_type type)
{
    switch (type) {
    case WEIR_FRAME_DATA:
    case WEIR_FRAME_UNADV:
    case WEIR_FRAME_GAP:
    case WEIR_FRAME_PUBLISH:
    case WEIR_FRAME_DELIVER:
    case WEIR_FRAME_NOTICE:
    case WEIR_FRAME_UNSUBACK: return WEIR_LANE_DATA;
    default: return WEIR_LANE_CONTROL;
    }
}

bool weir_frame_allowed(enum weir_frame_type type, enum weir_role from)
{
    const int number = (int)type;

    if (number < FIRST_BETWEEN_BROKERS)
        return true;
    if (number < FIRST_FROM_CLIENT)
        return from == WEIR_ROLE_BROKER;
    return number < FIRST_TO_CLIENT && from == WEIR_ROLE_CLIENT;
}
