#!/usr/bin/env python3
"""What a peer may not say: its connection ends with a reason, in the log and counted, while another
client goes on receiving."""

import struct

import weirlib
from weirlib import frame, hello


def header(size, kind, zeros=b"\0\0\0"):
    return struct.pack("<IB", size, kind) + zeros


# Said instead of HELLO; the reason of the CLOSE.
BEFORE_HELLO = [
    ("garbage", b"\x10\x00\x00\x00\xff\x01\x02\x03" + b"x" * 8, "protocol"),
    ("http", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "frame-size"),
    ("oversized", header(1 << 30, 1), "frame-size"),
    ("long hello", header(1 << 20, 1), "protocol"),
    ("size below a header", header(4, 1), "protocol"),
    ("reserved bytes", header(8, 1, b"\0\1\0"), "protocol"),
    ("unknown type", header(8, 200), "protocol"),
    ("wrong magic", hello(magic=7), "protocol"),
    ("cut hello", frame(weirlib.HELLO, hello()[8:20]), "protocol"),
    ("no role", hello(role=3), "protocol"),
    ("long name", hello(name=b"x" * 65), "protocol"),
    ("name not text", hello(name=b"\xff\xfe"), "protocol"),
    ("nameless broker", hello(role=1, versions=(1, 2)), "protocol"),
    ("later version", hello(versions=(3, 9)), "version"),
    ("broker of version 1", hello(role=1, name=b"b", strategy=0x82), "version"),
    ("version zero", hello(versions=(0, 0)), "version"),
    ("no heartbeats", hello(heartbeat_ms=0), "protocol"),
    ("small frames", hello(frame_max=1 << 20), "configuration"),
    ("no hello", frame(weirlib.SUBSCRIBE, struct.pack("<I", 1) + b"TRUE"), "protocol"),
    ("unlisted broker", hello(role=1, name=b"z", strategy=0x82, versions=(1, 2)), "unlisted"),
    ("other strategy", hello(role=1, name=b"b", strategy=0x81, versions=(1, 2)), "configuration"),
    ("no advertisements", hello(role=1, name=b"b", strategy=2, versions=(1, 2)), "configuration"),
    ("own name", hello(role=1, name=b"a", strategy=0x82, versions=(1, 2)), "duplicate-name"),
]
# Said after HELLO.
AFTER_HELLO = [
    ("garbage", b"\x10\x00\x00\x00\xff\x01\x02\x03" + b"x" * 8, "protocol"),
    ("oversized", header(1 << 24, weirlib.PUBLISH), "frame-size"),
    ("largest size", header(0xffffffff, weirlib.PUBLISH), "frame-size"),
    ("second hello", hello(), "protocol"),
    ("cut frame", frame(weirlib.UNSUBSCRIBE, b"\0"), "protocol"),
    ("cut query", frame(weirlib.QUERY, b"\0"), "protocol"),
    ("cut close", frame(weirlib.CLOSE, b"\0"), "protocol"),
]


class Protocol(weirlib.ProcessTest):
    def setUp(self):
        super().setUp()
        # b never comes, and subscriptions shall not wait for it
        self.a = self.broker("a", links=[{"name": "b"}], hold_ms=0,
                             limits={"hello_ms": 300, "half_open": 50})
        self.listener, self.writer = self.connect(self.a), self.connect(self.a)
        self.assertEqual(self.listener.subscribe(1, "TRUE"), "none")
        self.published = 0

    def others_go_on(self):
        self.writer.publish(n=self.published)
        self.published += 1
        self.listener.take_deliveries(self.published)

    def closed(self):
        return self.connect(self.a).query("broker")["ends"]["closed"]

    def test_before_hello(self):
        counts = {}
        for name, said, reason in BEFORE_HELLO:
            with self.subTest(name=name):
                peer = self.raw(self.a)
                peer.send(said)
                self.assertEqual(peer.expect_close(), reason)
                self.others_go_on()
                counts[reason] = counts.get(reason, 0) + 1
        self.assertEqual(self.closed(), counts)
        for reason in counts:
            self.assertRegex(self.a.log(), r"event=close link=\d+ role=unknown ")
            self.assertIn(f"reason={reason} ", self.a.log())

    def test_after_hello(self):
        for name, said, reason in AFTER_HELLO:
            with self.subTest(name=name):
                peer = self.connect(self.a)
                peer.send(said)
                self.assertEqual(peer.expect_close(), reason)
                self.others_go_on()

    def test_role(self):
        peer = self.connect(self.a)
        peer.send(frame(32, b"\0" * 70))  # DATA is for brokers
        self.assertEqual(peer.expect_close(), "role")
        peer = self.connect(self.a)
        peer.send(frame(weirlib.REPLY, b"\0" * 8))  # a broker's to say
        self.assertEqual(peer.expect_close(), "role")

    def test_hello_timeout(self):
        silent, slow = self.raw(self.a), self.raw(self.a)
        slow.send(hello()[:10])
        self.assertEqual(silent.expect_close(), "hello-timeout")
        self.assertEqual(slow.expect_close(), "hello-timeout")
        self.others_go_on()
        self.assertEqual(self.closed(), {"hello-timeout": 2})

    def test_partial_frame_disturbs_nobody(self):
        peer = self.connect(self.a)
        publish = peer.publish_bytes(weirlib.notification({"n": -1}, b"y" * 500000))
        peer.send(publish[:300000])
        self.others_go_on()
        peer.close()
        self.others_go_on()

    def test_frames_cut_anywhere(self):
        """Byte by byte, and many frames in one piece, give the same."""
        peer = self.connect(self.a)
        messages = b"".join(peer.publish_bytes(weirlib.notification({"n": i, "s": "x" * i}))
                            for i in range(20))
        for at in range(0, len(messages), 7):
            peer.send(messages[at:at + 7])
        peer.wait_acked()
        messages = b"".join(peer.publish_bytes(weirlib.notification({"n": i}, b"z" * 70000))
                            for i in range(20))
        peer.send(messages)
        peer.wait_acked()
        self.listener.take_deliveries(40)

    def test_half_open_connections_are_bounded(self):
        peers = [self.raw(self.a) for _ in range(60)]
        reasons = [peer.expect_close() for peer in peers]
        self.assertEqual(reasons.count("limit"), 10)
        self.assertEqual(reasons.count("hello-timeout"), 50)
        self.others_go_on()

    def test_goodbye_is_not_an_error(self):
        peer = self.connect(self.a)
        peer.send(frame(weirlib.CLOSE, struct.pack("<HI", 1, 3) + b"bye"))
        self.assertIsNone(peer.expect_close())
        self.assertEqual(self.closed(), {})


if __name__ == "__main__":
    weirlib.main()
