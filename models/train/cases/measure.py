"""How varied the cases are, and what a label can be guessed from: `python -m train.cases.measure HEAD [COUNT]`.

Prints distinct texts and word 5-grams, near copies, and the AUC of naive classifiers: on length, on language, on words
with all families known, and on words where half of the families were never seen.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, defaultdict
from random import Random
from typing import Callable, Sequence

from . import generate
from .rows import Row

SAMPLE = 2000
NEAR = 0.8
_WORD = re.compile(r"\w+|[^\w\s]")


def words(row: Row) -> list[str]:
    """The words and marks of a row, in lower case."""
    return _WORD.findall(f"{row.get('prompt', '')} {row['text']}".lower())


def grams(tokens: Sequence[str], size: int = 5) -> set[tuple[str, ...]]:
    """Runs of words; a shorter text is one run."""
    return {tuple(tokens[n : n + size]) for n in range(max(1, len(tokens) - size + 1))}


def auc(pairs: list[tuple[float, int]]) -> float:
    """How often label 1 scores above label 0; a tie counts half. NaN where a label is missing."""
    ordered = sorted(pairs)
    rank, total, n = 0.0, 0.0, 0
    positives = sum(label for _, label in pairs)
    negatives = len(pairs) - positives
    while n < len(ordered):
        end = n
        while end < len(ordered) and ordered[end][0] == ordered[n][0]:
            end += 1
        rank = (n + end + 1) / 2
        total += rank * sum(label for _, label in ordered[n:end])
        n = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives) if positives and negatives else math.nan


def near_share(rows: list[Row], own: Callable[[int], object]) -> tuple[float, float]:
    """The share of rows with a near copy, with and without the rows made together with it."""
    shingles = [grams(words(row)) for row in rows]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, found in enumerate(shingles):
        for gram in found:
            holders[gram].append(n)
    near = apart = 0
    for n, found in enumerate(shingles):
        shared = Counter(other for gram in found if len(holders[gram]) < 400 for other in holders[gram] if other != n)
        copies = [other for other, count in shared.most_common(20) if count / len(found | shingles[other]) > NEAR]
        near += bool(copies)
        apart += any(own(other) != own(n) for other in copies)
    return near / len(rows), apart / len(rows)


def bayes(train: list[Row], test: list[Row]) -> float:
    """AUC of naive Bayes on word presence."""
    seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for row in train:
        seen[row["label"]].update(set(words(row)))
    sums = [sum(counter.values()) + len(seen[0] | seen[1]) for counter in seen]
    weight = {word: math.log((seen[1][word] + 1) / sums[1]) - math.log((seen[0][word] + 1) / sums[0]) for word in seen[0] | seen[1]}
    return auc([(sum(weight.get(word, 0.0) for word in set(words(row))), row["label"]) for row in test])


def _half_of_families(rows: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Rows by family, so that no family of either label is on both sides; an attack and its twin stay together."""
    key = lambda row: re.sub(r"^own/(pair-)?(twin-of-)?", "", row["source"])  # noqa: E731
    rng = Random(seed)
    sides = {}
    for label in (1, 0):
        families = sorted({key(row) for row in rows if row["label"] == label} - sides.keys())
        rng.shuffle(families)
        sides.update({name: n % 2 for n, name in enumerate(families)})
    return [row for row in rows if sides[key(row)] == 0], [row for row in rows if sides[key(row)] == 1]


def report(head: str, count: int) -> None:
    """Print the figures of a head, one a line."""
    rows = list(generate(head, 1, count))
    print(f"{head}: {len(rows)} distinct texts, {sum(row['label'] for row in rows)} of label 1, {len({row['lang'] for row in rows})} languages, {len({row['source'] for row in rows})} sources")
    fives: set[int] = set()
    total = 0
    for row in rows:
        found = grams(words(row))
        total += len(found)
        fives.update(map(hash, found))
    print(f"distinct 5-grams: {len(fives)} of {total} ({len(fives) / total:.2f})")
    rng = Random(7)
    near, _ = near_share(rng.sample(rows, SAMPLE), lambda n: n)
    print(f"near copies (5-gram Jaccard above {NEAR}) in {SAMPLE} drawn at random: {near:.3f}")
    languages = Counter(row["lang"] for row in rows if row["label"])
    every = Counter(row["lang"] for row in rows)
    print(f"AUC of length alone: {auc([(len(row['text']), row['label']) for row in rows]):.3f}")
    print(f"AUC of language alone: {auc([(languages[row['lang']] / every[row['lang']], row['label']) for row in rows]):.3f}")
    part = rows[:40_000]
    train, test = [row for n, row in enumerate(part) if n // 40 % 2], [row for n, row in enumerate(part) if not n // 40 % 2]
    print(f"AUC of words, all families known: {bayes(train, test):.3f}")
    apart: list[float] = []
    if head == "names":
        return  # Its families hold both labels, so none can be left out.
    for seed in range(3):
        train, test = _half_of_families(part, seed)
        apart += [bayes(train, test), bayes(test, train)]
    print(f"AUC of words, half of the families unseen: {sum(apart) / len(apart):.3f} ({min(apart):.3f} to {max(apart):.3f})")


if __name__ == "__main__":
    report(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30_000)
