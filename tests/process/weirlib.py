"""What the process tests share: brokers as real processes, and a client that speaks the protocol.

The client is written from routing/PROTOCOL.md alone and shares no code with the project, so it can
also say what a well-behaved client never says.  Everything waits for a condition with a deadline,
lives in a temporary directory, and is killed when the test ends."""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

DEADLINE = 20.0

HELLO, CLOSE, HEARTBEAT = 1, 2, 3
SUBSCRIBE, UNSUBSCRIBE, ADVERTISE, UNADVERTISE, PUBLISH, QUERY = 48, 49, 50, 51, 52, 53
SUBACK, UNSUBACK, ADVACK, UNADVACK, PUBACK, PUBREFUSED, DELIVER, NOTICE, REPLY = range(64, 73)
REASONS = ("none shutdown protocol version frame-size hello-timeout silent slow duplicate-name "
           "duplicate-link cycle limit filter notification conformance level unknown-id "
           "duplicate-id window memory unlisted role unsatisfiable configuration").split()
MAGIC = 0x52494557
TYPES = {"bool": 1, "int64": 2, "double": 3, "string": 4}


def wait_for(condition, what):
    """The first true value of condition(); fails after DEADLINE."""
    end = time.monotonic() + DEADLINE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.005)


def frame(kind, body=b""):
    return struct.pack("<IB3x", 8 + len(body), kind) + body


def string(text):
    return struct.pack("<I", len(text)) + text


def hello(name=b"", role=2, strategy=0, versions=(1, 1), heartbeat_ms=600000, window=1 << 22,
          incarnation=1, epoch=1, magic=MAGIC, frame_max=1 << 21):
    return frame(HELLO, struct.pack("<IBBBBQQIIQ", magic, *versions, role, strategy, incarnation,
                                    epoch, heartbeat_ms, frame_max, window) + string(name))


def notification(attrs, body=b""):
    """Attributes are (name, value) with int, float, bool or str values."""
    strings, entries = b"", b""
    offset = 24 + 16 * len(attrs)
    for name, value in sorted((n.encode(), v) for n, v in attrs.items()):
        place = offset + len(strings)
        strings += name
        if isinstance(value, bool):
            kind, payload = TYPES["bool"], struct.pack("<Q", value)
        elif isinstance(value, int):
            kind, payload = TYPES["int64"], struct.pack("<q", value)
        elif isinstance(value, float):
            kind, payload = TYPES["double"], struct.pack("<d", value)
        else:
            text = value.encode()
            kind = TYPES["string"]
            payload = struct.pack("<II", offset + len(strings), len(text))
            strings += text
        entries += struct.pack("<BBHI", kind, len(name), 0, place) + payload
    size = offset + len(strings) + len(body)
    return struct.pack("<IBBBBqHHI", size, 1, 0, 0, 0, 0, len(attrs), 0, len(body)) \
        + entries + strings + body


