#!/usr/bin/env python3
"""Five brokers, fifty subscribers, twenty thousand notifications: every delivery is what a
brute-force evaluation says.  Then an inner broker is killed and started again in the stream: links
and tables come back by themselves, the gap is told, and after that deliveries are exact again."""

import random
import struct

import weirlib
from weirlib import wait_for

SYMBOLS = [f"S{i}" for i in range(20)]


class Subscriber:
    """One subscription, its filter as text and as a predicate of our own."""

    def __init__(self, connection, choose):
        self.connection = connection
        self.symbols = set(choose.sample(SYMBOLS, choose.randint(1, 4)))
        self.low = choose.randrange(0, 900)
        self.high = self.low + choose.randrange(20, 400)
        self.text = "({}) AND price >= {} AND price < {}".format(
            " OR ".join(f"symbol = '{s}'" for s in sorted(self.symbols)), self.low, self.high)
        self.got = []
        self.gaps = []

    def wants(self, symbol, price):
        return symbol in self.symbols and self.low <= price < self.high

    def take(self):
        """Whatever has arrived."""
        while self.connection.read(0):
            for kind, body in self.connection.frames():
                if kind == weirlib.DELIVER:
                    self.got.append(number_of(body))
                elif kind == weirlib.NOTICE:
                    self.gaps.append(body[16])
                elif kind == weirlib.CLOSE:
                    raise AssertionError(f"closed: {weirlib.close_reason(body)}")


def number_of(deliver):
    """The attribute `n` of a DELIVER: it is the first, and nothing before it varies in size."""
    count, = struct.unpack_from("<I", deliver, 42)
    entry = 46 + 4 * count + 24
    return struct.unpack_from("<q", deliver, entry + 8)[0]


class Restart(weirlib.ProcessTest):
    """
        a - hub - b
             |
            far - c
    """

    def setUp(self):
        super().setUp()
        common = {"heartbeat_ms": 2000, "hold_ms": 20000}
        self.hub = self.broker("hub", links=[{"name": n} for n in ("a", "b", "far")], **common)
        dial = [{"name": "hub", "address": self.hub.urls[0]}]
        self.a = self.broker("a", links=dial, **common)
        self.b = self.broker("b", links=dial, **common)
        self.far = self.broker("far", links=dial + [{"name": "c"}], **common)
        self.c = self.broker("c", links=[{"name": "far", "address": self.far.urls[0]}], **common)
        self.wait_all_links()
        choose = random.Random(7)
        self.choose = choose
        self.subscribers = [Subscriber(self.connect(broker), choose) for broker in
                            (self.a, self.b, self.c, self.far, self.hub) for _ in range(10)]
        for s in self.subscribers:
            self.assertEqual(s.connection.subscribe(1, s.text), "none")
        self.writers = [self.connect(broker) for broker in (self.a, self.c)]
        self.expected = {s: [[], []] for s in self.subscribers}
        self.published = 0

    def wait_all_links(self):
        for broker, names in ((self.hub, ["a", "b", "far"]), (self.a, ["hub"]), (self.b, ["hub"]),
                              (self.far, ["hub", "c"]), (self.c, ["far"])):
            self.wait_links(broker, names)

    def publish(self, count):
        """From both writers in turn, in batches; subscribers read meanwhile."""
        for begin in range(0, count, 100):
            for which, writer in enumerate(self.writers):
                messages = b""
                for _ in range(begin, min(begin + 100, count), 2):
                    n = self.published
                    self.published += 1
                    symbol, price = self.choose.choice(SYMBOLS), self.choose.randrange(1000)
                    messages += writer.publish_bytes(weirlib.notification(
                        {"n": n, "price": price, "symbol": symbol}))
                    for s in self.subscribers:
                        if s.wants(symbol, price):
                            self.expected[s][which].append(n)
                writer.send(messages)
            for s in self.subscribers:
                s.take()
        for writer in self.writers:
            writer.wait_acked()

    def expect_exact(self, since=0):
        """Each subscriber has what it wants, once, in each publisher's order, and nothing else."""
        expected = {s: [[n for n in per if n >= since] for per in self.expected[s]]
                    for s in self.subscribers}
        total = {s: sum(map(len, expected[s])) for s in self.subscribers}

        def all_there():
            for s in self.subscribers:
                s.take()
            return all(sum(n >= since for n in s.got) >= total[s] for s in self.subscribers)

        wait_for(all_there, "all deliveries")
        for s in self.subscribers:
            got = [n for n in s.got if n >= since]
            wanted = [set(per) for per in expected[s]]
            self.assertEqual([[n for n in got if n in w] for w in wanted], expected[s], s.text)
            self.assertEqual(len(got), total[s], s.text)

    def test_exact_then_restart_then_exact(self):
        self.publish(20000)
        self.expect_exact()
        self.assertFalse(any(s.gaps for s in self.subscribers))
        self.assertGreater(sum(len(s.got) for s in self.subscribers), 20000)

        self.publish(500)
        self.far.kill()
        self.publish(500)
        self.far.start()
        self.wait_all_links()
        lost = [s for s in self.subscribers if s.connection.ended]
        self.assertEqual(len(lost), 10)  # those of the broker that was killed
        self.subscribers = [s for s in self.subscribers if not s.connection.ended]
        wait_for(self.gaps_ended, "the end of every gap")
        since = self.published
        self.publish(3000)
        self.expect_exact(since)
        for s in self.subscribers:  # nothing twice, nothing unwanted, in the outage too
            self.assertEqual(len(set(s.got)), len(s.got))
            self.assertLessEqual(set(s.got), set(sum(self.expected[s], [])))

    def gaps_ended(self):
        for s in self.subscribers:
            s.take()
        return all(s.gaps and s.gaps.count(0) == s.gaps.count(1) for s in self.subscribers)


if __name__ == "__main__":
    weirlib.main()
