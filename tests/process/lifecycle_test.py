#!/usr/bin/env python3
"""Start and end of a broker: files, signals, ports in use, draining."""

import os
import signal
import struct
import subprocess

import weirlib
from weirlib import frame, wait_for


class Lifecycle(weirlib.ProcessTest):
    def test_start_and_stop(self):
        path = os.path.join(self.directory, "a.socket")
        pid_file = os.path.join(self.directory, "a.pid")
        broker = self.broker("a", listen=["tcp://127.0.0.1:0", "ipc://" + path],
                             pid_file=pid_file)
        self.assertEqual(len(broker.urls), 2)
        self.assertEqual(broker.urls[1], "ipc://" + path)
        self.assertFalse(broker.urls[0].endswith(":0"))
        with open(pid_file, encoding="ascii") as f:
            self.assertEqual(int(f.read()), broker.process.pid)
        for url in broker.urls:
            connection = weirlib.Connection(url)
            connection.hello(name=b"x")
            connection.close()
        self.assertEqual(broker.stop(), 0)
        self.assertEqual([n for n in os.listdir(self.directory) if n not in ("a.json", "a.log")],
                         [])
        for line in broker.log().splitlines():
            self.assertRegex(line, r"^time=\S+Z level=(error|warn|info|debug) event=[a-z-]+( |$)")

    def test_interrupt_ends_it_too(self):
        broker = self.broker("a")
        broker.process.send_signal(signal.SIGHUP)
        broker.process.send_signal(signal.SIGPIPE)
        broker.process.send_signal(signal.SIGUSR1)
        # Taken before the next: of several at hand the lowest number comes first.
        wait_for(lambda: not self.pending(broker, signal.SIGUSR1), "SIGUSR1 to be taken")
        broker.process.send_signal(signal.SIGINT)
        self.assertEqual(broker.process.wait(weirlib.DEADLINE), 0)

    def pending(self, broker, number):
        with open(f"/proc/{broker.process.pid}/status", encoding="ascii") as f:
            masks = dict(line.split(":\t") for line in f if line.startswith("ShdPnd"))
        return int(masks["ShdPnd"], 16) >> (number - 1) & 1

    def test_port_in_use(self):
        broker = self.broker("a")
        second = self.broker("b", start=False, listen=["tcp://127.0.0.1:0", broker.urls[0]],
                             pid_file=broker.base + ".ready")
        second.start(wait=False)
        self.assertEqual(second.process.wait(weirlib.DEADLINE), 8)
        self.assertIn("address already in use", second.log())
        self.assertIn(broker.urls[0].split("//")[1], second.log())
        self.assertFalse(os.path.exists(second.base + ".ready"))
        self.assertTrue(os.path.exists(broker.base + ".ready"))  # not its own to remove

    def test_files_do_not_follow_links(self):
        """Whoever may write in the folder could otherwise have other files overwritten."""
        broker = self.broker("a", start=False)
        broker.write()
        victim = os.path.join(self.directory, "victim")
        with open(victim, "w", encoding="ascii") as f:
            f.write("precious")
        with open(broker.base + ".log", "ab") as log:
            broker.process = subprocess.Popen(
                [self.weird, "--config", broker.base + ".json"], stdout=log, stderr=log,
                preexec_fn=lambda: os.symlink(victim, f"{broker.base}.ready.{os.getpid()}"))
        wait_for(broker.is_ready, "start")
        with open(victim, encoding="ascii") as f:
            self.assertEqual(f.read(), "precious")
        self.assertFalse(os.path.islink(broker.base + ".ready"))

    def test_names_do_not_shape_the_log(self):
        broker = self.broker("a\u009b2J", log="debug")
        client = self.connect(broker, name="a\u009bb\x1b\x7f\n \"=".encode())
        client.close()
        wait_for(lambda: "link-down" in broker.log(), "the end of the client")
        lines = broker.log().splitlines()
        self.assertEqual([c for line in lines for c in line
                          if ord(c) < 32 or 127 <= ord(c) < 160], [])
        hello = [line for line in lines if "event=hello" in line]
        self.assertIn(r'name="a\xc2\x9bb\x1b\x7f\x0a \"="', hello[0])

    def test_hello_comes_back(self):
        broker = self.broker("east", client_window=1 << 22, heartbeat_ms=300)
        body = self.raw(broker).hello(name=b"me")
        magic, low, high, role, _, _, _, heartbeat, frame_max, window, length = \
            struct.unpack_from("<IBBBBQQIIQI", body)
        self.assertEqual((magic, low, high, role, heartbeat, window),
                         (weirlib.MAGIC, 1, 2, 1, 300, 1 << 22))
        self.assertGreaterEqual(frame_max, 1 << 20)
        self.assertEqual(body[-length:], b"east")

    def test_incarnation_grows(self):
        def incarnation(broker):
            return self.connect(broker).query("broker")["incarnation"]

        broker = self.broker("a", state_dir=self.directory)
        first = incarnation(broker)
        broker.kill()
        with open(os.path.join(self.directory, "incarnation"), encoding="ascii") as f:
            self.assertEqual(int(f.read()), first)
        future = first + 10 ** 9  # the clock may have been set back since
        with open(os.path.join(self.directory, "incarnation"), "w", encoding="ascii") as f:
            f.write(str(future))
        broker.start()
        self.assertEqual(incarnation(broker), future + 1)

    def test_sigterm_drains(self):
        """What was accepted before the signal is delivered, though the reader is behind."""
        broker = self.broker("a", limits={"drain_ms": 10000})
        reader, writer = self.connect(broker), self.connect(broker)
        self.assertEqual(reader.subscribe(1, "n >= 0"), "none")
        count = 3000
        data = b"".join(writer.publish_bytes(weirlib.notification({"n": i}, b"x" * 1000))
                        for i in range(count))
        writer.send(data)
        writer.wait_acked()
        broker.process.send_signal(signal.SIGTERM)
        writer.close()
        wait_for(lambda: "stopping" in broker.log(), "SIGTERM to be seen")
        with self.assertRaises(OSError):
            late = weirlib.Connection(broker.urls[0])
            self.connections.append(late)
            if late.expect_close() == "shutdown":
                raise ConnectionRefusedError
        self.assertEqual(self.read_to_close(reader), "shutdown")
        reader.close()
        self.assertEqual(len(reader.deliveries), count)
        self.assertEqual(broker.process.wait(weirlib.DEADLINE), 0)

    def read_to_close(self, connection):
        while True:
            connection.read(weirlib.DEADLINE)
            for kind, body in connection.frames():
                if kind == weirlib.DELIVER:
                    connection.deliveries.append(body)
                if kind == weirlib.CLOSE:
                    return weirlib.close_reason(body)
            self.assertFalse(connection.ended)

    def test_queries(self):
        broker = self.broker("a")
        client = self.connect(broker, name=b"asker")
        self.assertEqual(client.subscribe(5, "price > 10"), "none")
        subs = client.query("sub")
        self.assertEqual((subs["broker"], subs["total"], subs["next"]), ("a", 1, None))
        self.assertEqual([(s["id"], s["filter"], s["name"]) for s in subs["items"]],
                         [(5, "price > 10", "asker")])
        self.assertEqual(client.query("adv")["items"], [])
        links = client.query("link")["items"]
        self.assertEqual([(l["name"], l["role"], l["subs_in"]) for l in links],
                         [("asker", "client", 1)])
        self.assertEqual(client.query("broker")["routing"]["subs"], 1)
        for question in ("", "links", "sub offset", "sub limit=0", "sub offset=-1", "x" * 1000):
            with self.subTest(question=question[:20]):
                self.assertEqual(client.query(question)[0], "unknown-id")

    def test_pages_of_a_long_list(self):
        broker = self.broker("a")
        client = self.connect(broker)
        text = " AND ".join(f"attribute_number_{i} > {i}" for i in range(20))
        client.send(b"".join(frame(weirlib.SUBSCRIBE, struct.pack("<I", i) +
                                   f"n = {i} AND {text}".encode()) for i in range(700)))
        for _ in range(700):
            client.expect(weirlib.SUBACK)
        seen, offset = [], 0
        while offset is not None:
            page = client.query(f"sub offset={offset} limit=300")
            self.assertLessEqual(len(page["items"]), 300)
            seen += [item["id"] for item in page["items"]]
            offset = page["next"]
        self.assertEqual(sorted(seen), list(range(700)))
        self.assertEqual(client.query("sub")["total"], 700)


if __name__ == "__main__":
    weirlib.main()
