"""Texts as tokens, and labels of words as labels of tokens. The tokenizer is the start encoder's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from .heads import HARM, HEADS
from .rows import Row
from .sets import ROLES, SPAN_KINDS, SPAN_UNTOLD

CLS, SEP, PAD = 101, 102, 0
UNTOLD = -100
"""A label that is left out of the loss."""
CHARACTERS_PER_TOKEN_MAX = 16
"""So much text at most is read for each token of a window: what lies beyond would be cut."""
TASK_SHARE = 0.5
"""Of the tokens of a pair, the task has so many at most where the document is long: as the guard cuts them."""

_label_at = {label: at for at, (label, _) in enumerate(HEADS["names"].labels)}


@dataclass(slots=True)
class Example:
    """One row of a batch. `target`: class, values of harm (-1: untold), or labels of tokens."""

    ids: list[int]
    types: list[int]
    target: int | list[float] | list[int] | None
    trust: float


def read_tokenizer(folder: Path) -> Tokenizer:
    """Without truncation and padding: windows are cut here."""
    tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def plain_tokenizer_json(folder: Path) -> str:
    """tokenizer.json of a bundle: the same, without truncation and padding."""
    made = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    return json.dumps({**made, "truncation": None, "padding": None}, ensure_ascii=False)


class Encoder:
    """Rows to examples of at most `window` tokens; pairs, too: a bundle has one window."""

    def __init__(self, tokenizer: Tokenizer, *, window: int) -> None:
        self.tokenizer = tokenizer
        self.window = window

    def examples(self, head: str, rows: list[Row], rng: Random) -> list[Example]:
        """For training: of a long text one window, that which holds the attack where its place is known."""
        if head == "injection-pair":
            return self._pairs(rows, rng)
        size = self.window - 2
        read = size * CHARACTERS_PER_TOKEN_MAX
        cut = [_read_part(row, read, rng) for row in rows]
        found = self.tokenizer.encode_batch([text for text, _ in cut], add_special_tokens=False)
        made: list[Example] = []
        for row, (_, shift), tokens in zip(rows, cut, found, strict=True):
            start = _window_start(row, tokens.offsets, shift, size, rng)
            ids = tokens.ids[start : start + size]
            labels = _names_of(row, tokens.offsets[start : start + size]) if head == "names" else None
            made.append(Example([CLS, *ids, SEP], [0] * (len(ids) + 2), _target(head, row, labels), row.trust))
        return made

    def _pairs(self, rows: list[Row], rng: Random) -> list[Example]:
        size = self.window - 3
        cut = [_read_part(row, size * CHARACTERS_PER_TOKEN_MAX, rng) for row in rows]
        tasks = self.tokenizer.encode_batch([row.prompt for row in rows], add_special_tokens=False)
        documents = self.tokenizer.encode_batch([text for text, _ in cut], add_special_tokens=False)
        made: list[Example] = []
        for row, (_, shift), task, document in zip(rows, cut, tasks, documents, strict=True):
            first = task.ids[: max(int(size * TASK_SHARE), size - len(document.ids))]
            room = size - len(first)
            start = _window_start(row, document.offsets, shift, room, rng)
            second = document.ids[start : start + room]
            ids = [CLS, *first, SEP, *second, SEP]
            types = [0] * (len(first) + 2) + [1] * (len(second) + 1)
            made.append(Example(ids, types, row.targets.get("attack", 0), row.trust))
        return made

    def windows(self, head: str, row: Row, most: int) -> list[Example]:
        """As the guard reads: all windows of a text, each three quarters of its length from the last."""
        tokens = self.tokenizer.encode(row.text, add_special_tokens=False)
        first: list[int] = []
        if head == "injection-pair":
            task = self.tokenizer.encode(row.prompt, add_special_tokens=False).ids
            room = self.window - 3
            first = task[: max(int(room * TASK_SHARE), room - len(tokens.ids))]
            size = room - len(first)
        else:
            size = self.window - 2
        made: list[Example] = []
        for start in window_starts(len(tokens.ids), size)[:most]:
            ids = tokens.ids[start : start + size]
            labels = _names_of(row, tokens.offsets[start : start + size]) if head == "names" else None
            if head == "injection-pair":
                made.append(
                    Example(
                        [CLS, *first, SEP, *ids, SEP],
                        [0] * (len(first) + 2) + [1] * (len(ids) + 1),
                        row.targets.get("attack", 0),
                        row.trust,
                    )
                )
            else:
                made.append(Example([CLS, *ids, SEP], [0] * (len(ids) + 2), _target(head, row, labels), row.trust))
        return made


def window_starts(length: int, size: int) -> list[int]:
    """The last window is moved back, so that it is full."""
    if length <= size:
        return [0]
    stride = max(1, size * 3 // 4)
    return [*range(0, length - size, stride), length - size]


def _read_part(row: Row, characters: int, rng: Random) -> tuple[str, int]:
    """Of a very long text the part that may matter, and where it begins."""
    if len(row.text) <= characters:
        return row.text, 0
    if row.region is not None:
        start = max(0, min(row.region[0] - characters // 2, len(row.text) - characters))
    elif row.targets.get("attack") == 1:
        start = 0
    else:
        start = rng.randrange(0, len(row.text) - characters)
    return row.text[start : start + characters], start


def _window_start(row: Row, offsets: list[tuple[int, int]], shift: int, size: int, rng: Random) -> int:
    last = len(offsets) - size
    if last <= 0:
        return 0
    if row.region is None:
        # Where an attack stands is not known: mostly it begins the text. What is clean is clean all over.
        if row.targets.get("attack") == 1:
            return 0 if rng.random() < 0.7 else rng.randrange(0, min(last, size) + 1)
        return rng.choice((0, last, rng.randrange(0, last + 1)))
    low, high = row.region[0] - shift, row.region[1] - shift
    inside = [at for at, (start, end) in enumerate(offsets) if end > low and start < high]
    if not inside:
        return 0
    first, end = inside[0], inside[-1] + 1
    if end - first >= size:
        return min(first, last)
    return rng.randrange(max(0, min(last, end - size)), max(0, min(last, first)) + 1)


def _target(head: str, row: Row, labels: list[int] | None) -> int | list[float] | list[int] | None:
    if head == "harm":
        return [float(row.targets.get(name, -1)) for name in HARM]
    if head == "names":
        return [UNTOLD, *(labels or ()), UNTOLD]
    return row.targets.get("attack", 0) if head == "injection" else None


def _names_of(row: Row, offsets: list[tuple[int, int]]) -> list[int]:
    """A span's first token begins it, the rest stand inside; a token that no label is sure of is untold."""
    labels = [0] * len(offsets)
    for start, end, kind in row.spans or ():
        inside = [at for at, (low, high) in enumerate(offsets) if high > start and low < end]
        written = row.text[start:end].strip().lower()
        name = SPAN_KINDS.get(kind.lower())
        if kind.lower() in SPAN_UNTOLD or written in ROLES:
            for at in inside:
                labels[at] = UNTOLD
        elif name is not None:
            for at in inside:
                begins = offsets[at][0] <= start < offsets[at][1] or (at == inside[0] and offsets[at][0] >= start)
                labels[at] = _label_at[f"{'B' if begins else 'I'}-{name.upper()}"]
    return labels
