#!/usr/bin/env python3
"""The strict reader itself: it must refuse what a lenient one lets pass. Needs no daemon."""

from __future__ import annotations

import unittest

from exposition import ExpositionError, Page

GOOD = '# HELP a_total Things.\n# TYPE a_total counter\na_total{x="1",y="q\\"\\n\\\\"} 2\na_total{x="2",y="ё"} 3e+09\n'
BAD = {
    "the same series twice": GOOD + 'a_total{x="1",y="q\\"\\n\\\\"} 2\n',
    "the same series, labels turned round": GOOD + 'a_total{y="ё",x="2"} 2\n',
    "a family in two places": GOOD + "# HELP b B.\n# TYPE b gauge\nb 1\n# HELP a_total Things.\n",
    "no line feed at the end": GOOD[:-1],
    "a sample without a type": "a 1\n",
    "a sample of another family": GOOD + "b 1\n",
    "a counter without _total": "# HELP a A.\n# TYPE a counter\na 1\n",
    "a gauge with _total": "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n",
    "a reserved ending": "# HELP a_created A.\n# TYPE a_created gauge\na_created 1\n",
    "an open quote": '# HELP a A.\n# TYPE a gauge\na{x="1} 1\n',
    "a label twice": '# HELP a A.\n# TYPE a gauge\na{x="1",x="2"} 1\n',
    "an empty line": GOOD + "\n",
    "a capital": "# HELP aB A.\n# TYPE aB gauge\naB 1\n",
}


class Reader(unittest.TestCase):
    def test_good(self) -> None:
        page = Page(GOOD)
        self.assertEqual([({"x": "1", "y": 'q"\n\\'}, 2.0)], page.series("a_total", x="1"))
        self.assertEqual(3000000002, page.total("a_total"))

    def test_histogram(self) -> None:
        text = "# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
        text += 'h_seconds_bucket{le="1"} 1\nh_seconds_bucket{le="+Inf"} 2\nh_seconds_sum 3\nh_seconds_count 2\n'
        self.assertEqual(2, len(Page(text).series("h_seconds_bucket")))

    def test_bad(self) -> None:
        for what, text in BAD.items():
            with self.subTest(what), self.assertRaises(ExpositionError):
                Page(text)


if __name__ == "__main__":
    unittest.main()
