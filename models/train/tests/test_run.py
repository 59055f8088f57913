"""A whole run on tiny data: trained, ended and taken up again, exported in each form."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import onnxruntime
import torch

from train import checkpoint
from train.bert import Shape
from train.command import main
from train.graph import FORMS
from train.heads import HEADS, MODELS
from train.loop import Training, build

from .tiny import data_folder, start_folder


class Stopped(Exception):
    pass


class RunTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        torch.set_num_threads(1)
        cls.held = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.held.name)
        cls.data = data_folder(cls.folder / "data")
        cls.start = start_folder(cls.folder / "start")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.held.cleanup()

    def run_it(self, out: str, *more: str, name: str = "guard") -> str:
        words = io.StringIO()
        line = [name, "--data", str(self.data), "--out", str(self.folder / out), "--start", str(self.start), "--rows", "4",
                "--window", "16", "--own", "0", "--dev-percent", "20", "--threads", "1",
                "--dropout", "0.1", *more]  # fmt: skip
        with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
            main(line)
        return words.getvalue()

    def test_a_run_that_was_ended_gives_what_one_without_an_end_gives(self) -> None:
        self.run_it("straight", "--steps", "20")
        step = Training._step

        def stops(training: Training, share: float) -> int:
            if training.progress.step == 12:
                raise Stopped
            if training.progress.step == 9:
                training.save()
            return step(training, share)

        with mock.patch.object(Training, "_step", stops), self.assertRaises(Stopped):
            self.run_it("ended", "--steps", "20")
        self.assertIn("goes on at step 9", self.run_it("ended", "--steps", "20"))
        one, other = (checkpoint.read(self.folder / out) for out in ("straight", "ended"))
        self.assertEqual(one["progress"][:2], other["progress"][:2])
        for name, value in one["model"].items():
            self.assertTrue(torch.equal(value, other["model"][name]), name)
        for out in ("straight", "ended"):
            self.assertTrue((self.folder / out / "bundle" / "model.onnx").exists())
        self.assertEqual(*((self.folder / out / "bundle" / "model.onnx").read_bytes() for out in ("straight", "ended")))

    def test_a_run_that_is_asked_to_end_is_saved(self) -> None:
        step = Training._step

        def asks(training: Training, share: float) -> int:
            if training.progress.step == 3:
                signal.raise_signal(signal.SIGTERM)
            return step(training, share)

        with mock.patch.object(Training, "_step", asks), self.assertRaises(SystemExit) as ended:
            self.run_it("asked", "--steps", "6")
        self.assertEqual(ended.exception.code, 128 + signal.SIGTERM)
        self.assertIn("goes on at step 4", self.run_it("asked", "--steps", "6"))

    def test_another_setting_is_refused(self) -> None:
        self.run_it("settings", "--steps", "2", name="names")
        with self.assertRaisesRegex(SystemExit, "seed"):
            self.run_it("settings", "--steps", "3", "--seed", "9", name="names")
        self.run_it("settings", "--steps", "2", "--seed", "9", "--fresh", name="names")

    def test_a_run_begins_with_the_weights_of_another(self) -> None:
        self.run_it("first", "--steps", "4")
        begins = ("--from", str(self.folder / "first"))
        self.assertIn("had learnt in 4 steps", self.run_it("second", "--steps", "3", "--rate", "0", "--head-rate", "0", *begins))
        first, second = (checkpoint.read(self.folder / out) for out in ("first", "second"))
        self.assertEqual(second["progress"][0], 3)
        for name, value in first["model"].items():
            self.assertTrue(torch.equal(value, second["model"][name]), name)
        self.assertRegex(second["settings"]["from"], r"^sha256:[0-9a-f]{64}$")
        with self.assertRaisesRegex(SystemExit, "from"):
            self.run_it("second", "--steps", "5", "--rate", "0", "--head-rate", "0")
        with self.assertRaisesRegex(SystemExit, "no run of names"):
            self.run_it("third", "--steps", "3", *begins, name="names")
        with self.assertRaisesRegex(SystemExit, "holds no checkpoint.pt"):
            self.run_it("third", "--steps", "3", "--from", str(self.folder / "nowhere"))

    def test_every_form_is_written_and_says_what_the_model_says(self) -> None:
        self.run_it("forms", "--steps", "4")
        sizes = {}
        for form in FORMS:
            self.run_it("forms", "--steps", "4", "--export-only", "--form", form)
            metrics = json.loads((self.folder / "forms" / "metrics.json").read_text("utf-8"))
            sizes[form] = metrics["bytes"]
            self.assertEqual(set(metrics["drift"]), set(MODELS["guard"]))
            self.assertLess(max(metrics["drift"].values()), {"fp32": 1e-4, "fp16": 1e-2}.get(form, 0.5))
            session = onnxruntime.InferenceSession(self.folder / "forms" / "bundle" / "model.onnx")
            self.assertEqual([each.name for each in session.get_outputs()], [HEADS[n].output for n in MODELS["guard"]])
        self.assertLess(sizes["fp16"], sizes["fp32"])

    def test_the_bundle_names_its_heads(self) -> None:
        for name, heads in MODELS.items():
            self.run_it(f"each-{name}", "--steps", "2", name=name)
            bundle = self.folder / f"each-{name}" / "bundle"
            manifest = (bundle / "sallyport-model.yaml").read_text("utf-8")
            self.assertIn(f"\nname: {name if name == 'guard' else f'{name}-only'}\n", manifest)
            for head in heads:
                self.assertIn(f"\n  {head}:\n    output: {HEADS[head].output}\n", manifest)
            self.assertIsNone(json.loads((bundle / "tokenizer.json").read_text("utf-8"))["truncation"])

    def test_what_is_frozen_stays(self) -> None:
        self.run_it("frozen", "--steps", "3", "--freeze-layers", "1")
        before = build(MODELS["guard"], self.start, dropout=0, freeze_layers=1, freeze_words=True).state_dict()
        after = checkpoint.read(self.folder / "frozen")["model"]
        for name in ("bert.words.weight", "bert.positions.weight", "bert.layers.0.qkv.weight"):
            self.assertTrue(torch.equal(before[name], after[name]), name)
        self.assertFalse(torch.equal(before["bert.layers.1.qkv.weight"], after["bert.layers.1.qkv.weight"]))
        self.assertEqual(Shape.read(self.start).layers, 2)


if __name__ == "__main__":
    unittest.main()
