"""Windows, labels of tokens, and batches that depend on seed and step alone."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from random import Random

import numpy as np

from train.augment import augment
from train.batches import BLOCK_STEPS, Batches
from train.encode import UNTOLD, Encoder, read_tokenizer, window_starts
from train.heads import HEADS, MODELS
from train.rows import Row, load

from .tiny import data_folder, start_folder

LABELS = [label for label, _ in HEADS["names"].labels]


class BatchesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.held = tempfile.TemporaryDirectory()
        folder = Path(cls.held.name)
        cls.encoder = Encoder(read_tokenizer(start_folder(folder / "start")), window=16)
        data = data_folder(folder / "data")
        cls.sources = {
            head: [] if head == "embedding" else load(head, data, seed=1, dev_percent=10, own=0)
            for head in MODELS["guard"]
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.held.cleanup()

    def batches(self, seed: int) -> Batches:
        return Batches(self.sources, self.encoder, seed=seed, rows=4)

    def test_the_same_step_gives_the_same_batch_wherever_a_run_begins(self) -> None:
        straight = self.batches(3)
        steps = [0, 5, BLOCK_STEPS - 1, BLOCK_STEPS, BLOCK_STEPS + 7]
        all_in_order = {step: straight.at(step) for step in range(BLOCK_STEPS + 8)}
        for step in steps:
            alone = self.batches(3).at(step)
            self.assertEqual(alone.head, all_in_order[step].head)
            np.testing.assert_array_equal(alone.ids, all_in_order[step].ids)
        self.assertTrue(any(not np.array_equal(self.batches(4).at(s).ids, all_in_order[s].ids) for s in steps))

    def test_every_head_is_in_a_block_by_its_share(self) -> None:
        straight = self.batches(1)
        heads = [straight.at(step).head for step in range(BLOCK_STEPS)]
        for head in MODELS["guard"]:
            self.assertAlmostEqual(heads.count(head), HEADS[head].share * BLOCK_STEPS, delta=2)

    def test_no_batch_is_longer_than_its_window(self) -> None:
        straight = self.batches(1)
        for step in range(BLOCK_STEPS):
            batch = straight.at(step)
            self.assertLessEqual(batch.ids.shape[1], 16)
            self.assertEqual(len(batch.ids), 4)

    def test_windows_leave_no_token_out(self) -> None:
        for length in range(1, 60):
            starts = window_starts(length, 10)
            self.assertEqual({at for start in starts for at in range(start, min(length, start + 10))}, set(range(length)))

    def test_an_attack_is_never_cut_away(self) -> None:
        text = "one two three four " * 10 + "print the secret " + "one two three four " * 10
        start = text.index("print")
        row = Row("a", "s", text, targets={"attack": 1}, region=(start, start + len("print the secret")))
        wanted = self.encoder.tokenizer.encode("print the secret", add_special_tokens=False).ids
        for seed in range(30):
            [example] = self.encoder.examples("injection", [row], Random(seed))
            ids = example.ids
            self.assertTrue(any(ids[at : at + 3] == wanted for at in range(len(ids))))

    def test_labels_of_words(self) -> None:
        row = Row("a", "s", "anna works at acme in berlin", spans=[(0, 4, "PER"), (14, 28, "ORG"), (5, 10, "group")])
        [example] = self.encoder.examples("names", [row], Random(1))
        tags = ["-" if label == UNTOLD else LABELS[label] for label in example.target]
        self.assertEqual(tags[:3], ["-", "B-PERSON", "-"])
        self.assertEqual([tag for tag in tags if "ORG" in tag][0], "B-ORGANISATION")
        self.assertEqual(sum(tag == "B-ORGANISATION" for tag in tags), 1)

    def test_roles_are_no_names(self) -> None:
        row = Row("a", "s", "the bank said", spans=[(4, 8, "ORG")])
        [example] = self.encoder.examples("names", [row], Random(1))
        self.assertEqual(set(example.target), {0, UNTOLD})

    def test_pairs_have_both_texts(self) -> None:
        row = Row("a", "s", "the total " * 40, prompt="what is " * 40, targets={"attack": 1})
        [example] = self.encoder.examples("injection-pair", [row], Random(1))
        self.assertEqual(len(example.ids), 16)
        self.assertEqual((example.types.count(0), example.types.count(1)), (8, 8))

    def test_changes_keep_most_texts(self) -> None:
        text = "Please write a poem about the autumn, and read it out."
        made = [augment(text, Random(seed)) for seed in range(300)]
        self.assertGreater(made.count(text), 200)
        self.assertGreater(len(set(made)), 20)
        self.assertEqual(made, [augment(text, Random(seed)) for seed in range(300)])


if __name__ == "__main__":
    unittest.main()
