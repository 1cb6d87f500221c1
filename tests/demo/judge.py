"""The judge accepts exact deliveries and refuses each way in which they can be wrong."""
import os
import subprocess
import tempfile
import unittest

JUDGE = os.path.join(os.environ["WEIR_BIN_DIR"], "weir-judge")

PUBLISHED = [
    '{"feed_id":1,"symbol":"IBM","price":181.5}',
    '{"feed_id":2,"symbol":"AIG","price":49.04}',
    '{"feed_id":3,"symbol":"IBM","price":182.25}',
    '{"feed_id":4,"symbol":"IBM","price":180.0}',
]
FIRST = ["F 1 symbol = 'IBM'", "F 2 price > 181",
         "N 1,2 1000 " + PUBLISHED[0], "N 1,2 2000 " + PUBLISHED[2], "N 1 3000 " + PUBLISHED[3]]
SECOND = ["F 1 symbol = 'AIG'", "N 1 500 " + PUBLISHED[1]]


def judge(first=FIRST, second=SECOND, published=PUBLISHED):
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in (("published-0.jsonl", published), ("subscriber-000.txt", first),
                            ("subscriber-001.txt", second)):
            with open(os.path.join(folder, name), "w") as file:
                file.write("".join(line + "\n" for line in lines))
        return subprocess.run([JUDGE, folder], capture_output=True, text=True)


class Judge(unittest.TestCase):
    def refuses(self, word, **lines):
        result = judge(**lines)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("1 " + word, result.stdout)

    def test_exact(self):
        result = judge()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("published 4, delivered 4 of 4 expected: 0 lost, 0 duplicated, 0 unwanted",
                      result.stdout)

    def test_one_removed(self):
        for i in (2, 3, 4):
            self.refuses("lost", first=FIRST[:i] + FIRST[i + 1:])

    def test_one_doubled(self):
        self.refuses("duplicated", first=FIRST + FIRST[-1:])

    def test_one_misdirected(self):
        self.refuses("unwanted", second=SECOND + ["N 1 10 " + PUBLISHED[3]])

    def test_moved_to_another_subscriber(self):
        result = judge(first=FIRST[:-1], second=SECOND + FIRST[-1:])
        self.assertEqual(result.returncode, 1)
        self.assertIn("1 lost, 0 duplicated, 1 unwanted", result.stdout)

    def test_wrong_ids(self):
        self.refuses("unwanted", first=FIRST[:-1] + [FIRST[-1].replace("N 1 ", "N 1,2 ")])

    def test_altered(self):
        self.refuses("altered", first=FIRST[:-1] + [FIRST[-1].replace("180.0", "180.1")])

    def test_out_of_order(self):
        self.refuses("out of order", first=FIRST[:2] + [FIRST[3], FIRST[2], FIRST[4]])

    def test_never_published(self):
        self.refuses("unwanted",
                     second=SECOND + ['N 1 10 {"feed_id":9,"symbol":"AIG","price":1.0}'])

    def test_nothing_published_is_not_exact(self):
        result = judge(first=FIRST[:2], second=SECOND[:1], published=[])
        self.assertEqual(result.returncode, 1)

    def test_shares_no_code_with_what_it_judges(self):
        symbols = subprocess.run(["nm", JUDGE], capture_output=True, text=True, check=True).stdout
        self.assertIn("weir_filter_eval", symbols)
        for other in ("weir_normal_", "weir_conjunction_", "weir_domain_", "weir_filter_covers",
                      "weir_matcher_", "weir_router_"):
            self.assertNotIn(other, symbols)

    def test_trouble_is_not_a_verdict(self):
        for first in (["F 1 symbol ="], ["garbage"], FIRST[:2] + ["N 1 10 {"]):
            self.assertEqual(judge(first=first).returncode, 2)
        self.assertEqual(judge(published=PUBLISHED + PUBLISHED[:1]).returncode, 2)


if __name__ == "__main__":
    unittest.main()
