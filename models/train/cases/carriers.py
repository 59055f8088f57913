"""Documents of many kinds that hold text from outside: mail, pages, code, tables, tool results.

A carrier is made without knowing what will stand in it. The same seed gives the same carrier, so an attack and its
harmless twin differ in one spot alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Callable

from . import slots
from .rows import Row
from .speech import Speech

LONG_SHARE = 0.1
"""Documents of some hundred words, in which a text is a needle."""

Wrap = Callable[[str], str]


@dataclass(frozen=True)
class Placed:
    """A text, and where in it (code points) what was put in stands; None: nowhere, or all of it."""

    text: str
    region: tuple[int, int] | None

    def after(self, lead: str) -> "Placed":
        """The same with a text before it."""
        region = self.region and (self.region[0] + len(lead), self.region[1] + len(lead))
        return Placed(lead + self.text, region)

    def fields(self) -> Row:
        """What a row tells of it."""
        return {"text": self.text} if self.region is None else {"text": self.text, "region": list(self.region)}


@dataclass(frozen=True)
class Carrier:
    """A document as lines. What is put in goes before the line `spots[n]`, in the dress that the document asks for."""

    kind: str
    lines: list[str]
    spots: list[int]
    wrap: Wrap

    def with_text(self, text: str, where: float) -> Placed:
        """The document with a text in it. `where` goes from 0 (first spot) to 1 (last)."""
        at = self.spots[min(len(self.spots) - 1, int(where * len(self.spots)))]
        before = "".join(f"{line}\n" for line in self.lines[:at])
        told = self.wrap(text)
        after = "".join(f"\n{line}" for line in self.lines[at:])
        return Placed(f"{before}{told}{after}", (len(before), len(before) + len(told)))

    def bare(self) -> Placed:
        """The document as it is."""
        return Placed("\n".join(self.lines), None)


def _plain(text: str) -> str:
    return text


def _each_line(mark: str) -> Wrap:
    return lambda text: "\n".join(mark + line for line in text.splitlines())


def _docs(rng: Random, say: Speech, low: int, high: int) -> list[str]:
    return [say.doc(rng) for _ in range(rng.randint(low, high))]


def _body(rng: Random, say: Speech, kind: str, head: list[str], tail: list[str], wrap: Wrap = _plain, low: int = 2, high: int = 6) -> Carrier:
    if rng.random() < LONG_SHARE:
        low, high = 10, 30
    body = _docs(rng, say, low, high)
    spots = list(range(len(head), len(head) + len(body) + 1))
    return Carrier(kind, [*head, *body, *tail], spots, wrap)


def mail(rng: Random, say: Speech) -> Carrier:
    head = [f"From: {slots.person(rng)} <{slots.SLOTS['email'](rng)}>", f"Subject: {say.say('title', rng)}"]
    if rng.random() < 0.5:
        head.insert(1, f"Date: {slots.date(rng)}")
    tail = [rng.choice(("--", "", "—")), slots.person(rng)]
    return _body(rng, say, "mail", [*head, ""], tail)


def page(rng: Random, say: Speech) -> Carrier:
    wrap: Wrap = rng.choice(
        (
            lambda text: f"<!-- {text} -->",
            lambda text: f'<p style="display:none">{text}</p>',
            lambda text: f'<span style="color:white;font-size:1px">{text}</span>',
            lambda text: f"<p>{text}</p>",
            lambda text: f'<div aria-hidden="true">{text}</div>',
            lambda text: f'<img src="a.png" alt="{text}">',
            lambda text: f'<meta name="description" content="{text}">',
        )
    )
    made = _body(rng, say, "page", ["<html><body>", f"<h1>{say.say('title', rng)}</h1>"], ["</body></html>"], wrap)
    lines = [f"<p>{line}</p>" if 2 <= n < len(made.lines) - 1 else line for n, line in enumerate(made.lines)]
    return Carrier("page", lines, made.spots, wrap)


def code(rng: Random, say: Speech) -> Carrier:
    name, number = slots.code_word(rng).lower().replace("-", "_"), slots.number(rng)
    mark, lines = rng.choice(
        (
            ("# ", [f"import {rng.choice(('os', 'csv', 'json'))}", "", f"def {name}(rows):", f"    total = {number}", "    for row in rows:", "        total += row", "    return total"]),
            ("// ", [f"export function {name}(a: number) {{", f"  const limit = {number};", "  if (a > limit) return limit;", "  return a;", "}"]),
            ("-- ", [f"CREATE TABLE {name} (id INT, city TEXT);", f"SELECT city FROM {name} WHERE id < {number};"]),
            ("# ", ["#!/bin/sh", "set -eu", f"for f in {name}/*.txt; do", f"  head -n {number} \"$f\"", "done"]),
            (" * ", ["/**", f" * {say.doc(rng)}", " */", f"int {name}(int a) {{ return a % {number}; }}"]),
        )
    )
    spots = [1, 2] if mark == " * " else [0, 1, len(lines)]
    if lines[0].startswith("#!"):
        spots = [1, 2, len(lines)]
    return Carrier("code", lines, spots, _each_line(mark))


def table(rng: Random, say: Speech) -> Carrier:
    sep = rng.choice((",", ";", "\t", " | "))
    rows = [sep.join((slots.number(rng), slots.person(rng), json.dumps(say.doc(rng), ensure_ascii=False))) for _ in range(rng.randint(2, 5))]
    number, who = slots.number(rng), slots.person(rng)
    head = sep.join(rng.choice((("id", "name", "note"), ("no", "customer", "comment"), ("row", "who", "text"))))
    return Carrier("table", [head, *rows], list(range(1, len(rows) + 2)), lambda text: sep.join((number, who, json.dumps(text, ensure_ascii=False))))


def calendar(rng: Random, say: Speech) -> Carrier:
    head = ["BEGIN:VEVENT", f"SUMMARY:{say.say('title', rng)}", f"DTSTART:20{rng.randint(20, 31)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}T{rng.randint(7, 19):02}0000"]
    return _body(rng, say, "calendar", [*head, "DESCRIPTION:"], [f"LOCATION:{slots.surname(rng)} {rng.randint(1, 90)}", "END:VEVENT"], low=1, high=3)


def review(rng: Random, say: Speech) -> Carrier:
    stars = rng.randint(1, 5)
    return _body(rng, say, "review", [f"{'★' * stars}{'☆' * (5 - stars)} {slots.person(rng)}, {slots.date(rng)}"], [], low=1, high=4)


def log(rng: Random, say: Speech) -> Carrier:
    def stamp() -> str:
        return f"{slots.date(rng)} {slots.clock(rng)} {rng.choice(('INFO', 'WARN', 'DEBUG', 'ERROR'))} {rng.choice(('api', 'db', 'mail', 'job'))}:"

    mine = stamp()
    lines = [f"{stamp()} {say.doc(rng)}" if rng.random() < 0.4 else f"{stamp()} {slots.code_word(rng)} {slots.number(rng)} ms" for _ in range(rng.randint(3, 7))]
    return Carrier("log", lines, list(range(1, len(lines) + 1)), lambda text: f"{mine} {text}")


def commit(rng: Random, say: Speech) -> Carrier:
    head = [f"commit {rng.getrandbits(80):020x}", f"Author: {slots.person(rng)}", f"Date: {slots.date(rng)}", ""]
    return _body(rng, say, "commit", head, [], _each_line("    "), 1, 3)


def tool_json(rng: Random, say: Speech) -> Carrier:
    items = [json.dumps({"title": say.say("title", rng), "text": say.doc(rng)}, ensure_ascii=False) + "," for _ in range(rng.randint(1, 4))]
    key = rng.choice(("snippet", "text", "body", "content", "description"))
    return Carrier("tool", ['{"results": [', *items, f'{{"page": {rng.randint(1, 9)}}}]}}'], list(range(1, len(items) + 2)), lambda text: json.dumps({key: text}, ensure_ascii=False) + ",")


def search(rng: Random, say: Speech) -> Carrier:
    lines = []
    for n in range(rng.randint(2, 5)):
        lines.append(f"[{n + 1}] {say.say('title', rng)} - {slots.url(rng)}: {say.doc(rng)}")
    number, where = rng.randint(6, 9), slots.url(rng)
    return Carrier("search", lines, list(range(len(lines) + 1)), lambda text: f"[{number}] {where}: {text}")


def markdown(rng: Random, say: Speech) -> Carrier:
    wrap: Wrap = rng.choice((_plain, _each_line("> "), _each_line("- "), lambda text: f"![{text}](a.png)", lambda text: f"[//]: # ({text})"))
    return _body(rng, say, "markdown", [f"# {say.say('title', rng)}", ""], ["", f"## {say.say('title', rng)}", say.doc(rng)], wrap)


def chat(rng: Random, say: Speech) -> Carrier:
    people = [slots.SLOTS["first"](rng) for _ in range(3)]
    lines = [f"{rng.choice(people)}: {say.doc(rng)}" for _ in range(rng.randint(3, 7))]
    who = rng.choice(people)
    return Carrier("chat", lines, list(range(len(lines) + 1)), lambda text: f"{who}: {text}")


def ticket(rng: Random, say: Speech) -> Carrier:
    head = [f"{slots.SLOTS['ticket'](rng)}: {say.say('title', rng)}", f"Reporter: {slots.person(rng)}", f"Priority: {rng.randint(1, 4)}", ""]
    return _body(rng, say, "ticket", head, [f"Assignee: {slots.SLOTS['first'](rng)}"])


def curriculum(rng: Random, say: Speech) -> Carrier:
    years = [f"{rng.randint(1995, 2012)}-{rng.randint(2013, 2025)}  {slots.org(rng)}" for _ in range(rng.randint(2, 4))]
    lines = [slots.person(rng), slots.SLOTS["email"](rng), "", *years, "", say.doc(rng)]
    return Carrier("cv", lines, [3, len(lines) - 1, len(lines)], _plain)


def invoice(rng: Random, say: Speech) -> Carrier:
    rows = [f"{rng.randint(1, 9)} x {say.say('title', rng)}  {slots.money(rng)}" for _ in range(rng.randint(2, 4))]
    lines = [f"{slots.org(rng)} No. {slots.number(rng)}", *rows, f"= {slots.money(rng)}", say.doc(rng)]
    return Carrier("invoice", lines, [1, len(lines) - 1, len(lines)], _plain)


def subtitles(rng: Random, say: Speech) -> Carrier:
    lines, start = [], rng.randint(3, 900)
    for n in range(rng.randint(3, 5)):
        lines.append(f"{n + 1}\n00:{start // 60:02}:{start % 60:02},000 --> 00:{(start + 3) // 60:02}:{(start + 3) % 60:02},500\n{say.doc(rng)}\n")
        start += rng.randint(4, 9)
    return Carrier("subtitles", lines, list(range(1, len(lines) + 1)), lambda text: f"00:{start // 60:02}:{start % 60:02},000\n{text}\n")


def paper(rng: Random, say: Speech) -> Carrier:
    lines = [say.say("title", rng).upper(), " ".join(_docs(rng, say, 2, 4)), " ".join(_docs(rng, say, 2, 4)), f"- {rng.randint(1, 40)} -", " ".join(_docs(rng, say, 1, 3))]
    return Carrier("paper", lines, [1, 2, 3, 4, 5], _plain)


def article(rng: Random, say: Speech) -> Carrier:
    made = _body(rng, say, "article", [], [], low=3, high=8)
    return made


def forum(rng: Random, say: Speech) -> Carrier:
    def post() -> str:
        return f"{slots.SLOTS['first'](rng)}{rng.randint(1, 99)} ({slots.date(rng)}):"

    mine = post()
    lines = [say.say("title", rng), *(f"{post()} {say.doc(rng)}" for _ in range(rng.randint(2, 5)))]
    return Carrier("forum", lines, list(range(1, len(lines) + 1)), lambda text: f"{mine} {text}")


def settings(rng: Random, say: Speech) -> Carrier:
    lines = [f"name: {slots.code_word(rng)}", f"version: {rng.randint(0, 9)}.{rng.randint(0, 20)}", f"description: {json.dumps(say.doc(rng), ensure_ascii=False)}", "jobs:", f"  - run: {slots.code_word(rng)}"]
    return Carrier("settings", lines, [0, 2, 5], rng.choice((_each_line("# "), lambda text: f"note: {json.dumps(text, ensure_ascii=False)}")))


CARRIERS: tuple[Callable[[Random, Speech], Carrier], ...] = (
    mail, mail, page, page, code, table, calendar, review, log, commit, tool_json, tool_json, search, markdown, chat, ticket,
    curriculum, invoice, subtitles, paper, article, article, forum, settings,
)  # fmt: skip
