"""A trained model as a bundle of Sallyport: model.onnx, tokenizer.json, config.json and sallyport-model.yaml, written to a folder
and checked there against the model that was trained.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from .bert import Guard
from .calibrate import platt, sigmoid, temperature
from .encode import plain_tokenizer_json
from .graph import Ranges, build_graph
from .heads import HARM, HEADS, NAMES
from .judge import Judged
from .metrics import equal_weights, threshold_at, worst_threshold

RATES = {"fpr-0.1%": 0.001, "fpr-1%": 0.01, "fpr-5%": 0.05}
SHIPPED = "fpr-1%"
WORST_RATE = 0.03
"""A head's own threshold is the one of `SHIPPED`, raised to where no source has more false positives than this."""
NAMES_THRESHOLD = 0.5
POOLINGS = {"names": "mean", "injection-pair": "min"}
"""Of a pair whose task is cut: an order is an attack only if no part of the task asks for it."""
FILE_BYTES_MAX = 50 * 1024 * 1024
SHIPPED_MODEL = "guard"
DRIFT_MAX = {"fp32": 1e-3, "fp16": 5e-2}
"""How far a number of the ONNX model may be from the trained one. 8 bits are judged by figures, not by this."""

HeadFacts = dict[str, object]


def calibrated(model: Guard, judged: dict[str, Judged]) -> dict[str, HeadFacts]:
    """Calibration and thresholds of each head. Of harm the lines go into the weights of its last layer, one a category, so that
    its categories can share a threshold."""
    facts: dict[str, HeadFacts] = {}
    for name, found in judged.items():
        if name == "names":
            facts[name] = _names_facts(found)
        elif name == "harm":
            facts[name] = _harm_facts(model, found)
        else:
            logits, labels = found.logits[:, 0], found.labels[:, 0]
            scale, offset = platt(logits, labels)
            scores = sigmoid(scale * logits + offset)
            clean = labels == 0
            facts[name] = {
                "calibration": {"scale": _round(scale), "offset": _round(offset)},
                **_thresholds(scores[clean], [source for source, kept in zip(found.sources, clean, strict=True) if kept]),
            }
    return facts


def _harm_facts(model: Guard, found: Judged) -> HeadFacts:
    out = model.heads["harm"].out
    lines = [platt(*_known(found, at)) for at in range(len(HARM))]
    with torch.no_grad():
        scale = torch.tensor([line[0] for line in lines], device=out.weight.device)
        offset = torch.tensor([line[1] for line in lines], device=out.weight.device)
        out.weight.mul_(scale[:, None])
        out.bias.mul_(scale).add_(offset)
    scores = np.stack([sigmoid(found.logits[:, at] * scale + offset) for at, (scale, offset) in enumerate(lines)], 1)
    clean = (found.labels == 0).all(1)
    sources = [source for source, kept in zip(found.sources, clean, strict=True) if kept]
    of_each: dict[str, object] = {}
    for at, category in enumerate(HARM):
        rows = found.labels[:, at] == 0
        of_each[category] = _thresholds(
            scores[rows, at], [source for source, kept in zip(found.sources, rows, strict=True) if kept]
        )
    return {**_thresholds(scores[clean].max(1), sources), "lines": lines, "categories": of_each}


def _known(found: Judged, at: int) -> tuple[np.ndarray, np.ndarray]:
    rows = found.labels[:, at] >= 0
    return found.logits[rows, at], found.labels[rows, at]


def _names_facts(found: Judged) -> HeadFacts:
    heat = temperature(found.logits, found.labels)
    scaled = found.logits / heat
    powers = np.exp(scaled - scaled.max(1, keepdims=True))
    shares = powers / powers.sum(1, keepdims=True)
    by_kind = np.stack([shares[:, 1 + 2 * at] + shares[:, 2 + 2 * at] for at in range(len(NAMES))], 1).max(1)
    highest = np.zeros(len(found.sources))
    np.maximum.at(highest, found.row_of, by_kind)
    has_name = np.zeros(len(found.sources), bool)
    np.logical_or.at(has_name, found.row_of, found.labels > 0)
    clean = ~has_name
    sources = [source for source, kept in zip(found.sources, clean, strict=True) if kept]
    told = _thresholds(highest[clean], sources)
    return {"calibration": {"temperature": _round(heat)}, **told, "threshold": NAMES_THRESHOLD}


def _thresholds(scores: np.ndarray, sources: list[str]) -> HeadFacts:
    """Of clean rows, each source weighing the same."""
    if len(scores) == 0:
        return {"threshold": 0.5, "thresholds": {}, "clean rows": 0}
    # The project's own cases count as one source, however many families they have.
    sources = ["own" if source.startswith("own/") else source for source in sources]
    weights = equal_weights(sources)
    found = {name: min(1.0, _up(threshold_at(scores, weights, rate))) for name, rate in RATES.items()}
    worst = min(1.0, _up(worst_threshold(scores, sources, WORST_RATE)))
    return {"threshold": max(found[SHIPPED], worst), "thresholds": found, "clean rows": len(scores)}


