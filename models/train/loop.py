"""The training itself: from start weights or a checkpoint to the end of its budget."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from . import checkpoint
from .batches import Batches
from .bert import Bert, Guard, Shape, mean, read_start
from .checkpoint import Progress
from .losses import as_tensors, loss_of

SAVE_EVERY_SECONDS = 60.0
SHOW_EVERY_SECONDS = 0.5
SHOW_EVERY_SECONDS_WITHOUT_TERMINAL = 30.0
WARM_UP_SHARE = 0.04
LEAST_RATE_SHARE = 0.02
GRADIENT_NORM_MAX = 1.0
KEPT_EVERY = 4
"""Of the rows of other heads, every so many are held near to the start encoder as well: in batches of its own alone the embedding
drifts away in between."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The end of the run, and where on the way to it a step is. One of both is set."""

    steps: int | None
    minutes: float | None

    def share(self, progress: Progress) -> float:
        done = progress.step / self.steps if self.steps else progress.seconds / (60 * (self.minutes or 1))
        return min(1.0, done)


@dataclass(frozen=True, slots=True)
class Rates:
    """`encoder` for the start weights, `heads` for what begins at random."""

    encoder: float
    heads: float
    decay: float = 0.01


def build(heads: tuple[str, ...], start: Path, *, dropout: float, freeze_layers: int, freeze_words: bool) -> Guard:
    """With start weights. What is frozen gets no gradient, so it costs none."""
    model = Guard(Shape.read(start), heads, dropout)
    read_start(model.bert, start)
    if freeze_words:
        model.bert.words.requires_grad_(False)
        model.bert.positions.requires_grad_(False)
    if freeze_layers > 0:
        # Pairs need the types; they are learnt only where nothing below the frozen layers would have to be.
        model.bert.types.requires_grad_(False)
        model.bert.norm.requires_grad_(False)
    for layer in list(model.bert.layers)[:freeze_layers]:
        layer.requires_grad_(False)
    return model


