"""What a model answers for rows that were held back, read as the guard reads: all windows, the worst one counts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import torch

from .batches import collate
from .bert import Guard
from .encode import UNTOLD, Encoder, Example
from .heads import HARM, HEADS, NAMES
from .losses import as_tensors
from .metrics import auc, overlap_f1, recall_at
from .rows import Row, Source

WINDOWS_MAX = 6
"""Of one text; what lies beyond is not read here."""


@dataclass(slots=True)
class Judged:
    """Of one head. `logits`: of injection log odds, of harm one a category, each the highest of its windows; of names one row a
    token. `labels`: 0, 1, or -1 for untold; of names the label of each token."""

    head: str
    sources: list[str]
    logits: np.ndarray
    labels: np.ndarray
    row_of: np.ndarray
    """Of names: which row a token is of."""


def dev_rows(sources: list[Source], most: int = 0, seed: int = 0) -> list[Row]:
    """Held back rows of all sources, or so many of them, always the same."""
    rows = [row for source in sources for row in source.dev]
    if most and len(rows) > most:
        rows = Random(seed).sample(rows, most)
    return rows


@torch.no_grad()
def judge(model: Guard, encoder: Encoder, head: str, rows: list[Row], device: torch.device) -> Judged:
    """Leaves the model in the mode that it was in."""
    examples: list[Example] = []
    owner: list[int] = []
    for at, row in enumerate(rows):
        found = encoder.windows(head, row, 1 if head == "names" else WINDOWS_MAX)
        examples.extend(found)
        owner.extend([at] * len(found))
    answers = _answers(model, head, examples, device)
    sources = [row.source for row in rows]
    if head == "names":
        labels = [np.asarray(example.target) for example in examples]
        keep = [label != UNTOLD for label in labels]
        return Judged(
            head,
            sources,
            np.concatenate([answer[: len(label)][kept] for answer, label, kept in zip(answers, labels, keep, strict=True)]),
            np.concatenate([label[kept] for label, kept in zip(labels, keep, strict=True)]),
            np.concatenate([np.full(int(kept.sum()), at) for at, kept in zip(owner, keep, strict=True)]),
        )
    flat = np.stack(answers)
    each = flat if head == "harm" else (flat[:, 1] - flat[:, 0])[:, None]
    logits = np.full((len(rows), each.shape[1]), -np.inf, np.float32)
    np.maximum.at(logits, np.asarray(owner), each)
    wanted = HARM if head == "harm" else ("attack",)
    labels_of = np.asarray([[row.targets.get(name, -1) for name in wanted] for row in rows])
    return Judged(head, sources, logits, labels_of, np.arange(len(rows)))


def _answers(model: Guard, head: str, examples: list[Example], device: torch.device) -> list[np.ndarray]:
    was_training = model.training
    model.eval()
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].ids))
    found: list[np.ndarray | None] = [None] * len(examples)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        ids, types, mask, _, _ = as_tensors(collate(head, [examples[at] for at in chosen]), device)
        for at, answer in zip(chosen, model(head, ids, types, mask).float().cpu().numpy(), strict=True):
            found[at] = answer
    model.train(was_training)
    return found  # type: ignore[return-value]


def figures(judged: Judged) -> dict[str, float | None]:
    """For choosing, not for reporting."""
    if judged.head == "names":
        return {"overlap F1": overlap_f1(*spans_of(judged))}
    names = HARM if judged.head == "harm" else ("attack",)
    told: dict[str, float | None] = {}
    for at, name in enumerate(names):
        known = judged.labels[:, at] >= 0
        scores, labels = judged.logits[known, at], judged.labels[known, at]
        told[f"{name} AUC"] = auc(scores, labels)
        told[f"{name} recall@1%"] = recall_at(scores, labels, 0.01)
    return told


def spans_of(judged: Judged) -> tuple[list[list[tuple[int, int, int]]], list[list[tuple[int, int, int]]]]:
    """Runs of tokens of one kind, found and wanted, by row."""
    found = judged.logits.argmax(1)
    return _runs(found, judged.row_of, len(judged.sources)), _runs(judged.labels, judged.row_of, len(judged.sources))


def _runs(labels: np.ndarray, row_of: np.ndarray, rows: int) -> list[list[tuple[int, int, int]]]:
    runs: list[list[tuple[int, int, int]]] = [[] for _ in range(rows)]
    for at, (label, row) in enumerate(zip(labels.tolist(), row_of.tolist(), strict=True)):
        if label == 0:
            continue
        kind, is_first = (label - 1) // 2, label % 2 == 1
        last = runs[row][-1] if runs[row] else None
        if last is not None and not is_first and last[1] == at and last[2] == kind:
            runs[row][-1] = (last[0], at + 1, kind)
        else:
            runs[row].append((at, at + 1, kind))
    return runs


assert len(HEADS["names"].labels) == 1 + 2 * len(NAMES)
