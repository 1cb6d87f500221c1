#!/usr/bin/env python3
"""Peers that take more than their share: slow readers, silent ones, too many, too much memory."""

import weirlib
from weirlib import notification, wait_for

MIB = 1 << 20


class Limits(weirlib.ProcessTest):
    def flood(self, broker, writer, done, step=50):
        """Publishes until done(), waiting for acknowledgements on the way."""
        while not done():
            for _ in range(step):
                writer.send(writer.publish_bytes(notification({"n": 1}, b"x" * 60000)))
            writer.wait_acked()

    def peak_memory(self, broker):
        with open(f"/proc/{broker.process.pid}/status", encoding="ascii") as f:
            return [int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM")][0]

    def test_slow_client_is_closed(self):
        broker = self.broker("a", limits={"client_queue": MIB})
        stopped, reader, writer = (self.connect(broker, name=n)
                                   for n in (b"stopped", b"reader", b"writer"))
        for client in (stopped, reader):
            self.assertEqual(client.subscribe(1, "TRUE"), "none")
        sent = 0
        while "reason=slow" not in broker.log():
            for _ in range(4):
                writer.send(writer.publish_bytes(notification({"n": 1}, b"x" * 60000)))
                sent += 1
            reader.take_deliveries(sent)
            self.assertLess(sent, 2000)
        line = [l for l in broker.log().splitlines() if "reason=slow" in l][0]
        self.assertRegex(line, r"level=warn event=close link=\d+ role=client name=stopped ")
        self.assertEqual(self.connect(broker).query("broker")["ends"]["closed"], {"slow": 1})
        writer.publish(n=2)
        reader.take_deliveries(sent + 1)
        self.assertEqual(stopped.expect_close(), "slow")

    def test_questions_are_answered_in_turn(self):
        broker = self.broker("a")
        question = weirlib.frame(weirlib.QUERY, b"\7\0\0\0link")
        few, many = self.connect(broker), self.connect(broker)
        few.send(16 * question)
        for _ in range(16):
            few.expect(weirlib.REPLY)
        many.send(100 * question)
        self.assertEqual(many.expect_close(), "limit")
        self.assertEqual(few.query("link")["total"], 1)

    def test_many_may_connect_at_once(self):
        broker = self.broker("a")
        connections = [self.raw(broker) for _ in range(600)]
        for connection in connections:
            connection.send(weirlib.hello())
        for connection in connections:
            connection.expect(weirlib.HELLO)

    def test_silent_client_is_closed(self):
        broker = self.broker("a")
        silent = self.connect(broker, heartbeat_ms=100)
        self.assertEqual(silent.expect_close(), "silent")

    def test_client_with_time_left_is_not(self):
        broker = self.broker("a")
        quiet, silent = self.connect(broker), self.connect(broker, heartbeat_ms=100)
        self.assertEqual(silent.expect_close(), "silent")
        self.assertEqual(quiet.subscribe(1, "TRUE"), "none")

    def test_too_many_clients(self):
        broker = self.broker("a", limits={"clients": 3})
        clients = [self.connect(broker) for _ in range(3)]
        extra = self.raw(broker)
        extra.send(weirlib.hello())
        self.assertEqual(extra.expect_close(), "limit")
        clients[0].close()

        def has_room():
            peer = self.raw(broker)
            peer.send(weirlib.hello())
            try:
                return peer.expect(weirlib.HELLO)
            except AssertionError:
                return None

        wait_for(has_room, "a place for another client")

    def test_memory_of_all_queues(self):
        """Eight stopped clients of 8 MiB each would take 64 MiB; the whole may hold 24."""
        broker = self.broker("a", limits={"client_queue": 16 * MIB, "memory": 24 * MIB})
        before = self.peak_memory(broker)
        stopped = [self.connect(broker) for _ in range(8)]
        writer = self.connect(broker)
        for client in stopped:
            self.assertEqual(client.subscribe(1, "TRUE"), "none")
        self.flood(broker, writer, lambda: "reason=memory" in broker.log())
        if before < 16 * MIB:  # sanitizers begin with more, and take a multiple
            self.assertLess(self.peak_memory(broker), 100 * MIB)
        writer.publish(n=2)
        writer.wait_acked()

    def test_long_frames_pass_and_longer_are_refused(self):
        broker = self.broker("a")
        reader, writer = self.connect(broker), self.connect(broker)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        writer.send(writer.publish_bytes(notification({}, b"x" * (MIB - 24))))
        reader.take_deliveries(1)
        writer.send(writer.publish_bytes(notification({}, b"x" * (MIB - 23))))
        writer.expect(weirlib.PUBREFUSED)
        writer.publish(n=1)
        reader.take_deliveries(2)


if __name__ == "__main__":
    weirlib.main()
