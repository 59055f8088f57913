"""The command: reads its line, trains, calibrates, writes the bundle."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from .batches import Batches, collate
from .bert import Guard, start_folder
from .bundle import DRIFT_MAX, FILE_BYTES_MAX, calibrated, drift, ranges_of, write_bundle
from .checkpoint import NAME as CHECKPOINT, begun_with
from .encode import Encoder, read_tokenizer
from .graph import FORMS
from .heads import HEADS, MODELS
from .judge import dev_rows, figures, judge
from .loop import Budget, Rates, Training, build
from .losses import as_tensors
from .rows import Source, load

LOOK_ROWS = 250
"""Held back rows of a head that an early look judges."""


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description="Trains a guard model and writes it as a bundle.")
    parser.add_argument("name", choices=sorted(MODELS), help="which: " + "; ".join(f"{k}: {', '.join(v)}" for k, v in MODELS.items()))
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, metrics.json and bundle/")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="minutes of training, all runs together (default 60)")
    budget.add_argument("--steps", type=int, help="batches; the same ones give the same model")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="of the CPU; 0: all")
    parser.add_argument("--rows", type=int, default=32, help="texts in a batch")
    parser.add_argument("--window", type=int, default=128, help="tokens that are judged together, of a text or a pair")
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate of the encoder")
    parser.add_argument("--head-rate", type=float, default=5e-4, help="learning rate of the heads")
    parser.add_argument("--dropout", type=float, default=0.0, help="in the encoder; of the heads it is 0.1 at least")
    parser.add_argument("--freeze-layers", type=int, default=0, help="lowest layers that stay as they are: faster")
    parser.add_argument("--train-words", action="store_true", help="the word vectors, too: slower")
    parser.add_argument("--own", type=int, default=20000, help="cases of our own for each head; 0: none")
    parser.add_argument("--dev-percent", type=int, default=5, help="of each source, held back")
    parser.add_argument("--look-minutes", type=float, default=10.0, help="between two early looks")
    parser.add_argument("--start", type=Path, help="folder with start weights, instead of the pinned package")
    parser.add_argument("--from", dest="trained", type=Path, help="the --out of a run to begin with its weights, a run of its own")
    parser.add_argument("--form", choices=FORMS, default="fp32", help="in which the model is stored")
    parser.add_argument("--export-only", action="store_true", help="writes the bundle of the checkpoint, trains nothing")
    parser.add_argument("--fresh", action="store_true", help="begins again, whatever --out holds")
    return parser


def main(line: list[str] | None = None) -> None:
    args = options().parse_args(line)
    if args.minutes is None and args.steps is None:
        args.minutes = 60.0
    if args.threads > 0:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
    if args.fresh:
        (args.out / CHECKPOINT).unlink(missing_ok=True)
    if args.export_only and not (args.out / CHECKPOINT).exists():
        raise SystemExit(f"{args.out}: holds no {CHECKPOINT}; train first")

    heads = MODELS[args.name]
    start = args.start or start_folder()
    encoder = Encoder(read_tokenizer(start), window=args.window)
    sources = read_sources(heads, args)
    batches = Batches(sources, encoder, seed=args.seed, rows=args.rows)
    model = build(
        heads, start, dropout=args.dropout, freeze_layers=args.freeze_layers, freeze_words=not args.train_words
    )
    training = Training(
        model, batches, start=start, out=args.out, budget=Budget(args.steps, args.minutes),
        rates=Rates(args.rate, args.head_rate), settings=settings_of(args, sources), device=device,
    )  # fmt: skip
    if training.resume():
        print(f"goes on at step {training.progress.step}", file=sys.stderr)
    elif args.trained is not None:
        print(f"begins with what {args.trained} had learnt in {training.begin_with(args.trained)} steps", file=sys.stderr)
    judged_heads = [name for name in heads if HEADS[name].labels]

    def look() -> str:
        told = {
            name: figures(judge(model, encoder, name, dev_rows(sources[name], LOOK_ROWS), device)) for name in judged_heads
        }
        return "held back: " + "; ".join(f"{name} {_told(found)}" for name, found in told.items())

    if not args.export_only:
        training.run(look, args.look_minutes * 60)
        batches.close()
    finish(args, model, encoder, sources, training, start)


def read_sources(heads: tuple[str, ...], args: argparse.Namespace) -> dict[str, list[Source]]:
    """By head. The embedding has none of its own: it takes the texts of the others."""
    sources: dict[str, list[Source]] = {}
    for head in heads:
        own = {"seed": args.seed, "dev_percent": args.dev_percent, "own": args.own}
        sources[head] = [] if head == "embedding" else load(head, args.data, **own)
        if sources[head]:
            rows, held = sum(len(each.train) for each in sources[head]), sum(len(each.dev) for each in sources[head])
            print(f"{head}: {rows} rows of {len(sources[head])} sources, {held} held back", file=sys.stderr)
    return sources


def settings_of(args: argparse.Namespace, sources: dict[str, list[Source]]) -> dict[str, Any]:
    """What a run must have in common with the one that it continues. The budget is not of it: a run can be made longer."""
    kept = ("name", "seed", "rows", "window", "rate", "head_rate", "dropout", "freeze_layers", "train_words",
            "own", "dev_percent")  # fmt: skip
    rows = {f"rows of {head}/{each.name}": len(each.train) for head, found in sources.items() for each in found}
    before = None if args.trained is None else begun_with(args.trained)
    return {**{name: getattr(args, name) for name in kept}, "from": before, **rows}


def finish(
    args: argparse.Namespace, model: Guard, encoder: Encoder, sources: dict[str, list[Source]], training: Training, start: Path
) -> None:
    """Judges what was held back, calibrates on it, writes bundle and metrics."""
    device = training.device
    judged = {
        name: judge(model, encoder, name, dev_rows(sources[name]), device) for name in model.heads if HEADS[name].labels
    }
    told = {name: figures(found) for name, found in judged.items()}
    facts = calibrated(model, judged)
    model.to("cpu")
    samples = _samples(encoder, sources)
    ranges = ranges_of(model, samples) if args.form == "qdq" else None
    folder = args.out / "bundle"
    size = write_bundle(
        folder, model, facts, name=args.name, start=start, form=args.form, window=args.window, ranges=ranges
    )
    away = drift(folder, model, samples[:4])
    for name, value in away.items():
        if value > DRIFT_MAX.get(args.form, float("inf")):
            raise SystemExit(f"{folder}/model.onnx: {name} is {value:.2g} away from the trained model")
    seconds = max(1e-9, training.progress.seconds)
    metrics = {
        "model": args.name,
        "form": args.form,
        "bytes": size,
        "settings": training.settings,
        "device": device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "steps": training.progress.step,
        "texts": training.progress.texts,
        "seconds": round(seconds, 1),
        "textsPerSecond": round(training.progress.texts / seconds, 2),
        "heldBack": told,
        "heads": facts,
        "drift": away,
    }
    (args.out / "metrics.json").write_text(json.dumps(metrics, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for name, found in told.items():
        print(f"{name}: {_told(found)}")
    if size > FILE_BYTES_MAX:
        print(f"model.onnx has {size / 2**20:.0f} MiB: too large to ship in this form", file=sys.stderr)
    print(f"{folder}: written, {size / 2**20:.1f} MiB as {args.form}; {metrics['textsPerSecond']} texts/s in training")


def _samples(encoder: Encoder, sources: dict[str, list[Source]]) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Held back texts of all heads."""
    made = []
    for head, found in sources.items():
        rows = dev_rows(found, 64)
        examples = [example for row in rows for example in encoder.windows(head, row, 1)]
        for at in range(0, len(examples), 32):
            ids, types, mask, _, _ = as_tensors(collate(head, examples[at : at + 32]), torch.device("cpu"))
            made.append((ids, types, mask))
    return made


def _told(found: dict[str, float | None]) -> str:
    return ", ".join(f"{name} {'-' if value is None else format(value, '.3f')}" for name, value in found.items())
