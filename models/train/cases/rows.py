"""Rows on their way out: numbered, distinct, without end until enough are told."""

from __future__ import annotations

from hashlib import blake2b
from random import Random
from typing import Any, Callable, Iterator

Row = dict[str, Any]

REPEATS_MAX = 200_000
"""So many repeated texts in a row mean that a head has said all it can."""


def numbered(head: str, seed: int, count: int, rows: Callable[[Random], Iterator[Row]]) -> Iterator[Row]:
    """Give rows their `id` and `split`, and leave out texts that were told before."""
    rng = Random(f"{head}/{seed}")
    seen: set[bytes] = set()
    repeats = 0
    given = 0
    for row in rows(rng):
        if given == count:
            return
        key = blake2b((row.get("prompt", "") + "\0" + row["text"]).encode(), digest_size=12).digest()
        if key in seen:
            repeats += 1
            if repeats > REPEATS_MAX:
                raise ValueError(f"{head}: no new text after {given} rows")
            continue
        repeats = 0
        seen.add(key)
        yield {"id": f"own-{head}-{seed}-{given:07}", **row, "split": "train"}
        given += 1
