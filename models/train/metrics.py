"""How well scores tell two kinds apart. Pure; arrays in, numbers out."""

from __future__ import annotations

import numpy as np


def auc(scores: np.ndarray, labels: np.ndarray) -> float | None:
    """How often a row of label 1 scores above one of label 0; a tie counts half. None: one kind is missing."""
    good, bad = scores[labels == 0], np.sort(scores[labels == 1])
    if len(good) == 0 or len(bad) == 0:
        return None
    below = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return float(1 - below.mean() / (2 * len(bad)))


def threshold_at(scores: np.ndarray, weights: np.ndarray, rate: float) -> float:
    """The least score that at most this share of the weight of clean rows reaches. Below the weight of one row it stands just above
    the highest: then no clean row reaches it."""
    order = np.argsort(-scores)
    reached = np.cumsum(weights[order]) / weights.sum()
    values = scores[order]
    # A threshold at a value takes all rows that have it.
    last = np.append(values[1:] != values[:-1], True)
    allowed = np.flatnonzero(last & (reached <= rate))
    if len(allowed) == 0:
        return float(np.nextafter(values[0], np.inf))
    at = allowed[-1]
    if at + 1 < len(values):
        return float((values[at] + values[at + 1]) / 2) if values[at] > values[at + 1] else float(values[at])
    return float(values[at])


def worst_threshold(scores: np.ndarray, sources: list[str], rate: float, least: int = 40) -> float:
    """The least score that at most this share of the clean rows of each source reaches. Sources of few rows tell too little to be
    asked; 0: there are no others."""
    names, counts = np.unique(np.asarray(sources), return_counts=True)
    found = (scores[np.asarray(sources) == name] for name in names[counts >= least])
    return max((threshold_at(each, np.ones(len(each)), rate) for each in found), default=0.0)


def recall_at(scores: np.ndarray, labels: np.ndarray, rate: float) -> float | None:
    """The best recall with so many false positives at most."""
    clean = scores[labels == 0]
    if len(clean) == 0 or not (labels == 1).any():
        return None
    threshold = threshold_at(clean, np.ones(len(clean)), rate)
    return float((scores[labels == 1] >= threshold).mean())


def equal_weights(sources: list[str], least: int = 20) -> np.ndarray:
    """Each source weighs the same, however many rows it has; those with few rows weigh together as one."""
    names, counts = np.unique(np.asarray(sources), return_counts=True)
    small = set(names[counts < least].tolist())
    grouped = np.asarray(["" if name in small else name for name in sources])
    groups, at, sizes = np.unique(grouped, return_inverse=True, return_counts=True)
    return 1.0 / (len(groups) * sizes[at])


def overlap_f1(found: list[list[tuple[int, int, int]]], wanted: list[list[tuple[int, int, int]]]) -> float | None:
    """Of spans (from, to, kind) by text: a hit shares the kind and at least one place."""
    hits = predicted = matched = total = 0
    for ours, theirs in zip(found, wanted, strict=True):
        predicted += len(ours)
        total += len(theirs)
        hits += sum(any(_overlap(one, other) for other in theirs) for one in ours)
        matched += sum(any(_overlap(one, other) for one in ours) for other in theirs)
    if predicted == 0 or total == 0:
        return None if total == 0 else 0.0
    precision, recall = hits / predicted, matched / total
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]
