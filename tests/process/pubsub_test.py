#!/usr/bin/env python3
"""weir pub and weir sub against a real broker: what is sent, what is printed, how they end."""

import json
import os
import signal
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
import weirlib  # noqa: E402
from weircli import CommandTest, attributes  # noqa: E402
from weirlib import wait_for  # noqa: E402


class Sub(CommandTest):
    def publish_three(self, broker):
        self.weir(broker, "pub", "symbol=IBM", "price=185.5", "n=1", "note=it's, \"so\"")
        self.weir(broker, "pub", "n=2", "t:={\"$timestamp\":\"2013-10-07T09:30:00.5Z\"}", "b=true")
        self.weir(broker, "pub", "n=3", "--body", "first\nsecond\n")

    def test_formats(self):
        broker = self.broker("a")
        subs = {f: self.start_sub(broker, "-c", "3", "-w", "20", "-o", f, "n > 0")
                for f in ("text", "jsonl", "csv", "raw")}
        columns = self.start_sub(broker, "-c", "3", "-w", "20", "-o", "csv", "--columns",
                                 "n,b,$origin", "n > 0")
        self.publish_three(broker)
        self.assertEqual(subs["text"].end().splitlines(),
                         ["n=1 note='it''s, \"so\"' price=185.5 symbol='IBM'",
                          "b=true n=2 t=2013-10-07T09:30:00.5Z", "n=3 (body of 13 bytes)"])
        lines = subs["jsonl"].end().splitlines()
        self.assertEqual([attributes(line) for line in lines],
                         [{"n": 1, "note": "it's, \"so\"", "price": 185.5, "symbol": "IBM"},
                          {"b": True, "n": 2, "t": {"$timestamp": "2013-10-07T09:30:00.5Z"}},
                          {"n": 3, "$body": "first\nsecond\n"}])
        self.assertEqual(json.loads(lines[0])["$origin"], "a")
        self.assertEqual(subs["csv"].end().split("\r\n"),
                         ["n,note,price,symbol", "1,\"it's, \"\"so\"\"\",185.5,IBM", "2,,,",
                          "3,,,", ""])
        self.assertEqual(columns.end().split("\r\n"),
                         ["n,b,$origin", "1,,a", "2,1,a", "3,,a", ""])
        self.assertEqual(subs["raw"].end(), "first\nsecond\n")

    def test_nothing_plays_with_the_terminal(self):
        broker = self.broker("a\x1b[2J")
        text, table = "\x1b[31m\x9b31m\x7f\n", "a\x9b[31m\n"
        sub = self.start_sub(broker, "-c", "1", "-w", "20", "--name", table, "TRUE")
        listed, _ = self.weir(broker, "link", "ls")
        self.weir(broker, "pub", "-l", stdin=json.dumps({f"n{text}": f"it's {text}"}) + "\n")
        shown = "\\x1b[31m\\x9b31m\\x7f\\x0a"
        self.assertEqual(sub.end(), f"n{shown}='it''s {shown}'\n")
        self.assertIn("connected to a\\x1b[2J\n", sub.stderr())
        self.assertIn("a?[31m?", listed.replace("??", "?"))
        for output in (sub.stderr(), listed):
            self.assertEqual([c for c in output if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160],
                             [])

    def test_what_was_printed_can_be_published_again(self):
        broker = self.broker("a")
        first = self.start_sub(broker, "-c", "3", "-w", "20", "-o", "jsonl", "TRUE")
        self.publish_three(broker)
        lines = first.end()
        second = self.start_sub(broker, "-c", "3", "-w", "20", "-o", "jsonl", "TRUE")
        self.weir(broker, "pub", "-l", stdin=lines)
        self.assertEqual([attributes(line) for line in second.end().splitlines()],
                         [attributes(line) for line in lines.splitlines()])

    def test_ends(self):
        broker = self.broker("a")
        self.weir(broker, "sub", "-w", "0.2", "TRUE")
        self.weir(broker, "sub", "-w", "0.2", "-c", "1", "TRUE", status=5)
        for number in (signal.SIGINT, signal.SIGTERM):
            running = self.start_sub(broker, "TRUE")
            self.interrupt(running, number)
            running.end(130)
        counted = self.start_sub(broker, "-c", "2", "TRUE")
        for n in range(5):
            self.weir(broker, "pub", f"n={n}")
        self.assertEqual(counted.end(), "n=0\nn=1\n")

    def test_lines_come_at_once(self):
        broker = self.broker("a")
        running = self.start_sub(broker, "TRUE")
        for n in range(3):
            self.weir(broker, "pub", f"n={n}")
            self.assertEqual(running.wait_lines(n + 1)[n], f"n={n}")

    def test_filter_errors(self):
        broker = self.broker("a")
        _, err = self.weir(broker, "sub", "price >= AND x = 1", status=2)
        self.assertIn("error[F203]", err)
        self.assertIn("\n    |          ^^^", err)
        _, err = self.weir("ipc:///nowhere/at/all", "sub", "x >", status=2)
        self.assertIn("error[F203]", err)

    def test_several_filters_print_once(self):
        broker = self.broker("a")
        running = self.start_sub(broker, "-c", "3", "-w", "20", "n = 1", "n < 3", "n = 5")
        for n in range(1, 6):
            self.weir(broker, "pub", f"n={n}")
        self.assertEqual(running.end(), "n=1\nn=2\nn=5\n")

    def test_latency(self):
        broker = self.broker("a")
        running = self.start_sub(broker, "-c", "100", "-w", "20", "--latency", "TRUE")
        self.weir(broker, "pub", "-l", stdin="".join(f'{{"n":{n}}}\n' for n in range(100)))
        running.end()
        self.assertRegex(running.stderr(), r"delay of 100 notifications in us: p50 \d+\.\d p90 "
                                           r"\d+\.\d p99 .* max .*monotonic clock of one machine")

    def test_a_restarted_broker_is_found_again(self):
        broker = self.broker("a")
        running = self.start_sub(broker, "-o", "text", "n > 0")
        self.weir(broker, "pub", "n=1")
        running.wait_lines(1)
        broker.kill()
        running.wait_stderr("connection lost")
        broker.start()
        running.wait_stderr("subscribed", 2)
        self.weir(broker, "pub", "n=2")
        self.assertEqual(running.wait_lines(2), ["n=1", "n=2"])

    def test_gaps_are_told(self):
        far = self.broker("far", links=[{"name": "near"}])
        near = self.broker("near", links=[{"name": "far", "address": far.urls[0]}])
        self.wait_links(near, ["far"])
        running = self.start_sub(near, "TRUE")
        far.kill()
        running.wait_stderr("GAP begin: link near - far")
        far.start()
        running.wait_stderr("GAP end: link near - far")
        self.weir(far, "pub", "n=1")
        self.assertEqual(running.wait_lines(1), ["n=1"])


