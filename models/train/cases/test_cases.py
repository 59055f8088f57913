"""The cases are what they say: run from `models/` with `python -m unittest train.cases.test_cases`."""

from __future__ import annotations

import json
import re
import unittest
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

from . import HEADS, generate
from .encodings import CODED, READABLE
from .grammar import Grammar, parse_line
from .names import unmark
from .speech import SPEECH_HARM, languages, speech

COUNT = 1500
HELD_OUT = Path(__file__).parents[2] / "cases"


class Cases(unittest.TestCase):
    def test_a_seed_gives_the_same_rows_and_a_larger_count_only_adds(self) -> None:
        for head in HEADS:
            rows = list(generate(head, 5, 300))
            self.assertEqual(rows, list(islice(generate(head, 5, 900), 300)))
            self.assertNotEqual([row["text"] for row in rows], [row["text"] for row in generate(head, 6, 300)])

    def test_rows_have_what_they_need(self) -> None:
        for head in HEADS:
            rows = list(generate(head, 1, COUNT))
            self.assertEqual(len({(row.get("prompt"), row["text"]) for row in rows}), COUNT)
            self.assertEqual(len({row["id"] for row in rows}), COUNT)
            for row in rows:
                self.assertIn(row["label"], (0, 1))
                self.assertTrue(row["text"].strip() and row["source"].startswith("own/") and row["lang"])
                start, end = row.get("region", (0, 1))
                self.assertTrue(0 <= start < end <= len(row["text"]))
                self.assertEqual("prompt" in row, head == "injection-pair")

    def test_no_slot_is_left_open(self) -> None:
        for head in HEADS:
            for row in generate(head, 2, COUNT):
                self.assertIsNone(re.search(r"\{[a-z]+\.[a-z]+\}|[\ue000-\ue003]|\{\w+\^\}", row["text"]), row["text"])

    def test_each_language_has_more_harmless_rows_than_attacks(self) -> None:
        labels: dict[str, Counter[int]] = {}
        for row in generate("injection", 3, 3 * COUNT):
            labels.setdefault(row["lang"], Counter())[row["label"]] += 1
        self.assertEqual(sorted(labels), sorted(languages()))
        for lang, found in labels.items():
            self.assertGreater(found[0], found[1], lang)

    def test_harm_rows_speak_of_one_category(self) -> None:
        seen = Counter((name, value) for row in generate("harm", 1, COUNT) for name, value in row["labels"].items())
        self.assertEqual({name for name, _ in seen}, {"request", "toxicity", "sexism"})
        for name in ("request", "toxicity", "sexism"):
            self.assertLess(abs(seen[name, 0] - seen[name, 1]), COUNT / 10)

    def test_names_stand_where_their_spans_say(self) -> None:
        for row in generate("names", 1, COUNT):
            self.assertEqual(row["label"], int(bool(row["spans"])))
            for span in row["spans"]:
                self.assertEqual(row["text"][span["start"] : span["end"]], span["value"])
                self.assertEqual(span["value"], span["value"].strip())

    def test_marks_become_code_points(self) -> None:
        self.assertEqual(
            unmark("😀 \ue000Ada\ue003 in \ue001Bonn\ue003"),
            ("😀 Ada in Bonn", [{"start": 2, "end": 5, "type": "person", "value": "Ada"}, {"start": 9, "end": 13, "type": "place", "value": "Bonn"}]),
        )

    def test_every_phrase_can_be_said(self) -> None:
        for lang in (*languages(), SPEECH_HARM):
            said = speech(lang)
            for rule in said.grammar.rules:
                for turn in range(5):
                    self.assertIsInstance(said.say(rule, Random(turn), {"coded": "x", "codename": "y"}), str)

    def test_every_disguise_works_on_every_script(self) -> None:
        for change in (*READABLE.values(), *(change for _, change in CODED.values())):
            for text in ("Plain text.", "ß İ 你好 مرحبا 😀"):
                self.assertTrue(change(text, Random(1)))

    def test_a_broken_phrase_is_told(self) -> None:
        for line in ("[a|b", "a {b"):
            with self.assertRaises(ValueError):
                parse_line(line)
        with self.assertRaises(ValueError):
            list(generate("nothing", 1, 1))

    def test_a_name_that_is_nowhere_is_told(self) -> None:
        grammar = Grammar([], {})
        grammar.rules["a"] = [parse_line("{b}")]
        with self.assertRaisesRegex(ValueError, "a names b"):
            grammar._check()


class HeldOut(unittest.TestCase):
    def test_held_out_cases_are_not_among_the_generated(self) -> None:
        held = {}
        for path in sorted(HELD_OUT.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                held[row["text"]] = row["id"]
                for span in row.get("spans", ()):
                    self.assertTrue(row["text"][span["start"] : span["end"]].strip())
        self.assertGreater(len(held), 700)
        for head in HEADS:
            for row in generate(head, 4, COUNT):
                self.assertNotIn(row["text"], held)


if __name__ == "__main__":
    unittest.main()
