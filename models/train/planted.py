"""Finds where an attack stands in a carrier: the lines that no clean row of the same set has. Changes `region` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .rows import Row

ATTACK_CHARACTERS_MAX = 600
"""More than this is not one planted instruction."""


def find_planted(rows: list[Row]) -> None:
    """Sets `region` of attacks whose place is certain: one run of foreign lines, and not too long. A place that is known stays."""
    known = {line.strip() for row in rows if row.targets.get("attack") == 0 for line in row.text.split("\n")}
    open_rows: list[Row] = []
    found: set[str] = set()
    for row in rows:
        if row.targets.get("attack") != 1:
            continue
        row.region = row.region or _one_run(row.text, known)
        if row.region is None:
            open_rows.append(row)
        else:
            found.add(row.text[row.region[0] : row.region[1]])
    # A carrier without a clean row: its attack may be known from another.
    longest_first = sorted((each for each in found if len(each) > 12), key=len, reverse=True)
    for row in open_rows:
        for attack in longest_first:
            at = row.text.find(attack)
            if at >= 0:
                row.region = (at, at + len(attack))
                break


def _one_run(text: str, known: set[str]) -> tuple[int, int] | None:
    at = 0
    runs: list[tuple[int, int]] = []
    is_open = False
    for line in text.split("\n"):
        is_foreign = line.strip() != "" and line.strip() not in known
        if is_foreign:
            runs = [*runs[:-1], (runs[-1][0], at + len(line))] if is_open else [*runs, (at, at + len(line))]
        is_open = is_foreign
        at += len(line) + 1
    if len(runs) != 1 or runs[0][1] - runs[0][0] > ATTACK_CHARACTERS_MAX:
        return None
    return runs[0]
