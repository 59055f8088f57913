"""Labelled cases written for this project, made by rule.

`generate` is all that other programs need. The same head and seed always give the same rows in the same order, and a
larger count only adds rows. Rows are told in README.md beside this file.
"""

from __future__ import annotations

from typing import Iterator

from .rows import Row

HEADS = ("injection", "injection-pair", "harm", "names")


def generate(head: str, seed: int, count: int) -> Iterator[Row]:
    """Yield `count` distinct rows for a head. Raises ValueError for a head that is not known."""
    from .rows import numbered

    if head == "injection":
        from .injection import rows
    elif head == "injection-pair":
        from .pairs import rows
    elif head == "harm":
        from .harm import rows
    elif head == "names":
        from .names import rows
    else:
        raise ValueError(f"no such head: {head}; there are {', '.join(HEADS)}")
    return numbered(head, seed, count, rows)
