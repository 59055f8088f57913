"""What the models answer: each head, its labels and the categories that policies see. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """One answer of a model. `task` and `labels` are those of sallyport-model.yaml."""

    name: str
    task: str
    labels: tuple[tuple[str, str | None], ...]
    """Label and its category; None is fine."""
    share: float
    """Of the batches of the model `guard`."""

    @property
    def output(self) -> str:
        """The name of the ONNX output."""
        return self.name.replace("-", "_")


_attack = (("SAFE", None), ("INJECTION", "prompt-injection"))

HEADS: dict[str, Head] = {
    head.name: head
    for head in (
        Head("injection", "sequence", _attack, 0.36),
        Head("injection-pair", "pair", _attack, 0.12),
        Head("harm", "multi-label", (("REQUEST", "request"), ("TOXICITY", "toxicity"), ("SEXISM", "sexism")), 0.28),
        Head(
            "names",
            "token",
            (("O", None),)
            + tuple((f"{tag}-{kind.upper()}", kind) for kind in ("person", "place", "organisation") for tag in "BI"),
            0.2,
        ),
        Head("embedding", "embedding", (), 0.04),
    )
}

MODELS: dict[str, tuple[str, ...]] = {
    "guard": ("injection", "injection-pair", "harm", "names", "embedding"),
    "injection": ("injection", "injection-pair"),
    "harm": ("harm",),
    "names": ("names",),
}
"""Which heads stand on one encoder. All but `guard` are there to be compared with it."""

HARM = tuple(category for _, category in HEADS["harm"].labels if category)
NAMES = ("person", "place", "organisation")