def _up(value: float) -> float:
    """Rounded up: never more false positives than told."""
    return float(np.ceil(value * 1e6) / 1e6)


def _round(value: float) -> float:
    return float(f"{value:.6g}")


@torch.no_grad()
def ranges_of(model: Guard, batches: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> Ranges:
    """What flows into each product of the encoder: for the form `qdq`. The widest hundredth of a percent is cut off."""
    seen: dict[str, list[tuple[float, float]]] = {}
    hooks = []
    for name, module in model.bert.named_modules(prefix="bert"):
        if isinstance(module, torch.nn.Linear):

            def hook(_: object, inputs: tuple[torch.Tensor, ...], name: str = name) -> None:
                values = inputs[0].detach().float().flatten().cpu().numpy()
                low, high = np.quantile(values, (1e-5, 1 - 1e-5))
                seen.setdefault(name, []).append((float(low), float(high)))

            hooks.append(module.register_forward_pre_hook(hook))
    model.eval()
    for ids, types, mask in batches:
        model.bert(ids, types, mask)
    for each in hooks:
        each.remove()
    return {name: (min(low for low, _ in found), max(high for _, high in found)) for name, found in seen.items()}


def write_bundle(
    folder: Path, model: Guard, facts: dict[str, HeadFacts], *, name: str, start: Path, form: str, window: int, ranges: Ranges | None,
) -> int:  # fmt: skip
    """Returns the bytes of the model file."""
    folder.mkdir(parents=True, exist_ok=True)
    data = build_graph(model, form, ranges).SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(data)
    (folder / "tokenizer.json").write_text(plain_tokenizer_json(start), "utf-8")
    shape = model.bert.shape
    config = {
        "architectures": ["SallyportGuard"],
        "model_type": "bert",
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "pad_token_id": 0,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    (folder / "sallyport-model.yaml").write_text(manifest(_bundle_name(name), tuple(model.heads), facts, window), "utf-8")
    return len(data)


def _bundle_name(model: str) -> str:
    """A detector of Sallyport is called `injection`, another `harm`: no bundle may have such a name."""
    return model if model == SHIPPED_MODEL else f"{model}-only"


def manifest(name: str, heads: tuple[str, ...], facts: dict[str, HeadFacts], window: int) -> str:
    """sallyport-model.yaml. JSON's flow form is YAML, and quotes what has to be."""
    lines = [
        "kind: Model",
        "version: 1",
        f"name: {name}",
        "licence: Apache-2.0",
        f"window: {window}",
        f"stride: {window * 3 // 4}",
        "heads:",
    ]
    for each in heads:
        head = HEADS[each]
        told = facts.get(each, {})
        lines += [f"  {each}:", f"    output: {head.output}", f"    task: {head.task}"]
        if head.labels:
            lines.append(f"    labels: {json.dumps(dict(head.labels))}")
        if "calibration" in told:
            lines.append(f"    calibration: {json.dumps(told['calibration'])}")
        lines += _threshold_lines(told)
        if each in POOLINGS:
            lines.append(f"    pooling: {POOLINGS[each]}")
        lines += _category_lines(told)
    return "\n".join(lines) + "\n"


def _threshold_lines(told: HeadFacts) -> list[str]:
    lines = [f"    threshold: {told['threshold']}"] if "threshold" in told else []
    return [*lines, f"    thresholds: {json.dumps(told['thresholds'])}"] if told.get("thresholds") else lines


def _category_lines(told: HeadFacts) -> list[str]:
    """Each category of harm as a head of its own, too: with its own thresholds, of the same output."""
    lines: list[str] = []
    for category, own in dict(told.get("categories", {})).items():  # type: ignore[call-overload]
        labels = {label: found if found == category else None for label, found in HEADS["harm"].labels}
        lines += [f"  {category}:", "    output: harm", "    task: multi-label", f"    labels: {json.dumps(labels)}"]
        lines += _threshold_lines(own)
    return lines


@torch.no_grad()
def drift(folder: Path, model: Guard, batches: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> dict[str, float]:
    """The widest difference between the file and the trained model, by head."""
    import onnxruntime  # noqa: PLC0415 - only for the check

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    model.eval()
    widest = dict.fromkeys(model.heads, 0.0)
    for ids, types, mask in batches:
        feeds = {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "token_type_ids": types.numpy()}
        names = [HEADS[name].output for name in model.heads]
        tokens = model.bert(ids, types, mask)
        for name, found in zip(model.heads, session.run(names, feeds), strict=True):
            wanted = model.answer(name, tokens, mask).numpy()
            away = np.abs(found - wanted)
            if name == "names":
                away = away * mask.numpy()[..., None]
            widest[name] = max(widest[name], float(away.max()))
    return widest
