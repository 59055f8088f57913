"""Small changes that no label may hang on. A pure function of text and generator.

The vocabulary knows no case and no runs of white space, so neither is varied. Nothing is encoded here (base64 and the like): what
is encoded is no label by itself.
"""

from __future__ import annotations

from random import Random

LOOK_ALIKES = str.maketrans("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ")
LEET = str.maketrans("aeiost", "431057")
ZERO_WIDTH = "\u200b"


def augment(text: str, rng: Random) -> str:
    """Four texts of five stay as they are."""
    roll = rng.random()
    if roll >= 0.2:
        return text
    if roll < 0.06:
        return text.rstrip().rstrip(".!?") if rng.random() < 0.5 else _without_punctuation(text)
    if roll < 0.10:
        return _some_words(text, rng, 0.1, lambda word: _swapped(word, rng))
    if roll < 0.13:
        return _some_words(text, rng, 0.3, lambda word: word.translate(LOOK_ALIKES))
    if roll < 0.155:
        return _some_words(text, rng, 0.3, lambda word: word.translate(LEET))
    if roll < 0.18:
        return _some_words(text, rng, 0.3, lambda word: " ".join(word) if word.isalpha() else word)
    return _some_words(text, rng, 0.3, lambda word: ZERO_WIDTH.join(word) if len(word) > 3 else word)


def _without_punctuation(text: str) -> str:
    return "".join(each for each in text if each not in ".,;:!?\"'")


def _swapped(word: str, rng: Random) -> str:
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _some_words(text: str, rng: Random, share: float, change) -> str:  # noqa: ANN001 - a word to a word
    lines = text.split("\n")
    return "\n".join(
        " ".join(change(word) if rng.random() < share else word for word in line.split(" ")) for line in lines
    )
