#!/usr/bin/env python3
"""protocol_test.py - routing/PROTOCOL.md says what the codec does.

usage: protocol_test.py SOURCE-ROOT
Compares the layouts, numbers, reasons and lanes of the document with the lists of the codec, and
takes the hand-packed samples apart by the document alone."""

import os
import re
import sys

ROOT = sys.argv[1]
WIDTHS = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def documented_frames(document):
    """name -> (number, [(kind, field)])"""
    frames = {}
    for line in re.search(r"```\n(HELLO.*?)```", document, re.S).group(1).splitlines():
        if re.match(r"\w", line):
            name, number = line.split()
            fields = []
            frames[name] = (int(number), fields)
        elif line.strip():
            kind, _, field = line.strip().rpartition(" ")
            fields.append((kind, field) if kind else ("payload", "payload"))
    return frames


def struct_members(headers):
    """struct -> {member: kind}"""
    kinds = {"uint8_t": "u8", "uint16_t": "u16", "uint32_t": "u32", "uint64_t": "u64",
             "struct weir_str": "string"}
    headers = re.sub(r"/\*.*?\*/", "", headers, flags=re.S)
    structs = {}
    for name, body in re.findall(r"struct weir_(\w+) \{(.*?)\n\}", headers, re.S):
        structs[name] = {
            member.strip(): kinds[declared]
            for declared, members in re.findall(r"(uint\d+_t|struct weir_str) ([^;*]+);", body)
            for member in members.split(",")}
    return structs


def field_list(member, body, structs, constants):
    """[(kind, field)] of the macros in one array of layout.c"""
    fields = []
    for macro, arguments in re.findall(r"(FIELD|TREE|LIST|PAYLOAD)\(([^)]*)\)", body):
        arguments = [a.strip() for a in arguments.split(",")]
        if macro == "TREE":
            fields += [(kind, "tree." + field) for field, kind in structs["tree"].items()]
        elif macro == "LIST":
            fields.append((f"list of {constants.get(arguments[2], arguments[2])}", arguments[1]))
        elif macro == "PAYLOAD":
            fields.append(("payload", "payload"))
        else:
            field = arguments[0].split(".", 1)[1]
            fields.append((structs[member][field], field))
    return fields


def coded_frames(headers, layout):
    """name -> (number, [(kind, field)])"""
    structs = struct_members(headers)
    constants = dict(re.findall(r"#define (WEIR_\w+) (\d+)", headers))
    members = {member: field_list(member, body, structs, constants)
               for member, body in re.findall(r"field (\w+)_fields\[\] = \{(.*?)\};", layout, re.S)}
    frames = re.search(r"#define WEIR_FRAME_LIST\(X\)(.*?)\n\n", headers, re.S).group(1)
    return {name: (int(number), members[member])
            for name, number, member in re.findall(r"X\((\w+), (\d+), (\w+)\)", frames)}


def take_apart(fields, data):
    at = 8
    for kind, _ in fields:
        if kind == "payload":
            return len(data)
        if kind in WIDTHS:
            at += WIDTHS[kind]
            continue
        count = int.from_bytes(data[at:at + 4], "little")
        at += 4 + count * (1 if kind == "string" else int(kind.split()[-1]))
    return at


def check_samples(frames, samples):
    count = 0
    for row in samples.split("{{WEIR_FRAME_")[1:]:
        name = re.match(r"\w+", row).group(0)
        literals = re.search(r"\},\s*((?:\"[0-9a-f]+\"\s*)+)\}", row).group(1)
        data = bytes.fromhex("".join(re.findall(r"\"([0-9a-f]+)\"", literals)))
        number, fields = frames[name]
        assert int.from_bytes(data[:4], "little") == len(data), name
        assert data[4] == number, name
        assert take_apart(fields, data) == len(data), name
        count += 1
    return count


def main():
    document = read("routing", "PROTOCOL.md")
    include = ("routing", "wire", "include", "weir")
    documented = documented_frames(document)
    headers = "".join(read(*include, name) for name in ("frame.h", "frame_client.h", "wire.h"))
    coded = coded_frames(headers, read("routing", "wire", "layout.c"))
    assert documented.keys() == coded.keys(), documented.keys() ^ coded.keys()
    for name, frame in coded.items():
        assert documented[name] == frame, f"{name}: {documented[name]} is not {frame}"

    count = check_samples(documented, read("tests", "wire", "frame_samples.h"))
    assert count >= len(coded), f"{count} samples of {len(coded)} types"

    reasons = re.findall(r"X\(\w+, (\d+), \"([a-z-]+)\"\)", read(*include, "reason.h"))
    assert reasons == re.findall(r"^\| (\d+) \| `([a-z-]+)` \|$", document, re.M)

    lanes = dict(re.findall(r"^\| (control|data) \| ([A-Z ]+) \|$", document, re.M))
    in_data = set(re.findall(r"case WEIR_FRAME_(\w+)", read("routing", "wire", "frame_type.c")))
    assert set(lanes["data"].split()) == in_data
    assert set(lanes["control"].split()) == coded.keys() - in_data
    print(f"{len(coded)} types, {count} samples, {len(reasons)} reasons")


main()
