"""Injection cases: an attack, its harmless twin, and a hard negative, in turn.

Invariant: neither the language, nor the carrier, nor the disguise, nor the length tells the label. Attack and twin share
all four; the hard negative is in the same language and of about the same length.
"""

from __future__ import annotations

from random import Random
from typing import Callable, Iterator

from .carriers import CARRIERS, Placed
from .encodings import CODED, READABLE
from .rows import Row
from .speech import Speech, languages, speech

ENGLISH_SHARE = 0.55
DISGUISED_SHARE = 0.16
CODED_SHARE = 0.05
CANDIDATES = 6
"""So many texts are made where one of a given length is wanted."""

LATIN_ONLY = ("leet", "lookalike", "spaced", "mixed-case", "typos")


def nearest(make: Callable[[], str], length: int, count: int = CANDIDATES) -> str:
    """Of some texts, the one whose length in code points is nearest."""
    return min((make() for _ in range(count)), key=lambda text: abs(len(text) - length))


def grow(text: str, more: Callable[[], str], length: int, rng: Random) -> str:
    """Sentences are added to a text until one more would carry it past a length in code points."""
    for _ in range(40):
        extra = more()
        if len(text) + len(extra) / 2 >= length:
            break
        text = f"{text}{rng.choice((' ', chr(10)))}{extra}"
    return text


def disguise(rng: Random, lang: str) -> Callable[[str], str]:
    """A disguise for both texts of a pair; most are none at all."""
    if rng.random() >= DISGUISED_SHARE:
        return lambda text: text
    latin = lang in ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "id", "tr", "pl")
    name = rng.choice([name for name in READABLE if latin or name not in LATIN_ONLY])
    seed = rng.random()
    return lambda text: READABLE[name](text, Random(seed))


def attack_of(rng: Random, say: Speech) -> tuple[str, str]:
    """An attack and its family."""
    if say.lang == "en" and rng.random() < CODED_SHARE:
        key = rng.choice(sorted(CODED))
        name, code = CODED[key]
        inner = say.say(rng.choice(("goal", "attack.override", "attack.extract")), rng)
        return say.say("attack.obey", rng, {"coded": code(inner, rng), "codename": name}), "obey"
    rule = rng.choice([name for name in say.attacks if name != "attack.obey"])
    return say.say(rule, rng), rule.removeprefix("attack.")


def negative_of(rng: Random, say: Speech) -> tuple[str, str]:
    """A text that looks like an attack or comes from where attacks are spoken of, and its family."""
    rule = rng.choice([*say.negatives, *say.asks] if say.lang == "en" else say.negatives)
    if rule == "neg.decode":
        key = rng.choice(sorted(CODED))
        name, code = CODED[key]
        return say.say(rule, rng, {"coded": code(say.say(rng.choice(("doc", "attackquote")), rng), rng), "codename": name}), "decode"
    return say.say(rule, rng), rule.split(".")[1]


def direct(rng: Random, say: Speech) -> tuple[Placed, Placed, str]:
    """A prompt that is an attack, and one of about its length that is none; the family."""
    attack, family = attack_of(rng, say)
    if rng.random() < 0.25:
        more = " ".join(say.doc(rng) for _ in range(rng.randint(1, 3)))
        attack = f"{attack} {more}" if rng.random() < 0.5 else f"{more}\n{attack}"
    mask = disguise(rng, say.lang)
    shape = rng.random()
    if shape < 0.6:
        twin = grow(nearest(lambda: say.ask(rng), len(attack)), lambda: say.doc(rng), len(attack), rng)
        return Placed(mask(attack), None), Placed(mask(twin), None), family
    ask = say.ask(rng)
    other = grow(nearest(lambda: say.ask(rng), len(attack)), lambda: say.doc(rng), len(attack), rng)
    gap = rng.choice((" ", "\n", "\n\n", "\n---\n"))
    lead, tail = (f"{ask}{gap}", "") if shape < 0.85 else ("", f"{gap}{ask}")

    def place(text: str) -> Placed:
        return Placed(f"{lead}{text}{tail}", (len(lead), len(lead) + len(text)))

    return place(mask(attack)), place(mask(other)), family


def carried(rng: Random, say: Speech) -> tuple[Placed, Placed, str]:
    """A document with an attack in it, and the same document without one; the family."""
    rule = rng.choice(["attack.indirect", "attack.indirect", *say.attacks])
    attack, family = (say.say(rule, rng), rule.removeprefix("attack.")) if rule != "attack.obey" else attack_of(rng, say)
    carrier = rng.choice(CARRIERS)(rng, say)
    mask = disguise(rng, say.lang)
    where = rng.choice((0.0, 0.999, rng.random()))
    if rng.random() < 0.6:
        harmless = nearest(lambda: say.say("harmless", rng), len(attack))
        harmless = grow(harmless, lambda: say.say(rng.choice(("harmless", "doc")), rng), len(attack), rng)
    else:
        harmless = grow(say.doc(rng), lambda: say.doc(rng), len(attack), rng)
    if "\n" in harmless and carrier.kind in ("table", "tool", "search", "log", "forum"):
        harmless = harmless.replace("\n", " ")
    lead = f"{say.ask(rng)}\n\n" if rng.random() < 0.12 else ""
    return carrier.with_text(mask(attack), where).after(lead), carrier.with_text(mask(harmless), where).after(lead), family


def hard(rng: Random, say: Speech, length: int) -> tuple[str, str]:
    """A hard negative of about a length in code points; half of the long ones stand in a document."""
    made = [negative_of(rng, say) for _ in range(CANDIDATES)]
    text, family = min(made, key=lambda pair: abs(len(pair[0]) - length))
    if length > 350 and rng.random() < 0.6:
        carrier = rng.choice(CARRIERS)(rng, say)
        text = carrier.with_text(text, rng.random()).text
    return grow(text, lambda: say.doc(rng), length, rng), family


def rows(rng: Random) -> Iterator[Row]:
    """Triples without end: attack, twin, hard negative."""
    others = languages()[1:]
    while True:
        lang = "en" if rng.random() < ENGLISH_SHARE or not others else rng.choice(others)
        say = speech(lang)
        attack, twin, family = (direct if rng.random() < 0.5 else carried)(rng, say)
        negative, kind = hard(rng, say, len(attack.text))
        yield {**attack.fields(), "label": 1, "lang": lang, "source": f"own/{family}"}
        yield {**twin.fields(), "label": 0, "lang": lang, "source": f"own/twin-of-{family}"}
        yield {"text": negative, "label": 0, "lang": lang, "source": f"own/hard-{kind}"}
