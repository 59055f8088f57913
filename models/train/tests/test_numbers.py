"""Metrics, calibration and thresholds."""

from __future__ import annotations

import unittest

import numpy as np

from train.calibrate import platt, sigmoid, temperature
from train.loop import rate_share
from train.metrics import auc, equal_weights, overlap_f1, recall_at, threshold_at, worst_threshold


class NumbersTest(unittest.TestCase):
    def test_auc(self) -> None:
        # Of four pairs: 0.9 beats both; 0.5 ties with 0.5 and beats 0.1.
        self.assertEqual(auc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1, 1, 0, 0])), 0.875)
        self.assertIsNone(auc(np.array([0.9]), np.array([1])))

    def test_a_threshold_keeps_its_rate(self) -> None:
        random = np.random.default_rng(1)
        for rate in (0.001, 0.01, 0.05, 0.5):
            for scores in (random.random(1000), random.integers(0, 5, 1000) / 5, np.ones(10)):
                threshold = threshold_at(scores, np.ones(len(scores)), rate)
                self.assertLessEqual((scores >= threshold).mean(), rate)
        self.assertAlmostEqual((np.arange(1000) >= threshold_at(np.arange(1000.0), np.ones(1000), 0.01)).mean(), 0.01)

    def test_recall(self) -> None:
        scores = np.concatenate([np.linspace(0, 1, 100), np.array([0.5, 0.995, 2.0])])
        labels = np.concatenate([np.zeros(100), np.ones(3)])
        self.assertAlmostEqual(recall_at(scores, labels, 0.01), 2 / 3)

    def test_each_source_weighs_the_same(self) -> None:
        weights = equal_weights(["a"] * 30 + ["b"] * 60 + ["c"] * 3 + ["d"] * 2)
        for part in (slice(0, 30), slice(30, 90), slice(90, 95)):
            self.assertAlmostEqual(weights[part].sum(), 1 / 3)

    def test_no_source_of_many_rows_has_more_false_positives(self) -> None:
        scores = np.concatenate([np.linspace(0, 0.5, 100), np.linspace(0, 0.9, 100), np.ones(10)])
        sources = ["a"] * 100 + ["b"] * 100 + ["few"] * 10
        threshold = worst_threshold(scores, sources, 0.03)
        self.assertAlmostEqual((scores[100:200] >= threshold).mean(), 0.03)
        self.assertLess((scores[:100] >= threshold).mean(), 0.03)
        self.assertEqual(worst_threshold(np.ones(3), ["few"] * 3, 0.03), 0.0)

    def test_platt_finds_the_line(self) -> None:
        random = np.random.default_rng(1)
        true = random.normal(0, 2, 20000)
        labels = (random.random(20000) < sigmoid(true)).astype(int)
        scale, offset = platt((true - 1) / 3, labels)
        self.assertAlmostEqual(scale, 3, delta=0.15)
        self.assertAlmostEqual(offset, 1, delta=0.15)

    def test_platt_of_what_is_told_apart_without_a_mistake_is_finite(self) -> None:
        scale, offset = platt(np.array([-5.0, -4, 4, 5]), np.array([0, 0, 1, 1]))
        self.assertTrue(np.isfinite([scale, offset]).all())

    def test_temperature(self) -> None:
        random = np.random.default_rng(1)
        true = random.normal(0, 2, (5000, 4))
        shares = np.exp(true) / np.exp(true).sum(1, keepdims=True)
        labels = np.array([random.choice(4, p=row) for row in shares])
        self.assertAlmostEqual(temperature(true * 2, labels), 2, delta=0.2)

    def test_spans(self) -> None:
        self.assertEqual(overlap_f1([[(0, 2, 1)]], [[(1, 3, 1)]]), 1.0)
        self.assertEqual(overlap_f1([[(0, 2, 1)]], [[(1, 3, 2)]]), 0.0)
        self.assertEqual(overlap_f1([[(0, 2, 1), (4, 5, 1)]], [[(0, 2, 1)]]), 2 / 3)

    def test_the_rate_goes_up_and_then_down(self) -> None:
        shares = [rate_share(at / 100) for at in range(101)]
        top = shares.index(max(shares))
        self.assertEqual(shares[:top], sorted(shares[:top]))
        self.assertEqual(shares[top:], sorted(shares[top:], reverse=True))
        self.assertLess(shares[-1], 0.03)


if __name__ == "__main__":
    unittest.main()
