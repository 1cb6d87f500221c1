#!/usr/bin/env python3
"""What matching costs against the number of filters: measures, and makes tables and a plot of it.

    cost.py run [--out FILE] [--workloads W,...] [--sizes N,...] [--baselines N] [--threads N]
    cost.py table [FILE]
    cost.py plot [FILE] [SVG]                  needs gnuplot
    cost.py instructions [--workloads W,...] [--size N]         needs valgrind

`run` adds a line of JSON for each workload and size, what `weir bench match --json` prints with the
date and the commit, and leaves out what the file has of this commit already: interrupted, it goes
on.  `plot` and `table` take the last line of each.  `instructions` counts with callgrind what a match,
an addition and a removal execute, which does not depend on how busy the machine is; it says which
instructions the scans used, as valgrind does not know all that the processor does.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, "build/release/bin/weir")
RESULTS = os.path.join(ROOT, "build/match-cost.jsonl")
PICTURE = os.path.join(ROOT, "docs/matching.svg")
WORKLOADS = ("stock", "ranges", "equality", "mixed")
SIZES = (1000, 3000, 10000, 30000, 100000, 300000, 1000000)
FUNCTIONS = {"match": "weir_matcher_match", "add": "weir_matcher_add",
             "remove": "weir_matcher_remove"}

PLOT = """\
set terminal svg size 960,720 font 'sans-serif,13' background rgb '#ffffff'
set output OUTPUT
set logscale xy
set format x '10^{%%L}'
set format y '10^{%%L}'
set grid xtics ytics linecolor rgb '#dddddd' linewidth 1
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#333333'
set xlabel 'filters' offset 0,0.4
set ylabel 'microseconds a notification' offset 0.6,0
set xrange [%(least)g:%(most)g]
set yrange [0.1:2e6]
set key top left reverse Left samplen 2 spacing 1.1
set multiplot layout 2,2 title 'Matching: %(commit)s, %(date)s, %(instructions)s, CPU time of one thread' \\
    margins 0.08,0.98,0.09,0.91 spacing 0.09,0.12
"""


def commit():
    done = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], text=True,
                          capture_output=True, check=False)
    return done.stdout.strip() or "unknown"


def read(path):
    """The last line of each workload and size."""
    with open(path, encoding="utf-8") as f:
        lines = [json.loads(line) for line in f if line.strip()]
    return {(line["workload"], line["filters"]): line for line in lines}


def bench(program, workload, size, *more):
    return [program, "bench", "match", "--workload", workload, "--count", str(size), "--json",
            *more]


def run(args):
    now = commit()
    done = {key for key, line in (read(args.out) if os.path.exists(args.out) else {}).items()
            if line["commit"] == now}
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    for size in args.sizes:
        for workload in args.workloads:
            if (workload, size) in done:
                continue
            command = bench(args.program, workload, size, "--seed", str(args.seed), "--passes",
                            str(args.passes), "--baselines", str(args.baselines), "--threads",
                            str(args.threads))
            figures = json.loads(subprocess.run(command, text=True, check=True,
                                                stdout=subprocess.PIPE).stdout)
            figures.update(date=datetime.date.today().isoformat(), commit=now)
            with open(args.out, "a", encoding="utf-8") as f:
                f.write(json.dumps(figures) + "\n")
            print(f"{workload} {size}: {figures['us_per_notification']['mean']:.3g} us",
                  flush=True)


def figure(value):
    """Three digits at least."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def row(cells):
    print("| " + " | ".join(cells) + " |")


def table(args):
    results = read(args.results)
    row(("workload", "filters", "a notification", "p99", "counting", "scan", "bytes a filter",
         "build", "add, remove: median", "longest", "on threads at once", "in churn", "commit"))
    print("|---" * 13 + "|")
    for workload in WORKLOADS:
        for _, size in sorted(k for k in results if k[0] == workload):
            f = results[workload, size]
            us, changes, threads = f["us_per_notification"], f["changes"], f.get("threads", [])
            ratio = [f"x {figure(f['baselines'][name]['ratio'])}" if "baselines" in f else ""
                     for name in ("counting", "scan")]
            pair = threads[-1] if threads else None
            row((f"`{workload}`", f"{size:,}", f"{figure(us['mean'])} us",
                 f"{figure(us['p99'])} us", *ratio,
                 figure(f["bytes_per_filter"]), f"{f['build_s']:.3g} s",
                 f"{figure(f['add_us'])}, {figure(f['remove_us'])} us",
                 f"{figure(max(changes[k]['max'] for k in ('add_us', 'remove_us')))} us",
                 f"{pair['threads']}: {figure(pair['us_per_notification'])} us" if pair else "",
                 f"{figure(pair['churn']['us_per_notification'])} us" if pair else "",
                 f["commit"]))


