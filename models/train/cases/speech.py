"""A language to write cases in: its phrase files, joined with the slots."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Mapping

from .grammar import Grammar
from .slots import SLOTS

_LOOSE = re.compile(r" +([.,])(?=\s|$)")
"""A blank before a full stop, left where a choice was empty."""

PHRASES = Path(__file__).parent / "phrases"


class Speech:
    """What can be said in one language."""

    def __init__(self, lang: str, grammar: Grammar) -> None:
        self.lang = lang
        self.grammar = grammar
        self.attacks = grammar.names("attack.")
        self.asks = [name for name in grammar.names("ask.") if name not in ("ask.any", "ask.small")]
        self.negatives = grammar.names("neg.")

    def say(self, rule: str, rng: Random, given: Mapping[str, str] | None = None) -> str:
        """One text of a rule, without blanks at its ends."""
        return _LOOSE.sub(r"\1", self.grammar.expand(rule, rng, given)).replace("  ", " ").strip()

    def ask(self, rng: Random) -> str:
        """Something that people ask an assistant."""
        return self.say(rng.choice(self.asks), rng)

    def doc(self, rng: Random) -> str:
        """A sentence of a document."""
        return self.say("doc", rng)


SPEECH_HARM = "en+harm"
"""English with the phrases of the harm head."""

ENGLISH = ("attack.en.txt", "attacks.en.txt", "benign.en.txt", "assistant.en.txt", "technical.en.txt", "pair.en.txt")


def languages() -> list[str]:
    """The languages that have phrases, English first."""
    others = sorted(path.name.split(".")[1] for path in PHRASES.glob("lang.*.txt"))
    return ["en", *others]


@lru_cache(maxsize=None)
def speech(lang: str) -> Speech:
    """The speech of a language, or of `SPEECH_HARM`. Raises ValueError where its phrases do not hold together."""
    files = {"en": ENGLISH, SPEECH_HARM: (*ENGLISH, "harm.en.txt", "requests.en.txt")}.get(lang, (f"lang.{lang}.txt",))
    return Speech(lang, Grammar([PHRASES / name for name in files], SLOTS))
