/* diag.c - diagnostics as lines with a caret.
 *
 * The line of the filter and the line of carets are laid out by the same walk: tabs become blanks,
 * what a terminal would not show becomes '?', and wide characters get two carets.  Joiners are left
 * out, since some terminals draw joined emoji as one and others do not.  Of a long line a window
 * around the place is shown. */
#include <weir/diag.h>

#include "width.h"

#include <weir/text.h>

#define TAB_STOP 4
#define GUTTER_WIDTH 3   /* of a line number */
#define WINDOW_WIDTH 74  /* columns of a line that are shown at most, the dots included */
#define WINDOW_BEFORE 36 /* of them before the place, where there is as much on both sides */
#define DOTS "..."
#define DOTS_WIDTH 3

/* The bytes of one line, without its end; or, with dots for what is left out, a part of it. */
struct line {
    uint32_t number, start, end;
    bool cut_before, cut_after;
};

struct mark {
    uint32_t offset, end;
    char sign;
};

static struct line line_of(struct weir_str text, uint32_t offset)
{
    struct line line = {.number = 1};

    for (uint32_t at = 0; at < offset && at < text.len; at++) {
        if (text.ptr[at] == '\n') {
            line.number++;
            line.start = at + 1;
        }
    }
    line.end = line.start;
    while (line.end < text.len && text.ptr[line.end] != '\n')
        line.end++;
    if (line.end > line.start && text.ptr[line.end - 1] == '\r')
        line.end--;
    return line;
}

struct weir_place weir_diag_place(struct weir_str text, uint32_t offset)
{
    struct line line = line_of(text, offset);
    struct weir_place place = {line.number, 1};

    for (uint32_t at = line.start; at < offset && at < text.len;) {
        at += weiri_char_at(text, at).length;
        place.column++;
    }
    return place;
}

/* ZWNJ, ZWJ and the variation selectors. */
static bool is_joiner(uint32_t code)
{
    return code == 0x200c || code == 0x200d || (code >= 0xfe00 && code <= 0xfe0f);
}

/* Columns that the character takes as put_source shows it. */
static unsigned shown_width(struct weiri_char c, unsigned column)
{
    if (c.valid && c.code == '\t')
        return TAB_STOP - column % TAB_STOP;
    if (!c.valid || weiri_char_is_control(c.code))
        return 1;
    return is_joiner(c.code) ? 0 : weiri_char_width(c.code);
}

/* Columns from `from` up to `to`. */
static unsigned width_between(struct weir_str text, uint32_t from, uint32_t to)
{
    unsigned column = 0;

    while (from < to) {
        struct weiri_char c = weiri_char_at(text, from);

        column += shown_width(c, column);
        from += c.length;
    }
    return column;
}

/* The first character from which no more than `width` columns are left up to `end`. */
static uint32_t start_of_last(struct weir_str text, uint32_t start, uint32_t end, unsigned width)
{
    unsigned left = width_between(text, start, end), column = 0;

    while (start < end && left - column > width) {
        struct weiri_char c = weiri_char_at(text, start);

        column += shown_width(c, column);
        start += c.length;
    }
    return start;
}

static struct line window_of(struct weir_str text, struct line line, uint32_t offset)
{
    struct line window = line;
    unsigned column = 0;

    if (width_between(text, line.start, line.end) <= WINDOW_WIDTH)
        return line;
    window.start =
        start_of_last(text, line.start, offset < line.end ? offset : line.end, WINDOW_BEFORE);
    if (width_between(text, window.start, line.end) < WINDOW_WIDTH - DOTS_WIDTH)
        window.start = start_of_last(text, line.start, line.end, WINDOW_WIDTH - DOTS_WIDTH);
    window.cut_before = window.start > line.start;
    for (window.end = window.start; window.end < line.end;) {
        struct weiri_char c = weiri_char_at(text, window.end);

        column += shown_width(c, column);
        if (column > WINDOW_WIDTH - 2 * DOTS_WIDTH &&
            width_between(text, window.start, line.end) > WINDOW_WIDTH - DOTS_WIDTH)
            break;
        window.end += c.length;
    }
    window.cut_after = window.end < line.end;
    return window;
}

static void put(struct weiri_text *t, const char *text)
{
    weiri_text_put(t, weir_str_of(text));
}

static size_t number_width(uint32_t number)
{
    size_t width = 1;

    while (number >= 10) {
        number /= 10;
        width++;
    }
    return width < GUTTER_WIDTH ? GUTTER_WIDTH : width;
}

