"""The command `weir` in process tests: run to its end, or left running beside the test."""

import json
import os
import signal
import subprocess
import tempfile

import weirlib
from weirlib import wait_for


class Running:
    """A `weir` process whose output goes to files, so that it never waits for the test."""

    def __init__(self, program, args, env, stdin=None):
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, *args], stdin=stdin or subprocess.DEVNULL,
                                        stdout=self.out, stderr=self.err, env=env)

    def stdout(self):
        return os.pread(self.out.fileno(), 1 << 30, 0).decode()

    def stderr(self):
        return os.pread(self.err.fileno(), 1 << 30, 0).decode()

    def wait_stderr(self, text, count=1):
        wait_for(lambda: self.stderr().count(text) >= count or self.process.poll() is not None,
                 f"{text!r} in {self.stderr()!r}")
        if self.stderr().count(text) < count:
            raise AssertionError(f"ended without {text!r}: {self.stderr()}")

    def wait_lines(self, count):
        """Lines of stdout, once there are so many."""
        wait_for(lambda: self.stdout().count("\n") >= count, f"{count} lines: {self.stderr()}")
        return self.stdout().splitlines()

    def end(self, status=0):
        """Waits for its end; requires the exit status; returns stdout."""
        code = self.process.wait(weirlib.DEADLINE * 3)
        if code != status:
            raise AssertionError(f"exit {code}, expected {status}\n{self.stderr()}")
        return self.stdout()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.out.close()
        self.err.close()


class CommandTest(weirlib.ProcessTest):
    def setUp(self):
        super().setUp()
        self.program = os.path.join(os.path.dirname(self.weird), "weir")
        self.running = []

    def tearDown(self):
        for running in self.running:
            running.close()
        super().tearDown()

    def environment(self, broker):
        env = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}
        return dict(env, WEIR_URL=broker if isinstance(broker, str) else broker.urls[0])

    def weir(self, broker, *args, stdin="", status=0):
        """Runs to the end, requires the exit status; (stdout, stderr)."""
        done = subprocess.run([self.program, *args], input=stdin, capture_output=True, text=True,
                              timeout=weirlib.DEADLINE * 3, env=self.environment(broker),
                              check=False)
        if done.returncode != status:
            raise AssertionError(f"weir {args}: exit {done.returncode}, expected {status}\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def start_weir(self, broker, *args, stdin=None):
        running = Running(self.program, args, self.environment(broker), stdin)
        self.running.append(running)
        return running

    def start_sub(self, broker, *args):
        """A subscriber whose subscription is in force in the whole overlay."""
        running = self.start_weir(broker, "sub", "-v", *args)
        running.wait_stderr("weir sub: subscribed")
        return running

    def interrupt(self, running, number=signal.SIGINT):
        running.process.send_signal(number)


def attributes(line):
    """What the publisher set, of a JSON line."""
    return {k: v for k, v in json.loads(line).items() if k not in ("$id", "$origin", "$ts")}
