"""The values of the oracle: bool, int, float, bytes (UTF-8) and Timestamp, and notifications."""

import datetime
import functools
import json
import math
import re
from collections import namedtuple

INT_MIN, INT_MAX = -2**63, 2**63 - 1
NAME_MAX = 255
PASSED_OVER = ("$id", "$origin", "$publisher", "$ts", "$body", "$body64")

Timestamp = namedtuple("Timestamp", "ns")


class NotificationError(Exception):
    pass


def is_number(value):
    return type(value) in (int, float)


TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
                       r"(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)


@functools.lru_cache(maxsize=1024)
def timestamp(text, error):
    found = TIMESTAMP.fullmatch(text)
    if not found:
        raise error("not a timestamp: %s" % text)
    try:
        moment = datetime.datetime(*(int(part) for part in found.groups()[:6]))
    except ValueError:
        raise error("no such time: %s" % text)
    sign, hours, minutes = found.groups()[7:]
    if sign and (int(hours) > 23 or int(minutes) > 59):
        raise error("no such offset: %s" % text)
    if not 1678 <= moment.year <= 2261:
        raise error("year out of range: %s" % text)
    since = moment - datetime.datetime(1970, 1, 1)
    seconds = since.days * 86400 + since.seconds
    if sign:
        seconds -= (1 if sign == "+" else -1) * (int(hours) * 3600 + int(minutes) * 60)
    return Timestamp(seconds * 10**9 + int((found.group(7) or "").ljust(9, "0")))


def read_notification(line):
    try:
        pairs = json.loads(line, object_pairs_hook=Pairs, parse_int=read_int,
                           parse_float=read_double, parse_constant=read_int)
    except ValueError as error:
        raise NotificationError(str(error))
    if not isinstance(pairs, Pairs):
        raise NotificationError("not an object")
    attributes = {}
    seen = set()
    for name, value in pairs:
        if name in seen:
            raise NotificationError("duplicate name")
        seen.add(name)
        if name in PASSED_OVER or value is None:
            continue
        check_name(name)
        attributes[name] = attribute_value(value)
        if name == "$type" and not isinstance(attributes[name], bytes):
            raise NotificationError("$type is a string")
    return attributes


@functools.lru_cache(maxsize=1024)
def check_name(name):
    if not 1 <= len(name.encode("utf-8", "surrogatepass")) <= NAME_MAX or "\0" in name:
        raise NotificationError("no name")
    if name.startswith("$") and name != "$type":
        raise NotificationError("a reserved name")


class Pairs(tuple):
    """The members of a JSON object, duplicates included."""


def read_int(text):
    value = int(text)
    if not INT_MIN <= value <= INT_MAX:
        raise ValueError("an int out of range")
    return value


def read_double(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a double out of range")
    return value


def attribute_value(value):
    if isinstance(value, str):
        if "\0" in value:
            raise NotificationError("U+0000")
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise NotificationError("a lone surrogate")
    if isinstance(value, Pairs):
        if len(value) == 1 and value[0][0] == "$timestamp" and isinstance(value[0][1], str):
            return timestamp(value[0][1], NotificationError)
        raise NotificationError("a nested object")
    if isinstance(value, list):
        raise NotificationError("an array")
    return value
