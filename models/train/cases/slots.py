"""What phrase files take from no list: made-up names, numbers, days, addresses. All of it comes from the generator given."""

from __future__ import annotations

from random import Random

from .grammar import Slot

_HEADS = (
    "Al An Ar Be Bo Bra Ca Ce Cor Da De Do El En Fa Fe Ga Gre Ha Hel Il In Ja Jo Ka Ke Kor La Le Lu Ma Mi Mo Na Ne No Ol Or Pa Pe "
    "Ra Re Ro Sa Se So Ta Te To Ul Va Ve Vi Wa Wi Ya Yo Za Ze"
).split()
_MIDDLES = "la ri na do mi ve ra lo ni ta le ma ro si da li ne vo ba ka lan ren tor min del ber ".split() + [""] * 14
_TAILS = "n s r a o e th ck nd ll rd sen ski man ton berg well field ova ez ini aki ura wala ian ko nen".split()
_FIRST = (
    "Anna Ben Carla David Elif Farid Grace Hiro Ines Jonas Kofi Lena Marek Nadia Omar Paula Quentin Rosa Samir Tess Uma Viktor "
    "Wanda Xin Yara Zoe Ahmed Bruno Chloe Diego Erik Fatima Goran Hannah Ivan Julia Kwame Luca Mina Noah Olga Priya Ravi Sofia "
    "Tom Ursula Vera Wei Yusuf Zara Amara Boris Chen Daria Emeka Felix Gita Hugo Ida Jin Kalani Leon Mara Nils"
).split()
_ORG_TAILS = "Labs|Group|Foods|Logistics|Systems|Partners|Bank|Clinic|Studios|Motors|Energy|Books|Travel|Insurance|Hotels|Tools".split("|")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TLDS = "example.com example.org example.net test.example shop.example mail.example news.example".split()


def surname(rng: Random) -> str:
    """A made-up family name."""
    return rng.choice(_HEADS) + rng.choice(_MIDDLES) + rng.choice(_TAILS)


def person(rng: Random) -> str:
    """A first name, often with a made-up family name."""
    first = rng.choice(_FIRST)
    return first if rng.random() < 0.35 else f"{first} {surname(rng)}"


def org(rng: Random) -> str:
    """A made-up company."""
    return f"{surname(rng)} {rng.choice(_ORG_TAILS)}"


def host(rng: Random) -> str:
    """A host under the reserved example domains."""
    return f"{surname(rng).lower()}.{rng.choice(_TLDS)}"


def url(rng: Random) -> str:
    """An address under the reserved example domains."""
    return f"https://{host(rng)}/{rng.choice('a c log in save p img collect notes x hook page docs item'.split())}"


def number(rng: Random) -> str:
    """A number of one to four digits."""
    return str(rng.choice((rng.randint(2, 12), rng.randint(10, 99), rng.randint(100, 9999))))


def money(rng: Random) -> str:
    """A sum with a currency."""
    amount = rng.choice((f"{rng.randint(3, 99)}", f"{rng.randint(100, 999)}", f"{rng.randint(1, 99)},{rng.randint(100, 999)}"))
    return rng.choice(("${}", "€{}", "£{}", "{} euros", "{} dollars", "{} USD", "{} EUR")).format(amount)


def date(rng: Random) -> str:
    """A day, in one of several spellings."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1998, 2031)
    return rng.choice(
        (f"{day} {_MONTHS[month - 1]}", f"{_MONTHS[month - 1]} {day}, {year}", f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}")
    )


def clock(rng: Random) -> str:
    """A time of day."""
    return f"{rng.randint(6, 21)}:{rng.choice(('00', '15', '30', '45', '05', '50'))}"


def code_word(rng: Random) -> str:
    """A short made-up word, in capitals or not."""
    word = "".join(rng.choice("bcdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 3)))
    return rng.choice((word, word.upper(), f"{word}-{rng.randint(2, 99)}"))


SLOTS: dict[str, Slot] = {
    "person": person,
    "first": lambda rng: rng.choice(_FIRST),
    "surname": surname,
    "org": org,
    "host": host,
    "url": url,
    "email": lambda rng: f"{rng.choice(_FIRST).lower()}.{surname(rng).lower()}@{rng.choice(_TLDS)}",
    "num": number,
    "small": lambda rng: str(rng.randint(2, 12)),
    "money": money,
    "date": date,
    "day": lambda rng: rng.choice(_DAYS),
    "month": lambda rng: rng.choice(_MONTHS),
    "year": lambda rng: str(rng.randint(1871, 2031)),
    "time": clock,
    "codeword": code_word,
    "percent": lambda rng: f"{rng.randint(1, 99)} %" if rng.random() < 0.3 else f"{rng.randint(1, 99)}%",
    "hex": lambda rng: f"{rng.getrandbits(28):07x}",
    "ticket": lambda rng: f"{rng.choice(('OPS', 'BUG', 'REQ', 'HR', 'WEB'))}-{rng.randint(10, 9999)}",
}
