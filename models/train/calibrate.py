"""From logits to probabilities that mean what they say, fitted on rows that were held back. Pure."""

from __future__ import annotations

import numpy as np

RIDGE = 1e-3
"""Keeps a line finite where both kinds are told apart without a mistake."""


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def platt(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Scale and offset of the most likely line, by Newton's steps. Both kinds count alike in the sum, so that the share of attacks
    among the rows is not taken for the share in traffic."""
    positives = max(1, int(labels.sum()))
    negatives = max(1, len(labels) - int(labels.sum()))
    # Platt's own targets: a little away from 0 and 1.
    target = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = np.where(labels == 1, 0.5 / positives, 0.5 / negatives)
    design = np.stack([logits.astype(np.float64), np.ones(len(logits))], 1)
    line = np.array([1.0, 0.0])

    def cost(candidate: np.ndarray) -> float:
        value = design @ candidate
        return float((weights * (np.logaddexp(0, value) - target * value)).sum() + RIDGE * (candidate[0] - 1) ** 2 / 2)

    for _ in range(100):
        share = sigmoid(design @ line)
        gradient = design.T @ (weights * (share - target)) + RIDGE * np.array([line[0] - 1, 0])
        curve = (design * (weights * share * (1 - share))[:, None]).T @ design + RIDGE * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        size = 1.0
        while size > 1e-4 and cost(line - size * step) > cost(line):
            size /= 2
        line = line - size * step
        if np.abs(size * step).max() < 1e-8:
            break
    return max(0.05, float(line[0])), float(line[1])


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Of a head with several labels that exclude each other: the one that makes the true labels most likely."""
    best, least = 1.0, np.inf
    for candidate in np.exp(np.linspace(np.log(0.3), np.log(5), 80)):
        scaled = logits / candidate
        scaled = scaled - scaled.max(1, keepdims=True)
        cost = -(scaled[np.arange(len(labels)), labels] - np.log(np.exp(scaled).sum(1))).mean()
        if cost < least:
            best, least = float(candidate), float(cost)
    return best
