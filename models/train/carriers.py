"""Attacks put into carriers, each beside the same carrier without it, so that a carrier is never a label. Pure but for the
generator that it is given.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .rows import Row, Source

ASKED_FOR = "own/asked-for"
"""Clean only under the task that they come with."""
PLANT_CHARACTERS_MAX = 500
CARRIER_CHARACTERS_MIN = 120
CARRIER_CHARACTERS_MAX = 3000


class Carriers:
    """What can be planted, and into what: of the training part only."""

    def __init__(self, head: str, sources: list[Source]) -> None:
        rows = [row for source in sources for row in source.train]
        self.head = head
        self.attacks = sorted({attack for row in rows if (attack := _attack_of(row)) is not None})
        clean = [row for row in rows if row.targets.get("attack") == 0]
        self.hosts = [row for row in clean if len(row.text) >= CARRIER_CHARACTERS_MIN]
        self.asides = sorted({row.text for row in clean if row.source != ASKED_FOR and 15 <= len(row.text) <= PLANT_CHARACTERS_MAX})
        self.tasks = sorted({row.prompt for row in rows if row.prompt})

    def matched(self, rng: Random) -> list[Row]:
        """An attack in a carrier, and that carrier alone or with something harmless in the same place."""
        if not self.attacks or not self.hosts:
            return []
        host = rng.choice(self.hosts)
        carrier = _part(host.text, rng)
        at = _seam(carrier, rng)
        attack = rng.choice(self.attacks)
        bad = planted(carrier, attack, at)
        good: tuple[str, tuple[int, int] | None] = (carrier, None)
        if self.asides and rng.random() < 0.5:
            good = planted(carrier, rng.choice(self.asides), at)
        if self.head == "injection":
            return [_made(host, good, 0), _made(host, bad, 1)]
        return self._pairs(host, good, bad, attack, rng)

    def _pairs(
        self, host: Row, good: tuple[str, tuple[int, int] | None], bad: tuple[str, tuple[int, int]], attack: str, rng: Random
    ) -> list[Row]:
        """What the user asks for is no attack: the same document, asked for just that."""
        task = host.prompt or rng.choice(self.tasks)
        made = [_made(host, good, 0, task), _made(host, bad, 1, task)]
        if rng.random() < 0.3:
            made.append(_made(host, bad, 0, attack))
        return made


def planted(carrier: str, insert: str, at: int) -> tuple[str, tuple[int, int]]:
    """The text, and where in it the insert stands."""
    before = carrier[:at] + ("\n" if at > 0 and not carrier[:at].endswith("\n") else "")
    after = carrier[at:]
    text = before + insert + ("\n" if after and not after.startswith("\n") else "") + after
    return text, (len(before), len(before) + len(insert))


def _attack_of(row: Row) -> str | None:
    if row.targets.get("attack") != 1:
        return None
    text = row.text if row.region is None else row.text[row.region[0] : row.region[1]]
    if row.prompt and row.region is None:
        return None  # of a pair, the whole is carrier and attack
    return text.strip() if 8 <= len(text.strip()) <= PLANT_CHARACTERS_MAX else None


def _part(text: str, rng: Random) -> str:
    if len(text) <= CARRIER_CHARACTERS_MAX:
        return text
    start = rng.randrange(0, len(text) - CARRIER_CHARACTERS_MAX)
    return text[start : start + CARRIER_CHARACTERS_MAX]


def _seam(text: str, rng: Random) -> int:
    """Start, end, or behind a sentence or line in between."""
    roll = rng.random()
    if roll < 0.3:
        return 0
    if roll < 0.6:
        return len(text)
    seams = [at + 1 for at, each in enumerate(text) if each in "\n.!?。" and 0 < at < len(text) - 1]
    return rng.choice(seams) if seams else len(text)


def _made(host: Row, made: tuple[str, tuple[int, int] | None], attack: int, prompt: str = "") -> Row:
    text, region = made
    return replace(
        host, id="", source="planted", text=text, prompt=prompt, targets={"attack": attack}, region=region, trust=1.0
    )
