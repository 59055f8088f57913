"""Harm cases. `labels` says 0 or 1 for the one category that a row speaks of; the others are not judged by it.

Invariant: a request asks for harm, and no text here tells how it is done. Insults are mild, and name nobody real.
"""

from __future__ import annotations

from random import Random
from typing import Iterator

from .encodings import capitals, typos
from .grammar import Grammar
from .rows import Row
from .slots import SLOTS
from .speech import PHRASES, SPEECH_HARM, Speech, languages, speech

OTHER_LANGUAGE_SHARE = 0.12
"""Pairs of a harmful and an everyday request in another language: a language must not look harmful."""

REQUESTS = 6
"""Pairs of requests for each pair of posts of the other categories."""


def _post(rng: Random, text: str) -> str:
    """A text as people type it into a phone."""
    draw = rng.random()
    if draw < 0.2:
        return text.lower()
    if draw < 0.26:
        return capitals(text, rng)
    if draw < 0.36:
        return typos(text, rng)
    if draw < 0.46:
        return f"@{rng.choice(('user', 'name', 'you_all', 'team'))} {text}"
    if draw < 0.54:
        return f"{text} {rng.choice(('#fail', '#life', '#truth', '😂', '🙄', '😡', '❤️', '#monday'))}"
    return text


def _dress(rng: Random, say: Speech, text: str) -> str:
    """The words around a request; they say nothing of what it asks."""
    draw = rng.random()
    if draw < 0.12 and say.lang == SPEECH_HARM:
        return f"{rng.choice(('Hi!', 'Hello,', 'Quick question:', 'Please:', 'Serious question.', 'Asking for a friend:', 'For my blog:'))} {text}"
    if draw < 0.2:
        return f"{say.doc(rng)} {text}"
    if draw < 0.3 and say.lang == SPEECH_HARM:
        return f"{text} {rng.choice(('Thanks!', 'Be brief.', 'I am in a hurry.', 'In detail, please.', 'Use simple words.', 'As a list.', 'Who knows?'))}"
    if draw < 0.42:
        return text.lower().rstrip(".?")
    return text


def _row(text: str, category: str, value: int, lang: str, kind: str) -> Row:
    return {"text": text, "label": value, "labels": {category: value}, "lang": lang, "source": f"own/{kind}"}


def rows(rng: Random) -> Iterator[Row]:
    """Rows of all categories in turn, as many of label 1 as of label 0."""
    english = speech(SPEECH_HARM)
    asked, safe = english.grammar.names("harm."), english.grammar.names("safe.")
    about = [name for name in english.negatives if name != "neg.decode"]
    foreign = Grammar([PHRASES / "harmful.txt"], SLOTS)
    others = [lang for lang in languages() if lang in foreign.rules]
    while True:
        for _ in range(REQUESTS):
            draw = rng.random()
            if draw < OTHER_LANGUAGE_SHARE:
                say = speech(rng.choice(others))
                text = _dress(rng, say, foreign.expand(say.lang, rng).strip())
                yield _row(text, "request", 1, say.lang, "harm.other-language")
                yield _row(_dress(rng, say, say.ask(rng)), "request", 0, say.lang, "safe.other-language")
                continue
            rule = rng.choice(asked)
            yield _row(_dress(rng, english, english.say(rule, rng)), "request", 1, "en", rule)
            if draw < 0.3:
                rule = rng.choice((*english.asks, *about))
                yield _row(_dress(rng, english, english.say(rule, rng)), "request", 0, "en", f"safe.{rule}")
            else:
                rule = rng.choice(safe)
                yield _row(_dress(rng, english, english.say(rule, rng)), "request", 0, "en", rule)
        for name, category in (("tox", "toxicity"), ("sex", "sexism")):
            for value in (1, 0):
                yield _row(_post(rng, english.say(f"{name}.{value}", rng)), category, value, "en", f"{name}-{value}")
