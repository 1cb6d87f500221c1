/* timestamp.c - RFC 3339 text to nanoseconds since 1970-01-01T00:00:00Z and back. */
#include <weir/value.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1678, YEAR_MAX = 2261, FRACTION_DIGITS_MAX = 9 };

static const int64_t NS_PER_SECOND = 1000000000;
static const int64_t SECONDS_PER_DAY = 86400;

struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

static bool take_number(struct weir_str *text, size_t digits, int64_t max, int64_t *number);
static bool take_char(struct weir_str *text, const char *any_of);
static bool take_date(struct weir_str *text, struct civil *date);
static bool take_time(struct weir_str *text, int64_t *seconds);
static enum weir_err take_fraction(struct weir_str *text, int64_t *nanoseconds);
static bool take_offset(struct weir_str *text, int64_t *seconds);
static int64_t days_in_month(int64_t year, int64_t month);
static int64_t days_of_civil(struct civil date);
static struct civil civil_of_days(int64_t days);

enum weir_err weir_timestamp_parse(int64_t *nanoseconds, struct weir_str text)
{
    struct civil date;
    int64_t time;
    int64_t fraction = 0;
    int64_t offset;
    int64_t seconds;
    enum weir_err err;

    assert(nanoseconds != NULL);

    if (!take_date(&text, &date) || !take_char(&text, "Tt") || !take_time(&text, &time))
        return WEIR_ESYNTAX;
    err = take_fraction(&text, &fraction);
    if (err != WEIR_OK)
        return err;
    if (!take_offset(&text, &offset) || text.len != 0)
        return WEIR_ESYNTAX;

    seconds = days_of_civil(date) * SECONDS_PER_DAY + time - offset;
    if (seconds < days_of_civil((struct civil){YEAR_MIN, 1, 1}) * SECONDS_PER_DAY)
        return WEIR_ELIMIT;
    if (seconds >= days_of_civil((struct civil){YEAR_MAX + 1, 1, 1}) * SECONDS_PER_DAY)
        return WEIR_ELIMIT;
    *nanoseconds = seconds * NS_PER_SECOND + fraction;
    return WEIR_OK;
}

size_t weir_timestamp_print(char *out, int64_t nanoseconds)
{
    int64_t fraction = nanoseconds % NS_PER_SECOND;
    int64_t seconds = nanoseconds / NS_PER_SECOND;
    int64_t time;
    struct civil date;
    int len;

    if (fraction < 0) {
        fraction += NS_PER_SECOND;
        seconds -= 1;
    }
    time = seconds % SECONDS_PER_DAY;
    if (time < 0)
        time += SECONDS_PER_DAY;
    date = civil_of_days((seconds - time) / SECONDS_PER_DAY);
    len = snprintf(out, WEIR_TIMESTAMP_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%09d",
                   (int)date.year, (int)date.month, (int)date.day, (int)(time / 3600),
                   (int)(time / 60 % 60), (int)(time % 60), (int)fraction);
    assert(len > 0 && len < WEIR_TIMESTAMP_TEXT_MAX - 1);
    while (out[len - 1] == '0' && fraction != 0)
        len--;
    if (fraction == 0)
        len -= FRACTION_DIGITS_MAX + 1;
    memcpy(out + len, "Z", 2);
    return (size_t)len + 1;
}

static bool take_number(struct weir_str *text, size_t digits, int64_t max, int64_t *number)
{
    *number = 0;
    if (text->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text->ptr[i] < '0' || text->ptr[i] > '9')
            return false;
        *number = *number * 10 + (text->ptr[i] - '0');
    }
    text->ptr += digits;
    text->len -= digits;
    return *number <= max;
}

static bool take_char(struct weir_str *text, const char *any_of)
{
    if (text->len == 0 || text->ptr[0] == '\0' || strchr(any_of, text->ptr[0]) == NULL)
        return false;
    text->ptr++;
    text->len--;
    return true;
}

static bool take_date(struct weir_str *text, struct civil *date)
{
    return take_number(text, 4, 9999, &date->year) && take_char(text, "-") &&
           take_number(text, 2, 12, &date->month) && date->month >= 1 && take_char(text, "-") &&
           take_number(text, 2, days_in_month(date->year, date->month), &date->day) &&
           date->day >= 1;
}

static bool take_time(struct weir_str *text, int64_t *seconds)
{
    int64_t hour;
    int64_t minute;
    int64_t second;

    if (!take_number(text, 2, 23, &hour) || !take_char(text, ":") ||
        !take_number(text, 2, 59, &minute) || !take_char(text, ":") ||
        !take_number(text, 2, 59, &second))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

static enum weir_err take_fraction(struct weir_str *text, int64_t *nanoseconds)
{
    size_t digits = 0;
    int64_t digit;

    if (!take_char(text, "."))
        return WEIR_OK;
    while (take_number(text, 1, 9, &digit)) {
        if (++digits > FRACTION_DIGITS_MAX)
            return WEIR_ELIMIT;
        *nanoseconds = *nanoseconds * 10 + digit;
    }
    if (digits == 0)
        return WEIR_ESYNTAX;
    for (; digits < FRACTION_DIGITS_MAX; digits++)
        *nanoseconds *= 10;
    return WEIR_OK;
}

static bool take_offset(struct weir_str *text, int64_t *seconds)
{
    int64_t hours;
    int64_t minutes;
    bool west;

    *seconds = 0;
    if (take_char(text, "Zz"))
        return true;
    west = text->len > 0 && text->ptr[0] == '-';
    if (!take_char(text, "+-") || !take_number(text, 2, 23, &hours) || !take_char(text, ":") ||
        !take_number(text, 2, 59, &minutes))
        return false;
    *seconds = hours * 3600 + minutes * 60;
    if (west)
        *seconds = -*seconds;
    return true;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Both conversions after H. Hinnant, "chrono-compatible low-level date algorithms": years begin
 * in March, so that the leap day is the last of its year.  Years are above 0 here. */
static int64_t days_of_civil(struct civil date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = year / 400;
    int64_t year_of_era = year % 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_of_days(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);

    return (struct civil){
        .year = era * 400 + year_of_era + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}