class Pub(CommandTest):
    def received(self, broker, count, *pub, **kwargs):
        """Attributes of what a publish brings to a subscriber; and pub's stderr."""
        running = self.start_sub(broker, "-c", str(count), "-w", "20", "-o", "jsonl", "TRUE")
        _, err = self.weir(broker, "pub", *pub, **kwargs)
        return [attributes(line) for line in running.end().splitlines()], err

    def test_types_of_arguments(self):
        broker = self.broker("a")
        got, _ = self.received(broker, 1, "i=-5", "d=5.0", "e=1e3", "b=true", "f=false", "s=x y",
                               "z=007", "empty=", "dash=-", "j:=6", "k:=\"7\"", "l:s=8",
                               "absent:=null", "eq=a=b", "big=9223372036854775807", "--type", "q.e")
        self.assertEqual(got, [{"i": -5, "d": 5.0, "e": 1000.0, "b": True, "f": False, "s": "x y",
                                "z": "007", "empty": "", "dash": "-", "j": 6, "k": "7", "l": "8",
                                "eq": "a=b", "big": 9223372036854775807, "$type": "q.e"}])
        self.assertIsInstance(got[0]["d"], float)
        self.assertIsInstance(got[0]["e"], float)

    def test_wrong_arguments(self):
        broker = self.broker("a")
        for args, text in ((["x"], "NAME=VALUE"), (["x:=NaN"], "x:=NaN"), (["x:=[1]"], "array"),
                           (["x:=1,\"y\":2"], "one JSON value"), (["x=1", "x=2"], "duplicate"),
                           (["=1"], "name"), (["$id=1"], "$id"), ([], "nothing to publish"),
                           (["n" * 256 + "=1"], "name"), (["x=99999999999999999999"], "int64"),
                           (["--level", "1", "x=1"], "not built"), (["--level", "3", "x=1"], "0 1 2"),
                           (["--level", "2", "x=1"], "not built"),
                           (["--rate", "0", "x=1"], "whole number"),
                           (["-l", "x=1"], "--set"), (["-l", "--csv", "-"], "exclude"),
                           (["--csv", "-"], "--columns"),
                           (["--csv", "-", "--columns", "a:real"], "string int double"),
                           (["--csv", "-", "--columns", "a:int/10"], "divided"),
                           (["--csv", "-", "--columns", "a:double/0"], "divisor"),
                           (["--csv", "/nowhere/at/all", "--columns", "a"], "/nowhere/at/all")):
            _, err = self.weir(broker, "pub", *args, status=2)
            self.assertIn(text, err)
        _, err = self.weir(broker, "pub", *(f"a{i}={i}" for i in range(129)), status=2)
        self.assertIn("too many attributes", err)

    def test_lines(self):
        broker = self.broker("a")
        lines = ('{"n":1,"set":"own"}\n\n{"n":2\n{"n":[3]}\r\n{"n":4,"$body":"b"}\r\n'
                 '{"n":5,"n":6}\n{"$id":"ignored","n":7}')
        got, err = self.received(broker, 3, "-l", "--set", "set=given", "--type", "t", "--body",
                                 "default", stdin=lines)
        self.assertEqual(got, [
            {"n": 1, "set": "own", "$type": "t", "$body": "default"},
            {"n": 4, "set": "given", "$type": "t", "$body": "b"},
            {"n": 7, "set": "given", "$type": "t", "$body": "default"}])
        for line in (3, 4, 6):
            self.assertIn(f"weir pub: -:{line}: ", err)
        self.assertIn("3 lines were passed over, 3 published", err)

    def test_lines_that_trickle_in(self):
        """Each is published when it is there, not when a buffer is full."""
        broker = self.broker("a")
        running = self.start_sub(broker, "TRUE")
        read, write = os.pipe()
        with os.fdopen(read, "rb") as stdin:
            pub = self.start_weir(broker, "pub", "-l", stdin=stdin)
        for n in range(3):
            os.write(write, b'{"n":%d}\n' % n)
            self.assertEqual(running.wait_lines(n + 1)[n], f"n={n}")
        os.close(write)
        pub.end()

    def test_csv(self):
        broker = self.broker("a")
        path = os.path.join(self.directory, "feed.csv")
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write('ms,price,note,skip,flag\r\n'
                    '1,1836300,plain,x,0\r\n'
                    '2,1,"quoted, ""twice"",\nand on two lines",x,1\r\n'
                    '3,,,,\r\n'
                    '4,12.5,"",x,0\r\n'
                    '\r\n'
                    '5,1,too,few\r\n'
                    '6,1,a,b,0,c\r\n'
                    '7,1,a,b,yes\r\n'
                    'x,1,a,b,0\r\n'
                    '8,1,a"b,c,0\r\n'
                    '-9223372036854775808,3,last,,1')
        got, err = self.received(broker, 5, "--csv", path, "--columns",
                                 "ms:int,price:double/10000,note:string,-,flag:bool", "--header",
                                 "--set", "symbol=IBM")
        self.assertEqual(got, [
            {"ms": 1, "price": 183.63, "note": "plain", "flag": False, "symbol": "IBM"},
            {"ms": 2, "price": 0.0001, "note": 'quoted, "twice",\nand on two lines', "flag": True,
             "symbol": "IBM"},
            {"ms": 3, "symbol": "IBM"},
            {"ms": 4, "price": 0.00125, "note": "", "flag": False, "symbol": "IBM"},
            {"ms": -9223372036854775808, "price": 0.0003, "note": "last", "flag": True,
             "symbol": "IBM"}])
        for line, text in ((8, "expected 5"), (9, "more fields"), (10, "bool"), (11, "int64"),
                           (12, "quote")):
            self.assertRegex(err, f"{path}:{line}: .*{text}")

    def test_csv_from_standard_input_with_an_open_quote(self):
        broker = self.broker("a")
        got, err = self.received(broker, 1, "--csv", "-", "--columns", "n:int,s", stdin='1,a\n2,"b\n3,c\n')
        self.assertEqual(got, [{"n": 1, "s": "a"}])
        self.assertIn("-:2: ", err)

    def test_refusals(self):
        broker = self.broker("a")
        _, err = self.weir(broker, "pub", "--advertise", "price > 0", "price=-1", status=4)
        self.assertIn("conformance", err)
        _, err = self.weir(broker, "pub", "--advertise", "price >", "price=1", status=2)
        self.assertIn("error[F203]", err)
        self.weir(broker, "pub", "--advertise", "price > 0", "--advertise", "size > 0", "price=1")
        lines = "".join(f'{{"price":{n}}}\n' for n in range(-15, 5))
        _, err = self.weir(broker, "pub", "-l", "--advertise", "price > 0", stdin=lines, status=4)
        self.assertIn("16 notifications were refused", err)
        self.assertIn("notification 10 was refused", err)
        self.assertNotIn("notification 11 was refused", err)

    def test_rate(self):
        broker = self.broker("a")
        lines = "".join(f'{{"n":{n}}}\n' for n in range(100))
        begin = time.monotonic()
        self.weir(broker, "pub", "-l", "--rate", "500", stdin=lines)
        self.assertGreaterEqual(time.monotonic() - begin, 99 / 500)

    def test_publishes_survive_a_restart(self):
        broker = self.broker("a")
        read, write = os.pipe()
        with os.fdopen(read, "rb") as stdin:
            pub = self.start_weir(broker, "pub", "-l", stdin=stdin)
        probe = self.start_sub(broker, "-c", "1", "-w", "20", "TRUE")
        os.write(write, b'{"n":1}\n')
        probe.end()
        broker.kill()
        pub.wait_stderr("connection lost")
        os.write(write, b'{"n":2}\n')
        broker.start()
        late = self.start_sub(broker, "-o", "text", "TRUE")
        os.write(write, b'{"n":3}\n')
        self.assertIn("n=3", wait_for(lambda: "n=3" in late.stdout() and late.stdout(), "n=3"))
        os.close(write)
        pub.end()

    def test_interrupted(self):
        broker = self.broker("a")
        read, write = os.pipe()
        with os.fdopen(read, "rb") as stdin:
            pub = self.start_weir(broker, "pub", "-l", stdin=stdin)
        wait_for(lambda: self.weir(broker, "link", "ls", "--json")[0].count('"role":"client"') == 2,
                 "the publisher's connection")
        self.interrupt(pub)
        pub.end(130)
        os.close(write)


class OtherEnds(CommandTest):
    """What a peer that is no broker of ours makes of the exit code."""

    def peer(self, *answers):
        """Listens, and answers the first HELLO with bytes; its URL."""
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    for answer in answers:
                        connection.sendall(answer)
                    connection.recv(65536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(listener.close)
        self.addCleanup(thread.join, weirlib.DEADLINE)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}"

    def test_another_version(self):
        url = self.peer(weirlib.hello(name=b"x", role=1, versions=(9, 9), heartbeat_ms=1000))
        _, err = self.weir(url, "sub", "TRUE", status=6)
        self.assertIn("another protocol", err)

    def test_refused(self):
        close = weirlib.frame(weirlib.CLOSE, struct.pack("<H", 8) + weirlib.string(b"in use"))
        url = self.peer(close)
        _, err = self.weir(url, "pub", "x=1", status=4)
        self.assertIn("in use (duplicate-name)", err)

    def test_no_broker_at_all(self):
        url = self.peer(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.weir(url, "pub", "x=1", status=3)


if __name__ == "__main__":
    weirlib.main()
