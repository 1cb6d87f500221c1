/* reason.c - texts of reasons. */
#include <weir/reason.h>

const char *weir_reason_text(unsigned reason)
{
#define REASON_TEXT(name, number, text) \
    case number: return text;
    switch (reason) {
        WEIR_REASON_LIST(REASON_TEXT)
    default: return "?";
    }
#undef REASON_TEXT
}
