"""Phrase files and their expansion.

A phrase file holds rules; each line under a rule is one way to say it:

    == greeting
    [Hello|Good morning], {person}!

`[a|b|]` picks one, `{rule}` expands another rule, `{rule^}` begins it with a capital, `\\n` is a new line and a
backslash takes the meaning from `[ ] { } |`. What a line does not say is not there: expansion is a function of the
random generator alone.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Callable, Mapping, Union

DEPTH_MAX = 24

GIVEN = ("coded", "codename")
"""What only the caller of `expand` can fill."""

Slot = Callable[[Random], str]
Node = Union[str, "Choice", "Ref", "Sequence"]


class Choice:
    """One of several nodes."""

    __slots__ = ("options",)

    def __init__(self, options: list["Sequence"]) -> None:
        self.options = options


class Ref:
    """A rule or a slot by name."""

    __slots__ = ("name", "capital")

    def __init__(self, name: str, capital: bool) -> None:
        self.name = name
        self.capital = capital


class Sequence:
    """Nodes one after the other."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes


def parse_line(line: str) -> Sequence:
    """Read one alternative. Raises ValueError where brackets do not match."""
    node, end = _sequence(line, 0, top=True)
    if end != len(line):
        raise ValueError(f"unmatched bracket at {end}: {line}")
    return node


def _sequence(line: str, at: int, top: bool) -> tuple[Sequence, int]:
    nodes: list[Node] = []
    text: list[str] = []

    def flush() -> None:
        if text:
            nodes.append("".join(text))
            text.clear()

    while at < len(line):
        char = line[at]
        if char == "\\" and at + 1 < len(line):
            text.append("\n" if line[at + 1] == "n" else line[at + 1])
            at += 2
        elif char == "[":
            flush()
            options = []
            at += 1
            while True:
                option, at = _sequence(line, at, top=False)
                options.append(option)
                if at >= len(line):
                    raise ValueError(f"open bracket: {line}")
                at += 1
                if line[at - 1] == "]":
                    break
            nodes.append(Choice(options))
        elif char == "{":
            flush()
            end = line.index("}", at)
            name = line[at + 1 : end]
            nodes.append(Ref(name.rstrip("^"), name.endswith("^")))
            at = end + 1
        elif char in "|]" and not top:
            break
        else:
            text.append(char)
            at += 1
    flush()
    return Sequence(nodes), at


class Grammar:
    """The rules of some phrase files, and the slots they may name."""

    def __init__(self, paths: list[Path], slots: Mapping[str, Slot]) -> None:
        self.rules: dict[str, list[Sequence]] = {}
        self.slots = slots
        for path in paths:
            self._read(path)
        self._check()

    def _read(self, path: Path) -> None:
        name = ""
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            line = raw.rstrip()
            if line.startswith("== "):
                name = line[3:].strip()
                self.rules.setdefault(name, [])
            elif line and name:
                # Lines before the first rule are remarks.
                try:
                    self.rules[name].append(parse_line(line))
                except ValueError as cause:
                    raise ValueError(f"{path.name}:{number}: {cause}") from None

    def _check(self) -> None:
        """Every reference has a rule or a slot, so that a misspelling is found at load."""

        def walk(node: Node, rule: str) -> None:
            if isinstance(node, Sequence):
                for child in node.nodes:
                    walk(child, rule)
            elif isinstance(node, Choice):
                for child in node.options:
                    walk(child, rule)
            elif isinstance(node, Ref) and node.name not in self.rules and node.name not in (*self.slots, *GIVEN):
                raise ValueError(f"{rule} names {node.name}, which is nowhere")

        for rule, lines in self.rules.items():
            if not lines:
                raise ValueError(f"{rule} is empty")
            for line in lines:
                walk(line, rule)

    def names(self, prefix: str) -> list[str]:
        """The rules whose name begins with a prefix, sorted."""
        return sorted(name for name in self.rules if name.startswith(prefix))

    def expand(self, rule: str, rng: Random, given: Mapping[str, str] | None = None) -> str:
        """One text of a rule. `given` fills slots for this text only."""
        return self._node(Ref(rule, False), rng, given or {}, 0)

    def _node(self, node: Node, rng: Random, given: Mapping[str, str], depth: int) -> str:
        if depth > DEPTH_MAX:
            raise ValueError("rules name each other without end")
        if isinstance(node, str):
            return node
        if isinstance(node, Sequence):
            return "".join(self._node(child, rng, given, depth + 1) for child in node.nodes)
        if isinstance(node, Choice):
            return self._node(rng.choice(node.options), rng, given, depth + 1)
        if node.name in given:
            text = given[node.name]
        elif node.name in self.rules:
            text = self._node(rng.choice(self.rules[node.name]), rng, given, depth + 1)
        else:
            text = self.slots[node.name](rng)
        return text[:1].upper() + text[1:] if node.capital else text
