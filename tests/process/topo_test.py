#!/usr/bin/env python3
"""`weir topo up` and `down`: real brokers from a topology, and nothing left when something is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weircli import CommandTest  # noqa: E402
from weirlib import wait_for  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NOBODY = "tcp://127.0.0.1:1"


def shipped(name):
    return os.path.join(ROOT, "topologies", name)


class Topo(CommandTest):
    def setUp(self):
        super().setUp()
        self.dir = os.path.join(self.directory, "overlay")

    def topology(self, brokers, links, **more):
        path = os.path.join(self.directory, "topology.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"brokers": brokers, "links": [{"between": pair} for pair in links], **more},
                      file)
        return path

    def up(self, path):
        """Addresses by name."""
        out, err = self.weir(NOBODY, "topo", "up", path, "--detach", "--dir", self.dir)
        return dict(line.split() for line in out.splitlines()), err

    def tearDown(self):
        if os.path.exists(self.dir):
            if self.has_failed():
                self.print_logs()
            self.weir(NOBODY, "topo", "down", "--dir", self.dir)
        super().tearDown()

    def print_logs(self):
        for name in sorted(os.listdir(self.dir)):
            if name.endswith(".log"):
                with open(os.path.join(self.dir, name), encoding="utf-8") as file:
                    print(f"--- {name}\n{file.read()}", file=sys.stderr)

    def left_running(self):
        """Brokers whose configuration lies in this test's directory."""
        done = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        return [line for line in done.stdout.splitlines() if self.directory in line and
                "weird" in line]

    def test_up_publish_down(self):
        addresses, err = self.up(shipped("chain3.json"))
        self.assertEqual(list(addresses), ["left", "middle", "right"])
        self.assertEqual(err, "")
        sub = self.start_sub(addresses["right"], "-c", "1", "-w", "20", "x = 1")
        self.weir(addresses["left"], "pub", "x=1")
        self.assertEqual(sub.end(), "x=1\n")
        self.weir(NOBODY, "topo", "down", "--dir", self.dir)
        self.assertFalse(os.path.exists(self.dir))
        self.assertEqual(self.left_running(), [])

    def test_links_are_up_when_it_returns(self):
        addresses, _ = self.up(shipped("stock-feed.json"))
        with open(shipped("stock-feed.json"), encoding="utf-8") as file:
            links = json.load(file)["links"]
        for name, url in addresses.items():
            out, _ = self.weir(url, "link", "ls", "--json")
            neighbours = sorted(n["name"] for n in json.loads(out)["items"]
                                if n["role"] == "broker" and n["ready_in"] and n["ready_out"])
            wanted = sorted(end for link in links if name in link["between"]
                            for end in link["between"] if end != name)
            self.assertEqual(neighbours, wanted)

    def test_cycles_run_as_their_tree(self):
        addresses, err = self.up(shipped("abilene.json"))
        self.assertEqual(len(addresses), 11)
        self.assertEqual(err.count("is left unused: it would close the cycle"), 4)

    def test_killed_broker_starts_again_from_its_configuration(self):
        addresses, _ = self.up(shipped("chain3.json"))
        with open(os.path.join(self.dir, "001-middle.pid"), encoding="utf-8") as file:
            os.kill(int(file.read()), signal.SIGKILL)
        wait_for(lambda: len(self.left_running()) == 2, "the end of the broker in the middle")
        with open(os.path.join(self.dir, "001-middle.log"), "ab") as log:
            again = subprocess.Popen([self.weird, "--config",
                                      os.path.join(self.dir, "001-middle.json")],
                                     stdin=subprocess.DEVNULL, stderr=log)
        self.wait_ready_link(addresses["left"], "middle")
        self.wait_ready_link(addresses["right"], "middle")
        sub = self.start_sub(addresses["right"], "-c", "1", "-w", "20", "x = 1")
        self.weir(addresses["left"], "pub", "x=1")
        sub.end()
        self.weir(NOBODY, "topo", "down", "--dir", self.dir)
        self.assertEqual(again.wait(weirlib.DEADLINE), 0)

    def wait_ready_link(self, url, name):
        wait_for(lambda: any(n["name"] == name and n["ready_in"] and n["ready_out"] for n in
                             json.loads(self.weir(url, "link", "ls", "--json")[0])["items"]),
                 f"the link to {name}")

    def test_foreground_ends_with_its_brokers(self):
        running = self.start_weir(NOBODY, "topo", "up", shipped("chain3.json"), "--dir", self.dir)
        running.wait_lines(3)
        self.assertEqual(len(self.left_running()), 3)
        self.interrupt(running)
        running.end(0)
        self.assertEqual(self.left_running(), [])
        self.assertFalse(os.path.exists(self.dir))

    def test_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            url = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            path = self.topology([{"name": "a"}, {"name": "b", "listen": url}], [["a", "b"]])
            _, err = self.weir(NOBODY, "topo", "up", path, "--detach", "--dir", self.dir, status=8)
        self.assertIn("broker b ended with exit code 8", err)
        self.assertIn(url, err)
        self.assertEqual(self.left_running(), [])
        self.assertFalse(os.path.exists(self.dir))

    def test_folder_in_use(self):
        os.mkdir(self.dir)
        with open(os.path.join(self.dir, "mine"), "w", encoding="utf-8"):
            pass
        _, err = self.weir(NOBODY, "topo", "up", shipped("chain3.json"), "--detach", "--dir",
                           self.dir, status=2)
        self.assertIn("cannot make the folder", err)
        os.unlink(os.path.join(self.dir, "mine"))
        os.rmdir(self.dir)

    def test_bad_topologies(self):
        cases = [
            (["a", "b"], [["a", "x"]], "x"),
            (["a", "a"], [["a", "a"]], "a"),
            (["a", "b"], [["a", "a"], ["a", "b"]], "self"),
            (["a", "b", "c"], [["a", "b"]], "c"),
        ]
        for names, links, word in cases:
            path = self.topology([{"name": name} for name in names], links)
            _, err = self.weir(NOBODY, "topo", "up", path, "--detach", "--dir", self.dir, status=7)
            self.assertIn(word, err)
            self.assertIn("topology.json:1:", err)
            self.assertFalse(os.path.exists(self.dir))

    def test_odd_names(self):
        addresses, _ = self.up(self.topology([{"name": "a/b"}, {"name": "é"}], [["a/b", "é"]]))
        self.assertEqual(list(addresses), ["a/b", "é"])

    def test_down_of_nothing(self):
        _, err = self.weir(NOBODY, "topo", "down", "--dir", self.dir, status=1)
        self.assertIn("No such file", err)
        self.weir(NOBODY, "topo", "down", status=2)
        self.weir(NOBODY, "topo", "up", shipped("chain3.json"), "--detach", status=2)


if __name__ == "__main__":
    weirlib.main()
