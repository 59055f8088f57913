"""Ways to disguise a text. Each keeps the meaning for a reader who knows the trick; none of them says what the text is."""

from __future__ import annotations

import base64
import codecs
from random import Random
from typing import Callable

Disguise = Callable[[str, Random], str]

_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"}
_LOOKALIKE = {"a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у", "i": "і", "A": "А", "E": "Е", "O": "О", "I": "І"}
_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad")


def _some(text: str, rng: Random, share: float, change: Callable[[str], str]) -> str:
    return "".join(change(char) if rng.random() < share else char for char in text)


def leet(text: str, rng: Random) -> str:
    """Digits for some letters."""
    return _some(text, rng, rng.uniform(0.3, 0.9), lambda char: _LEET.get(char.lower(), char))


def lookalike(text: str, rng: Random) -> str:
    """Cyrillic letters that look Latin."""
    return _some(text, rng, rng.uniform(0.15, 0.7), lambda char: _LOOKALIKE.get(char, char))


def invisible(text: str, rng: Random) -> str:
    """Characters of no width between letters."""
    mark = rng.choice(_INVISIBLE)
    return _some(text, rng, rng.uniform(0.1, 0.6), lambda char: char + mark)


def spaced(text: str, rng: Random) -> str:
    """A space, dot or dash between letters."""
    gap = rng.choice((" ", ".", "-", "_", "*"))
    return ("   " if gap == " " else " ").join(gap.join(word) for word in text.split())


def mixed_case(text: str, rng: Random) -> str:
    """Capitals at random."""
    return _some(text, rng, 0.5, str.swapcase)


def capitals(text: str, _rng: Random) -> str:
    """Capitals throughout."""
    return text.upper()


def typos(text: str, rng: Random) -> str:
    """Letters swapped, doubled or left out."""
    chars = list(text)
    for _ in range(max(1, len(chars) // 18)):
        at = rng.randrange(len(chars))
        if not chars[at].isalpha():
            continue
        kind = rng.random()
        if kind < 0.4 and at + 1 < len(chars):
            chars[at], chars[at + 1] = chars[at + 1], chars[at]
        elif kind < 0.7:
            chars[at] += chars[at]
        else:
            chars[at] = ""
    return "".join(chars)


def broken_lines(text: str, rng: Random) -> str:
    """Lines that end anywhere."""
    return "".join("\n" if char == " " and rng.random() < 0.25 else char for char in text)


def reversed_text(text: str, _rng: Random) -> str:
    """Last letter first."""
    return text[::-1]


def _bytes_as(encode: Callable[[bytes], str]) -> Disguise:
    return lambda text, _rng: encode(text.encode())


READABLE: dict[str, Disguise] = {
    "leet": leet,
    "lookalike": lookalike,
    "invisible": invisible,
    "spaced": spaced,
    "mixed-case": mixed_case,
    "capitals": capitals,
    "typos": typos,
    "broken-lines": broken_lines,
}
"""What a reader still reads: the disguised text means what the plain one means."""

CODED: dict[str, tuple[str, Disguise]] = {
    "base64": ("base64", _bytes_as(lambda raw: base64.b64encode(raw).decode())),
    "hex": ("hex", _bytes_as(bytes.hex)),
    "rot13": ("rot13", lambda text, _rng: codecs.encode(text, "rot13")),
    "reversed": ("reversed letters", reversed_text),
    "base32": ("base32", _bytes_as(lambda raw: base64.b32encode(raw).decode())),
    "url": ("percent coding", _bytes_as(lambda raw: "".join(f"%{byte:02X}" for byte in raw))),
    "binary": ("bits", _bytes_as(lambda raw: " ".join(f"{byte:08b}" for byte in raw[:40]))),
    "morse-like": ("letter numbers", _bytes_as(lambda raw: "-".join(str(byte) for byte in raw))),
}
"""What must be decoded first, with its name: alone these say nothing, so a label comes from the words around them."""