def plot(args):
    results = read(args.results)
    sizes = [size for _, size in results]
    said = {key: ", ".join(sorted({line[key] for line in results.values()}))
            for key in ("commit", "date", "instructions")}
    script = [f"OUTPUT = '{args.picture}'\n" + PLOT % {
        "least": min(sizes) / 1.3, "most": max(sizes) * 1.3, **said}]
    for workload in WORKLOADS:
        lines = [results[key] for key in sorted(results) if key[0] == workload]
        if not lines:
            continue
        script.append(f"$data_{workload} << END")
        for f in lines:
            baselines = f.get("baselines", {})
            script.append(" ".join(str(v) for v in (
                f["filters"], f["us_per_notification"]["mean"],
                *(baselines[name]["us_per_notification"] if name in baselines else "NaN"
                  for name in ("counting", "scan")))))
        script.append("END")
        curves = (("index", 2, "#1f6f8b", 2.5, 7), ("counting", 3, "#d9822b", 1.6, 5),
                  ("scan", 4, "#999999", 1.6, 4))
        script.append(f"set title '{workload}' offset 0,-0.6")
        script.append("plot " + ", ".join(
            f"$data_{workload} using 1:{column} title '{name}' with linespoints linewidth {width} "
            f"pointtype {point} pointsize 0.6 linecolor rgb '{colour}'"
            for name, column, colour, width, point in curves))
        script.append("unset key")
    try:
        subprocess.run(["gnuplot"], input="\n".join(script) + "\nunset multiplot\n", text=True,
                       check=True)
    except FileNotFoundError:
        sys.exit("cost.py: gnuplot is not installed")


def instructions(args):
    row(("workload", "filters", "scans", "a match", "an addition", "a removal", "commit"))
    print("|---" * 7 + "|")
    for workload in args.workloads:
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
                       *(f"--toggle-collect={f}" for f in FUNCTIONS.values()),
                       *bench(args.program, workload, args.size, "--seed", str(args.seed),
                              "--passes", "1")]
            try:
                done = subprocess.run(command, text=True, capture_output=True, check=False)
            except FileNotFoundError:
                sys.exit("cost.py: valgrind is not installed")
            if done.returncode != 0:
                sys.exit(f"cost.py: {done.stderr}")
            counts = inclusive(out)
        figures = json.loads(done.stdout)
        changes = min(args.size, 20000)
        # a first pass, the pass that is measured, and single ones
        times = {"match": 3 * figures["notifications"], "add": args.size + changes,
                 "remove": changes}
        row((f"`{workload}`", f"{args.size:,}", figures["instructions"],
             *(f"{counts[FUNCTIONS[name]] / times[name]:,.0f}" for name in FUNCTIONS), commit()))


def inclusive(path):
    """Instructions of the functions with what they call."""
    text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", path],
                          text=True, capture_output=True, check=True).stdout
    counts = {}
    for name in FUNCTIONS.values():
        found = re.search(rf"^\s*([\d,]+) .*:{name}(?: |$)", text, flags=re.M)
        if not found:
            sys.exit(f"cost.py: {name} was not counted")
        counts[name] = int(found.group(1).replace(",", ""))
    return counts


def words(known):
    def parse(text):
        if not set(text.split(",")) <= set(known):
            raise argparse.ArgumentTypeError(f"of {', '.join(known)}")
        return text.split(",")
    return parse


def numbers(text):
    return [int(word) for word in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="run|table|plot|instructions")
    for function in (run, instructions):
        command = commands.add_parser(function.__name__)
        command.set_defaults(function=function)
        command.add_argument("--program", default=PROGRAM, help="weir, of a release build")
        command.add_argument("--workloads", type=words(WORKLOADS), default=list(WORKLOADS))
        command.add_argument("--seed", type=int, default=1)
        if function is instructions:
            command.add_argument("--size", type=int, default=10000)
            continue
        command.add_argument("--out", default=RESULTS)
        command.add_argument("--sizes", type=numbers, default=list(SIZES))
        command.add_argument("--passes", type=int, default=9)
        command.add_argument("--baselines", type=int, default=300, help="notifications for them")
        command.add_argument("--threads", type=int, default=2)
    for function in (table, plot):
        command = commands.add_parser(function.__name__)
        command.set_defaults(function=function)
        command.add_argument("results", nargs="?", default=RESULTS)
        if function is plot:
            command.add_argument("picture", nargs="?", default=PICTURE)
    args = parser.parse_args()
    args.function(args)


main()
