#!/usr/bin/env python3
"""coverage.py REPORT PERCENT - the branches that no test took, from `gcovr --json`, and a table of
how many of each folder were taken.  Fails if fewer than PERCENT of all were."""
import collections
import json
import os
import sys


def branches_of(line):
    return [] if line["gcovr/excluded"] else line["branches"]


def main():
    report, percent = sys.argv[1], float(sys.argv[2])
    with open(report, encoding="utf-8") as stream:
        files = json.load(stream)["files"]
    total, taken = collections.Counter(), collections.Counter()
    for file in sorted(files, key=lambda file: file["file"]):
        name = file["file"]
        with open(name, encoding="utf-8") as stream:
            source = stream.read().splitlines()
        for line in file["lines"]:
            branches = branches_of(line)
            missed = sum(branch["count"] == 0 for branch in branches)
            for key in os.path.dirname(name), "all":
                total[key] += len(branches)
                taken[key] += len(branches) - missed
            if missed:
                number = line["line_number"]
                print(f"{name}:{number}: {missed} of {len(branches)} not taken: "
                      f"{source[number - 1].strip()}")
    if total["all"] == 0:
        sys.exit("coverage.py: no branches in the report")
    print(f"\n{'folder':<28}{'branches':>10}{'taken':>10}{'percent':>10}")
    for key in sorted(total, key=lambda key: (key == "all", key)):
        if total[key]:
            print(f"{key:<28}{total[key]:>10}{taken[key]:>10}"
                  f"{100 * taken[key] / total[key]:>10.2f}")
    if 100 * taken["all"] < percent * total["all"]:
        sys.exit(f"coverage.py: below {percent:g} %")


if __name__ == "__main__":
    main()
