"""Cases for attacks relative to a task: `prompt` is what the user asked, `text` the document or tool result.

Invariant: what makes an attack is that the document gives the assistant work that the task did not ask for. The same
document is harmless without that spot, with words for its own reader there, or under a task that asks for it.
"""

from __future__ import annotations

from random import Random
from typing import Iterator

from .carriers import CARRIERS
from .injection import attack_of, disguise, grow, nearest
from .rows import Row
from .speech import Speech, languages, speech

ENGLISH_SHARE = 0.7
PLAIN_SHARE = 0.65
"""Attacks without any trigger words: questions and orders off the task."""

ONE_LINE = ("table", "tool", "search", "log", "forum")


def planted(rng: Random, say: Speech) -> tuple[str, str]:
    """What an attacker puts into a document, and its family."""
    if rng.random() < PLAIN_SHARE:
        if say.lang != "en":
            return say.ask(rng), "off-task"
        text = say.say("off", rng)
        if rng.random() < 0.2:
            text = f"{text} {say.say('off', rng)}"
        lead = rng.choice(("", "", "", "Also, ", "And ", "Please: ", "By the way, ", "One more thing: ", "P.S. "))
        return (lead + text[:1].lower() + text[1:] if lead else text), "off-task"
    if rng.random() < 0.5:
        return say.say("attack.indirect", rng), "indirect"
    return attack_of(rng, say)


def rows(rng: Random) -> Iterator[Row]:
    """Documents with and without an attack, without end; each attack is followed by its harmless twins."""
    others = languages()[1:]
    english = speech("en")
    while True:
        say = english if rng.random() < ENGLISH_SHARE or not others else speech(rng.choice(others))
        task = english.say("task", rng)
        attack, family = planted(rng, say)
        carrier = rng.choice(CARRIERS)(rng, say)
        mask = disguise(rng, say.lang)
        where = rng.choice((0.0, 0.999, rng.random()))

        def row(prompt: str, spot: str | None, label: int, kind: str) -> Row:
            if spot is not None and carrier.kind in ONE_LINE:
                spot = spot.replace("\n", " ")
            placed = carrier.bare() if spot is None else carrier.with_text(mask(spot), where)
            return {"prompt": prompt, **placed.fields(), "label": label, "lang": say.lang, "source": f"own/{kind}"}

        yield row(task, attack, 1, family)
        yield row(task, *benign_spot(rng, say, attack), f"pair-twin-of-{family}")
        if family == "off-task":
            # The same document twice more: what a task asks for, or what is only told, is no attack.
            if say.lang == "en" or rng.random() < 0.3:
                yield row(english.say("task.follow", rng), attack, 0, "asked-for")
            if say.lang == "en":
                yield row(task, say.say("faq", rng), 0, "told")
                yield row(english.say("task", rng), planted(rng, say)[0], 1, "off-task")


def benign_spot(rng: Random, say: Speech, attack: str) -> tuple[str | None, int]:
    """What stands at the spot of the attack in a harmless document of about the same length, and label 0."""
    if rng.random() < 0.1:
        return None, 0
    rule = "harmless" if rng.random() < 0.6 else "doc"
    text = nearest(lambda: say.say(rule, rng), len(attack))
    return grow(text, lambda: say.say(rng.choice(("harmless", "doc")), rng), len(attack), rng), 0
