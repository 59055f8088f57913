"""What a run needs to go on: written beside and renamed, so that there is always a whole one."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

NAME = "checkpoint.pt"
FORMAT = 1


@dataclass(slots=True)
class Progress:
    """`seconds`: of training so far, of all runs together. The sampler's place is the step."""

    step: int = 0
    texts: int = 0
    seconds: float = 0.0


def save(folder: Path, settings: dict[str, Any], progress: Progress, model: Any, optimiser: Any) -> None:
    """Model, optimiser, place and generators."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{NAME}.new"
    with beside.open("wb") as file:
        torch.save(
            {
                "format": FORMAT,
                "settings": settings,
                "progress": (progress.step, progress.texts, progress.seconds),
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "random": torch.get_rng_state(),
                "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / NAME)


def read(folder: Path) -> dict[str, Any] | None:
    """None: there is none. Only tensors and plain values are read."""
    file = folder / NAME
    if not file.exists():
        return None
    found = torch.load(file, map_location="cpu", weights_only=True)
    if found.get("format") != FORMAT:
        raise SystemExit(f"{file}: was written by another version of this program; give another --out")
    return found


def begun_with(folder: Path) -> str:
    """What a run that begins with another's weights is told apart by: a digest of that one's checkpoint."""
    file = folder / NAME
    if not file.exists():
        raise SystemExit(f"{folder}: holds no {NAME}; --from names the --out of another run")
    with file.open("rb") as held:
        return f"sha256:{hashlib.file_digest(held, 'sha256').hexdigest()}"


def restore(found: dict[str, Any], model: Any, optimiser: Any) -> Progress:
    """Puts all back as it was."""
    model.load_state_dict(found["model"])
    optimiser.load_state_dict(found["optimiser"])
    torch.set_rng_state(found["random"])
    if found["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(found["random_cuda"])
    step, texts, seconds = found["progress"]
    return Progress(step, texts, seconds)