class Connection:
    """One connection to a broker; says what it is told to and takes frames one by one."""

    def __init__(self, url):
        if url.startswith("ipc://"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(url[len("ipc://"):])
        else:
            host, port = url[len("tcp://"):].rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
        self.buffer = b""
        self.ended = False
        self.deliveries = []
        self.next_seq = 1

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.setblocking(True)
        self.socket.settimeout(DEADLINE)
        self.socket.sendall(data)

    def read(self, timeout):
        """Takes what has arrived into the buffer; False when nothing came in time."""
        if self.ended or not select.select([self.socket], [], [], timeout)[0]:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionError:
            data = b""
        self.ended = not data
        self.buffer += data
        return True

    def frames(self):
        while len(self.buffer) >= 8:
            size, kind = struct.unpack_from("<IB", self.buffer)
            if len(self.buffer) < size:
                return
            body, self.buffer = self.buffer[8:size], self.buffer[size:]
            yield kind, body

    def expect(self, wanted):
        """The body of the next frame of a kind; collects deliveries on the way."""
        end = time.monotonic() + DEADLINE
        while True:
            for kind, body in self.frames():
                if kind == DELIVER:
                    self.deliveries.append(body)
                if kind == wanted:
                    return body
                if kind == CLOSE:
                    raise AssertionError(f"closed: {close_reason(body)}")
            if self.ended:
                raise AssertionError(f"ended without frame {wanted}")
            if time.monotonic() > end:
                raise AssertionError(f"no frame {wanted} in time")
            self.read(0.1)

    def expect_close(self):
        """The reason of the CLOSE that comes before the end of the connection; as the protocol
        has it, this side then says nothing more either."""
        reason = None
        end = time.monotonic() + DEADLINE
        while not self.ended and time.monotonic() < end:
            for kind, body in self.frames():
                if kind == CLOSE:
                    reason = close_reason(body)
                    self.socket.shutdown(socket.SHUT_WR)
            self.read(0.1)
        if not self.ended:
            raise AssertionError("the connection stays")
        return reason

    def take_deliveries(self, count):
        """Waits until there are so many in all."""
        while len(self.deliveries) < count:
            self.expect(DELIVER)

    def hello(self, **fields):
        self.send(hello(**fields))
        return self.expect(HELLO)

    def subscribe(self, number, text):
        self.send(frame(SUBSCRIBE, struct.pack("<I", number) + text.encode()))
        body = self.expect(SUBACK)
        return REASONS[struct.unpack_from("<IH", body)[1]]

    def publish_bytes(self, payload):
        head = struct.pack("<QQB", self.next_seq, 0, 0)
        self.next_seq += 1
        return frame(PUBLISH, head + payload)

    def publish(self, **attrs):
        self.send(self.publish_bytes(notification(attrs)))

    def wait_acked(self):
        while struct.unpack("<Q", self.expect(PUBACK))[0] != self.next_seq - 1:
            pass

    def query(self, question):
        self.send(frame(QUERY, struct.pack("<I", 7) + question.encode()))
        text, last = b"", 0
        while not last:
            body = self.expect(REPLY)
            number, last, reason = struct.unpack_from("<IBH", body)
            assert number == 7
            text += body[7:]
        return json.loads(text) if reason == 0 else (REASONS[reason], text.decode())


def close_reason(body):
    return REASONS[struct.unpack_from("<H", body)[0]]


class Broker:
    """A `weird` process.  Its log is in log(); the addresses it listens on in .urls."""

    def __init__(self, program, directory, label, **config):
        self.program, name = program, config.get("name", label)
        self.name = label
        self.base = os.path.join(directory, label)
        self.config = {"name": name, "listen": ["tcp://127.0.0.1:0"], "heartbeat_ms": 2000,
                       "hold_ms": 1000, "ready_file": self.base + ".ready", **config}
        self.process = None
        self.urls = []

    def write(self):
        with open(self.base + ".json", "w", encoding="utf-8") as f:
            json.dump(self.config, f)

    def start(self, wait=True):
        self.write()
        with open(self.base + ".log", "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "--config", self.base + ".json"], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        if wait:
            wait_for(self.is_ready, f"start of {self.name}: {self.log()}")
            # The same addresses again when it is started again.
            self.config["listen"] = self.urls
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.log()}")
        try:
            with open(self.base + ".ready", encoding="utf-8") as f:
                self.urls = f.read().split()
        except FileNotFoundError:
            return False
        return True

    def log(self):
        with open(self.base + ".log", encoding="utf-8") as f:
            return f.read()

    def kill(self):
        self.process.kill()
        self.process.wait()
        if os.path.exists(self.base + ".ready"):
            os.unlink(self.base + ".ready")

    def stop(self):
        """SIGTERM, unless it has ended; the exit code, or "hung"."""
        self.process.terminate()
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "hung"

    def connect(self, name=b"", **fields):
        connection = Connection(self.urls[0])
        connection.hello(name=name, **fields)
        return connection


class ProcessTest(unittest.TestCase):
    """Gives each test a directory and ends its brokers; `weird` is the program under test."""

    weird = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-")
        self.directory = self.folder.name
        self.brokers, self.connections = [], []

    def tearDown(self):
        for connection in self.connections:
            connection.close()
        codes = {broker.name: broker.stop() for broker in self.brokers if broker.process}
        logs = "".join(f"--- {broker.name}\n{broker.log()}" for broker in self.brokers
                       if broker.process)
        self.folder.cleanup()
        # 8: a test wanted it; -9: it was killed.  Whatever a sanitizer has to say is neither.
        if set(codes.values()) - {0, 8, -signal.SIGKILL}:
            self.fail(f"exit codes {codes}\n{logs}")
        if self.has_failed():
            print(logs, file=sys.stderr)

    def has_failed(self):
        result = self._outcome.result
        return any(test is self for test, _ in result.failures + result.errors)

    def broker(self, label, start=True, **config):
        """Its name is the label unless the configuration says otherwise."""
        broker = Broker(self.weird, self.directory, label, **config)
        self.brokers.append(broker)
        return broker.start() if start else broker

    def connect(self, broker, *args, **fields):
        connection = broker.connect(*args, **fields)
        self.connections.append(connection)
        return connection

    def raw(self, broker):
        connection = Connection(broker.urls[0])
        self.connections.append(connection)
        return connection

    def run_weird(self, *args):
        return subprocess.run([self.weird, *args], capture_output=True, text=True, check=False,
                              timeout=DEADLINE)

    def links_up(self, broker):
        """Names of brokers whose links are up and whose tables are complete."""
        connection = broker.connect()
        try:
            return sorted(item["name"] for item in connection.query("link")["items"]
                          if item["role"] == "broker" and item["ready_in"] and item["ready_out"])
        finally:
            connection.close()

    def links_joined(self, broker):
        """Name of each broker that is connected -> whether its link is one of the tree."""
        connection = broker.connect()
        try:
            return {item["name"]: item["joined"] for item in connection.query("link")["items"]
                    if item["role"] == "broker"}
        finally:
            connection.close()

    def wait_links(self, broker, names):
        wait_for(lambda: self.links_up(broker) == sorted(names),
                 f"links of {broker.name} to {names}")


def main():
    """PROGRAM first, then unittest's arguments."""
    ProcessTest.weird = os.path.abspath(sys.argv.pop(1))
    unittest.main()
