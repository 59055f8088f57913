"""Which rows are trained on, and in which order: a pure function of seed and step, so that a run which ends anywhere goes on
with the batches that it would have had.

Steps are made in blocks. Of a block each head's texts are sorted by length and cut into batches, so that little is padding.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import numpy as np

from .augment import augment
from .carriers import Carriers
from .encode import UNTOLD, Encoder, Example
from .heads import HEADS
from .rows import Row, Source

BLOCK_STEPS = 64
MATCHED_SHARE = {"injection": 0.25, "injection-pair": 0.6}
"""Of a head's rows so many are attacks planted into carriers, and their matches."""


@dataclass(slots=True)
class Batch:
    """Padded to its longest row. `target`: classes, harm's values, labels of tokens, or nothing."""

    head: str
    ids: np.ndarray
    types: np.ndarray
    mask: np.ndarray
    target: np.ndarray | None
    trust: np.ndarray


class Batches:
    """`at(step)`. Keeps the last block, and makes the next one while it is trained on."""

    def __init__(self, sources: dict[str, list[Source]], encoder: Encoder, *, seed: int, rows: int) -> None:
        self.encoder = encoder
        self.seed = seed
        self.rows = rows
        self.pools = {head: _Pool(head, sources, found) for head, found in sources.items()}
        shares = {head: HEADS[head].share for head in sources}
        self.heads = list(shares)
        self.shares = [share / sum(shares.values()) for share in shares.values()]
        self._maker = ThreadPoolExecutor(1, "batches")
        self._block: tuple[int, list[Batch]] = (-1, [])
        self._next: tuple[int, Future[list[Batch]]] | None = None

    def at(self, step: int) -> Batch:
        number = step // BLOCK_STEPS
        if self._block[0] != number:
            ahead = self._next
            found = ahead[1].result() if ahead is not None and ahead[0] == number else self._make(number)
            self._block = (number, found)
            self._next = (number + 1, self._maker.submit(self._make, number + 1))
        return self._block[1][step % BLOCK_STEPS]

    def close(self) -> None:
        """Ends the thread that makes them."""
        self._maker.shutdown(cancel_futures=True)

    def _make(self, number: int) -> list[Batch]:
        rng = Random(f"{self.seed}/{number}")
        # Shares to the letter where they can be: a head that is drawn by chance alone may be missing for long.
        wanted = [share * BLOCK_STEPS for share in self.shares]
        steps = [int(each + rng.random()) for each in wanted]
        while sum(steps) > BLOCK_STEPS:
            steps[max(range(len(steps)), key=lambda at: steps[at] - wanted[at])] -= 1
        while sum(steps) < BLOCK_STEPS:
            steps[min(range(len(steps)), key=lambda at: steps[at] - wanted[at])] += 1
        batches: list[Batch] = []
        for head, count in zip(self.heads, steps, strict=True):
            rows = self.pools[head].draw(count * self.rows, rng)
            examples = self.encoder.examples(head, rows, rng)
            examples.sort(key=lambda example: len(example.ids))
            batches.extend(
                collate(head, examples[at : at + self.rows]) for at in range(0, count * self.rows, self.rows)
            )
        rng.shuffle(batches)
        return batches


class _Pool:
    """Rows of one head, drawn by source."""

    def __init__(self, head: str, all_sources: dict[str, list[Source]], sources: list[Source]) -> None:
        self.head = head
        if head == "embedding":  # any text will do: it is held against what the start encoder makes of it
            sources = [Source(each.name, 1.0, each.train, []) for found in all_sources.values() for each in found]
        self.sources = sources
        self.weights = [source.share * len(source.train) ** 0.5 for source in sources]
        self.carriers = Carriers(head, sources) if head in MATCHED_SHARE else None

    def draw(self, count: int, rng: Random) -> list[Row]:
        rows: list[Row] = []
        while len(rows) < count:
            if self.carriers is not None and rng.random() < MATCHED_SHARE[self.head] / 2:
                rows.extend(self.carriers.matched(rng))
                continue
            [source] = rng.choices(self.sources, self.weights)
            rows.append(rng.choice(source.train))
        return [self._varied(row, rng) for row in rows[:count]]

    def _varied(self, row: Row, rng: Random) -> Row:
        if self.head == "names":
            return row
        if row.region is None:
            text, region = augment(row.text, rng), None
        else:  # the carrier stays: its matches have it, too
            start, end = row.region
            attack = augment(row.text[start:end], rng)
            text, region = row.text[:start] + attack + row.text[end:], (start, start + len(attack))
        return Row(
            id=row.id, source=row.source, text=text, prompt=row.prompt, lang=row.lang, targets=row.targets, region=region,
            trust=row.trust,
        )


def collate(head: str, examples: list[Example]) -> Batch:
    """Rows of one length, in arrays."""
    length = max(len(example.ids) for example in examples)
    shape = (len(examples), length)
    ids, types, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    tags = np.full(shape, UNTOLD, np.int64)
    for at, example in enumerate(examples):
        size = len(example.ids)
        ids[at, :size] = example.ids
        types[at, :size] = example.types
        mask[at, :size] = 1
        if head == "names":
            tags[at, :size] = example.target
    target: np.ndarray | None = tags if head == "names" else None
    if head == "harm":
        target = np.asarray([example.target for example in examples], np.float32)
    elif head in ("injection", "injection-pair"):
        target = np.asarray([example.target for example in examples], np.int64)
    return Batch(head, ids, types, mask, target, np.asarray([example.trust for example in examples], np.float32))
