#!/usr/bin/env python3
"""Several brokers: links by either side, refusals, and links that come back."""

import weirlib
from weirlib import wait_for


class Overlay(weirlib.ProcessTest):
    def chain(self, *names, **config):
        """Each dials the one before it."""
        brokers = []
        for i, name in enumerate(names):
            links = []
            if i > 0:
                links.append({"name": names[i - 1], "address": brokers[-1].urls[0]})
            if i + 1 < len(names):
                links.append({"name": names[i + 1]})
            brokers.append(self.broker(name, links=links, **config))
        for i, broker in enumerate(brokers):
            self.wait_links(broker, [n for n in (names[i - 1:i] if i else ()) + names[i + 1:i + 2]])
        return brokers

    def test_chain_delivers_what_matches(self):
        first, _, last = self.chain("a", "b", "c")
        reader, writer = self.connect(last), self.connect(first)
        self.assertEqual(reader.subscribe(1, "n >= 500"), "none")
        for n in range(1000):
            writer.publish(n=n)
        reader.take_deliveries(500)
        routes = self.connect(first).query("route")["items"]
        self.assertEqual(sorted((r["name"], r["next_hop"], r["hops"]) for r in routes),
                         [("a", "", 0), ("b", "b", 1), ("c", "b", 2)])
        link = self.connect(first).query("link")["items"]
        spared = [(l["data_out"], l["spared"]) for l in link if l["name"] == "b"]
        self.assertEqual(spared, [(500, 500)])

    def test_largest_notification_crosses(self):
        first, _, last = self.chain("a" * 64, "b", "c")
        reader, writer = self.connect(last), self.connect(first, name=b"n" * 64)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        largest = weirlib.notification({}, b"x" * ((1 << 20) - 24))  # and the stamps on top
        for n in range(20):  # one after the other: more than a client's queue holds
            writer.send(writer.publish_bytes(largest))
            writer.wait_acked()
            reader.take_deliveries(n + 1)

    def test_dialling_before_the_other_listens(self):
        later = self.broker("b", links=[{"name": "a"}])
        url = later.urls[0]
        later.kill()
        first = self.broker("a", links=[{"name": "b", "address": url}])
        wait_for(lambda: "event=dial-failed" in first.log(), "a failed dial")
        later.start()
        self.wait_links(first, ["b"])

    def test_both_dial_one_link_stays(self):
        a = self.broker("a", links=[{"name": "b"}])
        b = self.broker("b", links=[{"name": "a", "address": a.urls[0]}])
        a.stop()
        a.config["links"] = [{"name": "b", "address": b.urls[0]}]
        a.start()
        self.wait_links(a, ["b"])
        self.wait_links(b, ["a"])
        reader, writer = self.connect(a), self.connect(b)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        writer.publish(n=1)
        reader.take_deliveries(1)

    def test_killed_broker_comes_back(self):
        first, middle, last = self.chain("a", "b", "c")
        reader, writer = self.connect(last), self.connect(first)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        writer.publish(n=1)
        reader.take_deliveries(1)
        middle.kill()
        wait_for(lambda: self.links_up(first) == [] == self.links_up(last), "links to be lost")
        middle.start()
        for broker, names in ((first, ["b"]), (middle, ["a", "c"]), (last, ["b"])):
            self.wait_links(broker, names)
        self.assertEqual(reader.subscribe(2, "n = 2"), "none")
        writer.publish(n=2)
        reader.take_deliveries(2)

    def test_duplicate_name(self):
        a, b = self.chain("a", "b")
        twin = self.broker("x", name="b", links=[{"name": "a", "address": a.urls[0]}])
        wait_for(lambda: "reason=duplicate-name" in twin.log(), "the refusal")
        self.assertIn("reason=duplicate-name", a.log())
        self.assertEqual(self.links_up(a), ["b"])
        self.assertEqual(self.links_up(b), ["a"])
        reader, writer = self.connect(a), self.connect(b)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        writer.publish(n=1)
        reader.take_deliveries(1)

    def test_ring(self):
        a, b, c = self.chain("a", "b", "c", unlisted=True)
        d = self.broker("d", unlisted=True, links=[
            {"name": "a", "address": a.urls[0]}, {"name": "c", "address": c.urls[0]}])
        ring = (a, b, c, d)
        wait_for(lambda: [len(self.links_joined(x)) for x in ring] == [2] * 4, "eight ends")
        wait_for(lambda: sum(len(self.links_up(x)) for x in ring) == 6, "a tree of three links")
        self.assertEqual(sum(sum(self.links_joined(x).values()) for x in ring), 6)
        reader, writer = self.connect(d), self.connect(b)
        self.assertEqual(reader.subscribe(1, "TRUE"), "none")
        for n in range(100):
            writer.publish(n=n)
        reader.take_deliveries(100)
        c.kill()
        wait_for(lambda: [self.links_up(x) for x in (a, b, d)] == [["b", "d"], ["a"], ["a"]],
                 "the way over a")
        self.assertEqual(reader.subscribe(2, "TRUE"), "none")
        writer.publish(n=100)
        writer.wait_acked()
        reader.take_deliveries(101)
        self.assertEqual(len(reader.deliveries), 101)

    def test_wrong_broker_at_the_address(self):
        a = self.broker("a", unlisted=True)
        b = self.broker("b", links=[{"name": "z", "address": a.urls[0]}])
        wait_for(lambda: "another broker than the one expected" in b.log(), "the refusal")
        self.assertEqual(self.links_up(a), [])


if __name__ == "__main__":
    weirlib.main()
