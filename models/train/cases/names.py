"""Cases for names: people, places and organisations, with where they stand.

Invariant: `start` and `end` are code points of `text`, and `text[start:end]` is the name as it stands there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from random import Random
from typing import Iterator

from . import slots
from .grammar import Grammar
from .name_lists import FAMILY, FIRST, ORG_ENDS, ORG_KINDS, ORGS, PLACES, REGIONS
from .rows import Row
from .speech import PHRASES

NONE_SHARE = 0.24
"""Texts that hold no name at all."""

_MARKS = {"person": "\ue000", "place": "\ue001", "organisation": "\ue002"}
_END = "\ue003"
_TYPE = {mark: name for name, mark in _MARKS.items()}
_SPAN = re.compile("([\ue000-\ue002])([^\ue003]*)\ue003")


def person_name(rng: Random) -> str:
    """A person, as texts name people: full, given name, family name, initials, titles."""
    region = rng.choice(REGIONS)
    first = rng.choice(FIRST[region])
    last = rng.choice(FAMILY[region]) if rng.random() < 0.75 else slots.surname(rng)
    if rng.random() < 0.08:
        last = f"{last}-{rng.choice(FAMILY[rng.choice(REGIONS)])}"
    draw = rng.random()
    if region in ("cn", "kr", "hu") and draw < 0.4:
        return f"{last} {first}"
    if draw < 0.55:
        return f"{first} {last}"
    if draw < 0.75:
        return first
    if draw < 0.83:
        return last
    if draw < 0.9:
        return f"{first[0]}. {last}"
    return f"{first} {rng.choice('ABCDEFGHJKLMNPRSTW')}. {last}"


def org_name(rng: Random) -> str:
    """An organisation: one that exists, or one made up."""
    draw = rng.random()
    if draw < 0.4:
        return rng.choice(ORGS)
    if draw < 0.65:
        return f"{rng.choice((slots.surname(rng), rng.choice(FAMILY[rng.choice(REGIONS)])))} {rng.choice(ORG_ENDS)}"
    if draw < 0.78:
        family = rng.choice(FAMILY[rng.choice(REGIONS)])
        return f"{family} {rng.choice(('&', 'and'))} {rng.choice((slots.surname(rng), 'Sons', 'Daughters', 'Co', 'Partners'))}"
    if draw < 0.94:
        return rng.choice(ORG_KINDS).format(rng.choice(PLACES))
    return "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(rng.randint(3, 4)))


def place_name(rng: Random) -> str:
    """A place: most exist, some are made up."""
    draw = rng.random()
    if draw < 0.82:
        return rng.choice(PLACES)
    if draw < 0.92:
        return f"{slots.surname(rng)}{rng.choice(('ville', ' Falls', ' Bay', 'burg', ' Hills', ' Island', ' Valley', 'ton', ' Park', ' Beach'))}"
    return f"{rng.choice(('North', 'South', 'Upper', 'New', 'Lake', 'Mount', 'San', 'Port', 'Fort', 'Saint'))} {slots.surname(rng)}"


def marked(kind: str, name: str) -> str:
    """A name between marks; an article before it is no part of it."""
    article = "the " if name.startswith("the ") else ""
    return f"{article}{_MARKS[kind]}{name.removeprefix(article)}{_END}"


@lru_cache(maxsize=1)
def _grammar() -> Grammar:
    made = {
        "p.full": lambda rng: marked("person", person_name(rng)),
        "L": lambda rng: marked("place", place_name(rng)),
        "O": lambda rng: marked("organisation", org_name(rng)),
        "handle.made": lambda rng: f"{rng.choice(FIRST[rng.choice(REGIONS)]).lower()}{rng.choice(('_', '', 'x'))}{rng.randint(1, 99)}",
    }
    return Grammar([PHRASES / "names.txt"], {**slots.SLOTS, **made})


def _cased(rng: Random, text: str, kind: str) -> str:
    draw = rng.random()
    chatty = kind in ("s.tweet", "s.chat", "s.none")
    if draw < (0.3 if chatty else 0.1):
        return text.lower()
    if draw < (0.36 if chatty else 0.16):
        return text.upper()
    if kind == "s.headline" and draw < 0.5:
        return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
    return text


def unmark(marked: str) -> tuple[str, list[dict[str, object]]]:
    """Take the marks out of a text; what they enclosed becomes spans."""
    text, spans, at = "", [], 0
    for match in _SPAN.finditer(marked):
        text += marked[at : match.start()]
        spans.append({"start": len(text), "end": len(text) + len(match[2]), "type": _TYPE[match[1]], "value": match[2]})
        text += match[2]
        at = match.end()
    return text + marked[at:], spans


def rows(rng: Random) -> Iterator[Row]:
    """Texts without end; `label` says whether they hold a name."""
    grammar = _grammar()
    kinds = [name for name in grammar.names("s.") if name != "s.none"]
    while True:
        kind = "s.none" if rng.random() < NONE_SHARE else rng.choice(kinds)
        told = grammar.expand(kind, rng).strip()
        if rng.random() < 0.3 and kind not in ("s.form", "s.mail", "s.headline"):
            gap = " " if told[-1] in ".!?" else rng.choice((". ", "\n", " - "))
            told += gap + grammar.expand(rng.choice((*kinds, "s.none", kind)), rng).strip()
        while kind == "s.none" and rng.random() < 0.45:
            told += (" " if told[-1] in ".!?" else ". ") + grammar.expand("s.none", rng).strip()
        told = re.sub(r" +([.,])(?=\s|$)", r"\1", re.sub("  +", " ", told))
        text, spans = unmark(_cased(rng, told, kind))
        yield {"text": text, "label": int(bool(spans)), "spans": spans, "lang": "en", "source": f"own/names-{kind.removeprefix('s.')}"}
