"""What each head is taught by. Rows weigh as far as they are trusted."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .batches import Batch
from .encode import UNTOLD


def loss_of(head: str, answer: Tensor, target: Tensor, trust: Tensor) -> Tensor:
    """One number. `target` of the embedding: the start encoder's own vectors."""
    answer = answer.float()
    if head == "embedding":
        return 4 * (1 - F.cosine_similarity(answer, target.float())).mean()
    if head == "harm":
        known = (target >= 0).float() * trust[:, None]
        each = F.binary_cross_entropy_with_logits(answer, target.clamp(min=0), reduction="none")
        return (each * known).sum() / known.sum().clamp(min=1)
    if head == "names":
        each = F.cross_entropy(answer.transpose(1, 2), target, ignore_index=UNTOLD, reduction="none")
        known = (target != UNTOLD).float() * trust[:, None]
        return (each * known).sum() / known.sum().clamp(min=1)
    each = F.cross_entropy(answer, target, reduction="none")
    return (each * trust).sum() / trust.sum()


def as_tensors(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor]:
    """ids, types, mask, target, trust."""
    arrays = (batch.ids, batch.types, batch.mask, batch.target, batch.trust)
    ids, types, mask, target, trust = (
        None if array is None else torch.from_numpy(array).to(device, non_blocking=True) for array in arrays
    )
    return ids, types, mask, target, trust  # type: ignore[return-value]