static void put_source(struct weiri_text *t, struct weir_str text, struct line line)
{
    size_t width = number_width(line.number), digits = 1;
    unsigned column = 0;

    for (uint32_t rest = line.number; rest >= 10; rest /= 10)
        digits++;
    weiri_text_fill(t, ' ', width - digits);
    weiri_text_put_int(t, line.number);
    put(t, " | ");
    put(t, line.cut_before ? DOTS : "");
    for (uint32_t at = line.start; at < line.end;) {
        struct weiri_char c = weiri_char_at(text, at);
        unsigned shown = shown_width(c, column);

        if (c.valid && c.code == '\t')
            weiri_text_fill(t, ' ', shown);
        else if (!c.valid || weiri_char_is_control(c.code))
            weiri_text_put_char(t, '?');
        else if (!is_joiner(c.code))
            weiri_text_put(t, (struct weir_str){text.ptr + at, c.length});
        column += shown;
        at += c.length;
    }
    put(t, line.cut_after ? DOTS "\n" : "\n");
}

/* The sign for a place, ' ' if none of the marks has it. */
static char sign_at(const struct mark *marks, size_t count, uint32_t at)
{
    for (size_t i = 0; i < count; i++) {
        if (at >= marks[i].offset && at < marks[i].end)
            return marks[i].sign;
    }
    return ' ';
}

static void put_carets(struct weiri_text *t, struct weir_str text, struct line line,
                       const struct mark *marks, size_t count)
{
    uint32_t last = line.start;
    unsigned column = 0;

    for (size_t i = 0; i < count; i++)
        last = marks[i].end > last ? marks[i].end : last;
    weiri_text_fill(t, ' ', number_width(line.number));
    put(t, " | ");
    weiri_text_fill(t, ' ', line.cut_before ? DOTS_WIDTH : 0);
    for (uint32_t at = line.start; at < line.end && at < last;) {
        struct weiri_char c = weiri_char_at(text, at);
        unsigned shown = shown_width(c, column);

        weiri_text_fill(t, sign_at(marks, count, at), shown);
        column += shown;
        at += c.length;
    }
    if (last > line.end) /* the end of the line is meant */
        weiri_text_put_char(t, sign_at(marks, count, line.end));
}

/* A combining mark is shown with what it stands on. */
static uint32_t start_of_shown(struct weir_str text, struct line line, uint32_t offset)
{
    uint32_t start = line.start;

    for (uint32_t at = line.start; at <= offset && at < line.end;) {
        struct weiri_char c = weiri_char_at(text, at);

        if (shown_width(c, 0) > 0)
            start = at;
        at += c.length;
    }
    return offset < line.end ? start : offset;
}

static struct mark mark_of(struct weir_str text, struct line line, uint32_t offset, uint32_t length,
                           char sign)
{
    struct mark mark = {offset, offset + length, sign};

    if (mark.offset > line.end)
        mark.offset = line.end;
    if (mark.end > line.end)
        mark.end = line.end;
    if (mark.end <= mark.offset)
        mark.end = mark.offset + 1;
    mark.offset = start_of_shown(text, line, mark.offset);
    return mark;
}

static bool is_in(struct line line, uint32_t offset)
{
    return offset >= line.start && offset <= line.end;
}

static void put_places(struct weiri_text *t, struct weir_str text, const struct weir_diag *diag)
{
    struct line line = window_of(text, line_of(text, diag->offset), diag->offset);
    struct mark marks[2] = {mark_of(text, line, diag->offset, diag->length, '^')};
    bool other = diag->other_length != 0, same_line = is_in(line, diag->other_offset);

    if (other && same_line)
        marks[1] = mark_of(text, line, diag->other_offset, diag->other_length, '-');
    put_source(t, text, line);
    put_carets(t, text, line, marks, other && same_line ? 2 : 1);
    if (diag->label[0] != '\0') {
        weiri_text_put_char(t, ' ');
        put(t, diag->label);
    }
    weiri_text_put_char(t, '\n');
    if (other && !same_line) {
        line = window_of(text, line_of(text, diag->other_offset), diag->other_offset);
        marks[0] = mark_of(text, line, diag->other_offset, diag->other_length, '-');
        put_source(t, text, line);
        put_carets(t, text, line, marks, 1);
        weiri_text_put_char(t, '\n');
    }
}

size_t weir_diag_render(char *out, size_t size, struct weir_str text, const struct weir_diag *diag)
{
    struct weiri_text t = weiri_text_begin(out, size);

    put(&t, diag->severity == WEIR_SEVERITY_ERROR ? "error[" : "warning[");
    put(&t, diag->code);
    put(&t, "]: ");
    put(&t, diag->message);
    weiri_text_put_char(&t, '\n');
    put_places(&t, text, diag);
    if (diag->suggestion[0] != '\0') {
        put(&t, "  help: ");
        put(&t, diag->suggestion);
        weiri_text_put_char(&t, '\n');
    }
    return weiri_text_end(&t);
}
