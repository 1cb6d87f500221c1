#!/usr/bin/env python3
"""weir link ls, route show, sub ls, adv ls, top: what brokers say of themselves."""

import json
import struct
import sys

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weircli import CommandTest  # noqa: E402


class Query(CommandTest):
    def pair(self):
        far = self.broker("far", links=[{"name": "near"}])
        near = self.broker("near", links=[{"name": "far", "address": far.urls[0]}])
        self.wait_links(near, ["far"])
        self.wait_links(far, ["near"])
        return near, far

    def advertise(self, broker, text):
        client = self.connect(broker, name=b"publisher")
        client.send(weirlib.frame(weirlib.ADVERTISE, struct.pack("<I", 5) + text))
        client.expect(weirlib.ADVACK)

    def table(self, broker, *args):
        """Rows of cells; columns are separated by two spaces or more."""
        out, err = self.weir(broker, *args)
        self.assertEqual(err, "")
        lines = out.splitlines()
        return [line.split() for line in lines]

    def items(self, broker, *args):
        answer = json.loads(self.weir(broker, *args, "--json")[0])
        self.assertEqual(answer["broker"], broker.name)
        return answer["items"]

    def test_empty_tables_say_so(self):
        broker = self.broker("alone")
        self.assertEqual(self.weir(broker, "sub", "ls")[0], "alone: no subscriptions\n")
        self.assertEqual(self.weir(broker, "adv", "ls")[0], "alone: no advertisements\n")
        self.assertEqual(self.items(broker, "sub", "ls"), [])

    def test_subscriptions_here_and_beyond(self):
        near, far = self.pair()
        self.advertise(far, b"price > 0")  # what brings the subscription there
        self.start_sub(near, "--name", "watcher", "price > 10")
        self.weir(near, "pub", "price=11")
        here, = self.items(near, "sub", "ls")
        self.assertEqual((here["name"], here["role"], here["filter"], here["promised"],
                          here["matched"]), ("watcher", "client", "price > 10", True, 1))
        beyond, = self.items(far, "sub", "ls")
        self.assertEqual((beyond["name"], beyond["role"], beyond["filter"]),
                         ("near", "broker", "price > 10"))
        heading, row = self.table(near, "sub", "ls")
        self.assertEqual(heading, "FROM ROLE LINK ID PROMISED MATCHED FILTER".split())
        self.assertEqual(row[-3:], ["price", ">", "10"])

    def test_advertisements(self):
        broker = self.broker("a")
        self.advertise(broker, b"price > 0")
        item, = self.items(broker, "adv", "ls")
        self.assertEqual((item["name"], item["id"], item["filter"]), ("publisher", 5, "price > 0"))

    def test_links_and_routes(self):
        near, _ = self.pair()
        links = {item["role"]: item for item in self.items(near, "link", "ls")}
        self.assertEqual(links["broker"]["name"], "far")
        self.assertTrue(links["broker"]["ready_in"])
        self.assertIn("client", links)  # the one who asks
        rows = self.table(near, "link", "ls")
        self.assertEqual(rows[0][:3], ["NAME", "ROLE", "ADDRESS"])
        self.assertIn(["far", "broker"], [row[:2] for row in rows])
        routes = {item["name"]: item for item in self.items(near, "route", "show")}
        self.assertEqual((routes["far"]["next_hop"], routes["far"]["hops"]), ("far", 1))
        self.assertEqual((routes["near"]["next_hop"], routes["near"]["hops"]), ("", 0))
        self.assertIn(["far", "far", "1"], [row[:3] for row in self.table(near, "route", "show")])

    def test_lists_of_several_pages(self):
        broker = self.broker("a")
        client = self.connect(broker)
        count = 2500
        client.send(b"".join(weirlib.frame(weirlib.SUBSCRIBE, struct.pack("<I", i)
                                           + b"n = %d" % i) for i in range(1, count + 1)))
        for _ in range(count):
            client.expect(weirlib.SUBACK)
        self.assertEqual(sorted(item["filter"] for item in self.items(broker, "sub", "ls")),
                         sorted(f"n = {i}" for i in range(1, count + 1)))
        self.assertEqual(len(self.table(broker, "sub", "ls")), count + 1)

    def test_top(self):
        broker = self.broker("a")
        self.start_sub(broker, "TRUE")
        heading, first, second = self.table(broker, "top", "-n", "2", "-i", "0.05")
        self.assertEqual(heading[0], "PUBLISHED/s")
        self.assertEqual(len(first), len(heading))
        self.assertEqual(second[heading.index("SUBS")], "1")
        out, _ = self.weir(broker, "top", "--json", "-n", "2", "-i", "0.05")
        self.assertEqual([json.loads(line)["broker"] for line in out.splitlines()], ["a", "a"])
        self.weir(broker, "top", "-i", "0", status=2)

    def test_wrong_arguments(self):
        broker = self.broker("a")
        for command in (["link", "ls"], ["route", "show"], ["sub", "ls"], ["adv", "ls"], ["top"]):
            self.weir(broker, *command, "extra", status=2)
        self.weir(broker, "link", "ls", "-o", "xml", status=2)


if __name__ == "__main__":
    weirlib.main()
