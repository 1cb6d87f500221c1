#!/usr/bin/env python3
"""Fuzzes for a given CPU time and says what it did, in lines for docs/fuzzing.md.

    campaign.py --cpu-minutes M [--build DIR] [--keep] FUZZER...

Needs the fuzzers of the preset `fuzz`.  They run one after the other in slices, each with a working
corpus in DIR/corpus/FUZZER that is begun with tests/fuzz/corpus/FUZZER and outlives the campaign,
and with the words of tests/fuzz/FUZZER.dict where there is one.  --keep then adds inputs that reach
new code to tests/fuzz/corpus/FUZZER.  CPU time is what the processes used, not what the clock says.
Exit 1 at the first finding, whose input libFuzzer names; interrupted or terminated, it still reports.
"""

import argparse
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SLICE_SECONDS = 300
KEEP_BYTES_MAX = 1024
KEEP_FILES_MAX = 200  # of one fuzzer
UNIT_SECONDS_MAX = 20
INTERRUPTED = 72  # libFuzzer's exit status


class Campaign:
    def __init__(self, build, name):
        self.name = name
        self.program = os.path.join(build, "tests", "fuzz_" + name)
        self.seeds = os.path.join(HERE, "corpus", name)
        self.corpus = os.path.join(build, "corpus", name)
        self.artifacts = os.path.join(build, "findings", name) + "-"
        self.cpu_seconds = 0.0
        self.executions = 0
        self.findings = 0
        self.interrupted = False
        if not os.path.exists(self.program):
            sys.exit("campaign.py: %s is not built: cmake --preset fuzz && "
                     "cmake --build --preset fuzz" % self.program)
        os.makedirs(self.corpus, exist_ok=True)
        os.makedirs(os.path.dirname(self.artifacts), exist_ok=True)

    def libfuzzer(self, *arguments):
        """Runs the fuzzer, counts its CPU time, and gives its exit status and what it printed."""
        process = subprocess.Popen([self.program, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        try:
            output = process.stdout.read()
        except KeyboardInterrupt:
            self.interrupted = True
            process.send_signal(signal.SIGINT)
            output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if self.interrupted and process.returncode == INTERRUPTED:
            process.returncode = 0
        return process.returncode, usage.ru_utime + usage.ru_stime, output.decode(errors="replace")

    def slice(self):
        dictionary = os.path.join(HERE, self.name + ".dict")
        options = ["-dict=" + dictionary] if os.path.exists(dictionary) else []
        status, seconds, output = self.libfuzzer(
            "-max_total_time=%d" % SLICE_SECONDS, "-print_final_stats=1",
            "-timeout=%d" % UNIT_SECONDS_MAX, "-use_value_profile=1",
            "-artifact_prefix=" + self.artifacts, *options, self.corpus,
            self.seeds)
        executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
        self.cpu_seconds += seconds
        self.executions += int(executions.group(1)) if executions else 0
        if status != 0 and not self.was_held_up(output):
            self.findings += 1
            sys.stderr.write(output[-8000:])
            return False
        return True

    def was_held_up(self, output):
        """True for a timeout that an input does not repeat in CPU time: libFuzzer looks at the clock,
        and the machine or somebody else may have stopped the process."""
        timeout = re.search(r"Test unit written to (\S+-timeout-\S+)", output)
        if not timeout:
            return False
        status, seconds, _ = self.libfuzzer("-timeout=%d" % (100 * UNIT_SECONDS_MAX), timeout.group(1))
        self.cpu_seconds += seconds
        held_up = status == 0 and seconds < UNIT_SECONDS_MAX
        if held_up:
            os.remove(timeout.group(1))
        return held_up

    def keep(self):
        """Adds small inputs that reach new code to the corpus that every test run replays."""
        work = os.path.join(os.path.dirname(self.artifacts), self.name)
        small, cover = work + ".small", work + ".cover"
        for folder in (small, cover):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        for name in os.listdir(self.corpus):
            path = os.path.join(self.corpus, name)
            if os.path.getsize(path) <= KEEP_BYTES_MAX:
                shutil.copy(path, small)
        self.libfuzzer("-set_cover_merge=1", cover, self.seeds, small)
        room = max(0, KEEP_FILES_MAX - len(os.listdir(self.seeds)))
        for name in sorted(set(os.listdir(cover)) - set(os.listdir(self.seeds)))[:room]:
            shutil.copy(os.path.join(cover, name), self.seeds)
        shutil.rmtree(small)
        shutil.rmtree(cover)

    def report(self, commit):
        print("| %s | %s | `%s` | %.1f | %s | %d | %d |" % (
            datetime.date.today(), commit, self.name, self.cpu_seconds / 60,
            "{:,}".format(self.executions), len(os.listdir(self.corpus)), self.findings),
            flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu-minutes", type=float, required=True, help="for each fuzzer")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "fuzz"))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("fuzzer", nargs="+")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell has it ignored
        signal.signal(number, signal.default_int_handler)
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                            stdout=subprocess.PIPE, text=True).stdout.strip() or "unknown"
    campaigns = [Campaign(args.build, name) for name in args.fuzzer]
    sound = True
    for campaign in campaigns:
        while sound and campaign.cpu_seconds < 60 * args.cpu_minutes:
            sound = campaign.slice() and not campaign.interrupted
        if args.keep and campaign.findings == 0:
            campaign.keep()
        campaign.report(commit)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