def optimiser_of(model: Guard, rates: Rates) -> torch.optim.Optimizer:
    """No decay of biases and norms."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = rates.encoder if name.startswith("bert.") else rates.heads
        decay = rates.decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": found, "lr": rate, "initial_lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()],
        betas=(0.9, 0.98),
        fused=True,
    )


def rate_share(done: float) -> float:
    """Up, and then down along a cosine. `done`: 0 to 1 of the budget."""
    if done < WARM_UP_SHARE:
        return max(0.02, done / WARM_UP_SHARE)
    along = (done - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)
    return LEAST_RATE_SHARE + (1 - LEAST_RATE_SHARE) * (1 + math.cos(math.pi * along)) / 2


class Training:
    """One run. `look` is called every `look_every` seconds of training, and its words are printed."""

    def __init__(
        self, model: Guard, batches: Batches, *, start: Path, out: Path, budget: Budget, rates: Rates,
        settings: dict[str, Any], device: torch.device,
    ) -> None:  # fmt: skip
        self.model = model.to(device)
        self.batches = batches
        self.out = out
        self.budget = budget
        self.settings = settings
        self.device = device
        self.optimiser = optimiser_of(model, rates)
        self.progress = Progress()
        self.losses: dict[str, float] = {}
        self.teacher: Bert | None = None
        if "embedding" in model.heads:
            self.teacher = Bert(model.bert.shape)
            read_start(self.teacher, start)
            self.teacher.requires_grad_(False).to(device).eval()

    def resume(self) -> bool:
        """Goes on where a run with the same settings ended."""
        found = checkpoint.read(self.out)
        if found is None:
            return False
        different = sorted(name for name, value in self.settings.items() if found["settings"].get(name) != value)
        if different:
            more = f" and {len(different) - 3} more" if len(different) > 3 else ""
            raise SystemExit(
                f"{self.out}: a run with other settings began there ({', '.join(different[:3])}{more}); "
                "give them again, another --out, or --fresh"
            )
        self.progress = checkpoint.restore(found, self.model, self.optimiser)
        return True

    def begin_with(self, folder: Path) -> int:
        """Takes the weights of another run of the same heads, nothing else of it. Returns its steps."""
        found = checkpoint.read(folder)
        if found is None or found["settings"]["name"] != self.settings["name"]:
            raise SystemExit(f"{folder}: holds no run of {self.settings['name']}; --from names the --out of one")
        self.model.load_state_dict(found["model"])
        return int(found["progress"][0])

    def save(self) -> None:
        checkpoint.save(self.out, self.settings, self.progress, self.model, self.optimiser)

    def run(self, look: Callable[[], str], look_every: float) -> None:
        """To the end of the budget, or of the step in which the program is asked to end: then it is saved, and does end."""
        self.model.train()
        asked: list[int] = []
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda number, _: asked.append(number))
        bar = Bar()
        saved = looked = self.progress.seconds
        while (done := self.budget.share(self.progress)) < 1:
            began = time.monotonic()
            rows = self._step(rate_share(done))
            self.progress.step += 1
            self.progress.texts += rows
            self.progress.seconds += time.monotonic() - began
            bar.show(self.progress, self.budget, self.losses)
            if asked:
                self.save()
                print(f"\nsaved at step {self.progress.step}; the same command goes on", file=sys.stderr)
                raise SystemExit(128 + asked[0])
            if self.progress.seconds - saved > SAVE_EVERY_SECONDS:
                self.save()
                saved = self.progress.seconds
            if self.progress.seconds - looked > look_every:
                self.save()
                bar.say(look())
                looked = self.progress.seconds
        self.save()
        for each, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            signal.signal(each, handler)
        bar.end()

    def _step(self, share: float) -> int:
        batch = self.batches.at(self.progress.step)
        for group in self.optimiser.param_groups:
            group["lr"] = group["initial_lr"] * share
        ids, types, mask, target, trust = as_tensors(batch, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            tokens = self.model.bert(ids, types, mask)
            if batch.head == "embedding":
                loss = self._away(ids, types, mask, tokens)
            else:
                answer = self.model.answer(batch.head, tokens, mask)
                loss = loss_of(batch.head, answer, target, trust)  # type: ignore[arg-type]
                if self.teacher is not None and batch.head != "injection-pair":
                    some = slice(self.progress.step % KEPT_EVERY, None, KEPT_EVERY)
                    kept = self._away(ids[some], types[some], mask[some], tokens[some])
                    self._note("kept", kept)
                    loss = loss + kept
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_((p for p in self.model.parameters() if p.grad is not None), GRADIENT_NORM_MAX)
        self.optimiser.step()
        value = float(loss.detach())
        if not math.isfinite(value):
            raise SystemExit(f"step {self.progress.step}: the loss of {batch.head} is no number; lower --rate")
        self._note(batch.head, loss)
        return len(batch.ids)

    def _away(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """How far the embedding is from the start encoder's."""
        with torch.no_grad():
            wanted = mean(self.teacher(ids, types, mask), mask)  # type: ignore[misc]
        return loss_of("embedding", self.model.answer("embedding", tokens, mask), wanted, wanted)

    def _note(self, name: str, loss: torch.Tensor) -> None:
        value = float(loss.detach())
        self.losses[name] = 0.95 * self.losses.get(name, value) + 0.05 * value


class Bar:
    """How far a run is: on a terminal one line that changes, else a line now and then."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self.every = SHOW_EVERY_SECONDS if self.is_terminal else SHOW_EVERY_SECONDS_WITHOUT_TERMINAL
        self.shown = 0.0
        self.first: tuple[float, int, float] | None = None

    def show(self, progress: Progress, budget: Budget, losses: dict[str, float]) -> None:
        now = time.monotonic()
        done = budget.share(progress)
        if self.first is None:
            self.first = (progress.seconds, progress.texts, done)
        if now - self.shown < self.every:
            return
        self.shown = now
        seconds, texts = progress.seconds - self.first[0], progress.texts - self.first[1]
        rate = texts / seconds if seconds > 0 else 0.0
        ahead = (1 - done) * seconds / (done - self.first[2]) if done > self.first[2] else 0.0
        filled = int(24 * done)
        told = " ".join(f"{head} {loss:.3f}" for head, loss in sorted(losses.items()))
        line = (
            f"[{'#' * filled}{'.' * (24 - filled)}] {100 * done:5.1f}% step {progress.step} "
            f"{rate:.1f} texts/s, {ahead / 60:.1f} min left | {told}"
        )
        print(f"\r\x1b[K{line}" if self.is_terminal else line, end="" if self.is_terminal else "\n", file=sys.stderr, flush=True)

    def say(self, words: str) -> None:
        print(f"\r\x1b[K{words}" if self.is_terminal else words, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.is_terminal:
            print(file=sys.stderr)
