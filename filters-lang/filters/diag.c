/* diag.c - diagnostics as lines with a caret.
 *
 * The line of the filter and the line of carets are laid out by the same walk: tabs become blanks,
 * what a terminal would not show becomes '?', and wide characters get two carets. */
#include <weir/diag.h>

#include "width.h"

#include <weir/text.h>

#define TAB_STOP 4
#define GUTTER_WIDTH 3 /* of a line number */

/* The bytes of one line, without its end. */
struct line {
    uint32_t number, start, end;
};

struct mark {
    uint32_t offset, end;
    char sign;
};

static struct line line_of(struct weir_str text, uint32_t offset)
{
    struct line line = {1, 0, 0};

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

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* Columns that the character takes as put_source shows it. */
static unsigned shown_width(struct weiri_char c, unsigned column)
{
    if (c.valid && c.code == '\t')
        return TAB_STOP - column % TAB_STOP;
    if (!c.valid || is_control(c.code))
        return 1;
    return weiri_char_width(c.code);
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
    for (uint32_t at = line.start; at < line.end;) {
        struct weiri_char c = weiri_char_at(text, at);
        unsigned shown = shown_width(c, column);

        if (c.valid && c.code == '\t')
            weiri_text_fill(t, ' ', shown);
        else if (!c.valid || is_control(c.code))
            weiri_text_put_char(t, '?');
        else
            weiri_text_put(t, (struct weir_str){text.ptr + at, c.length});
        column += shown;
        at += c.length;
    }
    weiri_text_put_char(t, '\n');
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

static struct mark mark_of(struct line line, uint32_t offset, uint32_t length, char sign)
{
    struct mark mark = {offset, offset + length, sign};

    if (mark.offset > line.end)
        mark.offset = line.end;
    if (mark.end > line.end)
        mark.end = line.end;
    if (mark.end <= mark.offset)
        mark.end = mark.offset + 1;
    return mark;
}

static bool is_in(struct line line, uint32_t offset)
{
    return offset >= line.start && offset <= line.end;
}

static void put_places(struct weiri_text *t, struct weir_str text, const struct weir_diag *diag)
{
    struct line line = line_of(text, diag->offset);
    struct mark marks[2] = {mark_of(line, diag->offset, diag->length, '^')};
    bool other = diag->other_length != 0, same_line = is_in(line, diag->other_offset);

    if (other && same_line)
        marks[1] = mark_of(line, diag->other_offset, diag->other_length, '-');
    put_source(t, text, line);
    put_carets(t, text, line, marks, other && same_line ? 2 : 1);
    if (diag->label[0] != '\0') {
        weiri_text_put_char(t, ' ');
        put(t, diag->label);
    }
    weiri_text_put_char(t, '\n');
    if (other && !same_line) {
        line = line_of(text, diag->other_offset);
        marks[0] = mark_of(line, diag->other_offset, diag->other_length, '-');
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
