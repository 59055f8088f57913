"""Reads labelled rows, for one head each, and holds a part of them back for choosing (dev). Reads train files only."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .heads import HARM
from .planted import ATTACK_CHARACTERS_MAX, find_planted
from .sets import FEEDS, OWN, Feed

Span = tuple[int, int, str]


@dataclass(slots=True)
class Row:
    """A text and what is known of it."""

    id: str
    source: str
    text: str
    prompt: str = ""
    lang: str = "en"
    targets: dict[str, int] = field(default_factory=dict)
    """attack, or categories of harm: 0 or 1. What is not there is not known."""
    spans: list[Span] | None = None
    """Code points, and the type as the set names it."""
    region: tuple[int, int] | None = None
    """Where an attack stands, in code points."""
    trust: float = 1.0


@dataclass(slots=True)
class Source:
    """Rows of one set for one head."""

    name: str
    share: float
    train: list[Row]
    dev: list[Row]


def read_jsonl(path: Path) -> Iterator[dict]:
    """Rows of a gzip file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def is_dev(key: str, percent: int) -> bool:
    """Held back: decided by the row's own key, so that it never changes."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100 < percent


def load(head: str, data: Path, *, seed: int, dev_percent: int, own: int) -> list[Source]:
    """All sources of a head. `own`: cases of the project's generators, 0: none."""
    sources = [_load_feed(feed, data, dev_percent) for feed in FEEDS if feed.head == head]
    if own > 0 and head in OWN:
        sources.extend(_load_own(head, seed, own, dev_percent))
    return [source for source in sources if source.train]


def _load_feed(feed: Feed, data: Path, dev_percent: int) -> Source:
    path = data / f"{feed.path}.train.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"{path}: is missing; --data names the folder that holds prompt_injection/, harm_request/ ...")
    raw = [row for row in read_jsonl(path) if feed.only is None or row.get("label") == feed.only]
    if feed.cap and len(raw) > feed.cap:
        preferred = [row for row in raw if any(label in feed.prefer for label in row.get("labels", ()))]
        chosen = {id(row) for row in preferred}
        rest = [row for row in raw if id(row) not in chosen]
        raw = [*_spread(preferred, feed.cap), *_spread(rest, max(0, feed.cap - len(preferred)))]
    rows = [row for row in (_row(each, feed) for each in raw) if row is not None]
    if feed.planted:
        find_planted(rows)
        rows = [row for row in rows if not _is_lost(row)]
    return _split(feed.path, feed.share, rows, dev_percent)


def _is_lost(row: Row) -> bool:
    """An attack somewhere in a long text: whatever window is cut may be one without it."""
    return row.targets.get("attack") == 1 and row.region is None and len(row.text) > ATTACK_CHARACTERS_MAX


def _spread(rows: list[dict], count: int) -> list[dict]:
    """So many of them, in the order of their ids' hashes."""
    return sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).digest())[:count]


def _row(raw: dict, feed: Feed) -> Row | None:
    text = raw.get(feed.field) or ""
    if not text.strip():
        return None
    return Row(
        id=raw["id"],
        source=feed.path,
        text=text,
        prompt=(raw.get("prompt") or "") if feed.head == "injection-pair" else "",
        lang=raw.get("lang", "en"),
        targets=_targets(feed.says, raw.get("label")),
        spans=_spans(raw) if feed.head == "names" else None,
        trust=feed.trust,
    )


def _spans(raw: dict) -> list[Span]:
    return [(span["start"], span["end"], span["type"]) for span in raw.get("spans") or ()]


def _targets(says: dict[str, object], label: object) -> dict[str, int]:
    targets: dict[str, int] = {}
    for name, said in says.items():
        if said == "label":
            targets[name] = int(bool(label))
        elif said == "clean":
            if not label:
                targets[name] = 0
        else:
            targets[name] = int(said)  # type: ignore[call-overload]
    return targets


def _load_own(head: str, seed: int, count: int, dev_percent: int) -> list[Source]:
    """One source a family, so that a large family does not drown a small one."""
    try:
        rows = own_rows(head, importlib.import_module("train.cases").generate(head, seed, count))
    except ModuleNotFoundError as error:
        print(f"no cases of our own for {head}: {error.name} is missing", file=sys.stderr)
        return []
    if head != "harm" and head != "names":
        find_planted(rows)
    by_family: dict[str, list[Row]] = {}
    for row in rows:
        by_family.setdefault(row.source, []).append(row)
    share = OWN[head] / max(1, len(by_family)) ** 0.5
    return [_split(family, share, found, dev_percent) for family, found in sorted(by_family.items())]


def own_rows(head: str, cases: Iterable[dict]) -> list[Row]:
    """Generated cases as rows. Of harm `labels` names what is there, or says 0 or 1 by category; `label` 0: all clean."""
    rows: list[Row] = []
    for number, raw in enumerate(cases):
        text = raw.get("context") or raw.get("text") or ""
        if not text.strip():
            continue
        row = Row(
            id=raw.get("id") or f"{head}-{number}",
            source=raw.get("source") or "own",
            text=text,
            prompt=(raw.get("prompt") or "") if head == "injection-pair" else "",
            lang=raw.get("lang", "en"),
            region=tuple(raw["region"]) if raw.get("region") else None,
        )
        if head == "names":
            row.spans = _spans(raw)
        elif head == "harm":
            row.targets = _harm_targets(raw)
        else:
            row.targets = {"attack": int(bool(raw.get("label")))}
        rows.append(row)
    return rows


def _harm_targets(raw: dict) -> dict[str, int]:
    labels = raw.get("labels")
    if isinstance(labels, dict):
        return {name: int(bool(labels[name])) for name in HARM if labels.get(name) is not None}
    if not raw.get("label"):
        # Labels of a clean row tell what it is clean of; none: of all.
        named = [name for name in HARM if name in (labels or ())]
        return dict.fromkeys(named or HARM, 0)
    named = [name for name in HARM if name in (labels or ())] or ["request"]
    return dict.fromkeys(named, 1)


def _split(name: str, share: float, rows: list[Row], dev_percent: int) -> Source:
    """By id; where attacks were found by the attack, so that none stands on both sides."""
    train: list[Row] = []
    dev: list[Row] = []
    for row in rows:
        key = row.text[row.region[0] : row.region[1]].strip() if row.region else row.id
        (dev if is_dev(key, dev_percent) else train).append(row)
    return Source(name, share, train, dev)
