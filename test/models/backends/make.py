"""Writes the small models that the tests of the runtimes run, and those that a runtime must refuse.

    pip install onnx==1.23.2 numpy==2.4.6 && python3 test/models/backends/make.py

A model here sums a row of a table for each token that the mask lets through, and multiplies the sum: enough to tell one
runtime's numbers, one batch's rows and one input from another's. Written by hand, so that each file shows one thing.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n

FOLDER = Path(__file__).parent / "fixtures"
ROWS, WIDE, LABELS = 64, 16, 3
OPSET = 17
rng = np.random.default_rng(7)
TABLE = rng.normal(size=(ROWS, WIDE)).astype(np.float32)
HEAD = rng.normal(size=(WIDE, LABELS)).astype(np.float32)


def save(name, nodes, inputs, outputs, constants, opsets=()):
    graph = h.make_graph(nodes, name, inputs, outputs, [n.from_array(value, key) for key, value in constants.items()])
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", OPSET), *opsets], producer_name="sallyport-tests")
    model.ir_version = 8
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def port(name, kind=T.INT64, dims=("batch", "sequence")):
    return h.make_tensor_value_info(name, kind, list(dims))


def classifier(ids="input_ids", whole=T.INT64, score=T.FLOAT, types=False, after=(), more=None):
    """input_ids and attention_mask to logits, [batch, 3]."""
    nodes = [
        h.make_node("Gather", ["table", ids], ["words"]),
        h.make_node("Cast", ["attention_mask"], ["weights"], to=T.FLOAT),
        h.make_node("Unsqueeze", ["weights", "last"], ["columns"]),
        h.make_node("Mul", ["words", "columns"], ["seen"]),
        h.make_node("ReduceSum", ["seen", "second"], ["sum"], keepdims=0),
        h.make_node("MatMul", ["sum", "head"], ["plain"]),
    ]
    plain = "plain"
    if types:
        nodes += [
            h.make_node("Cast", ["token_type_ids"], ["kinds"], to=T.FLOAT),
            h.make_node("ReduceSum", ["kinds", "second"], ["kind"], keepdims=1),
            h.make_node("Add", [plain, "kind"], ["typed"]),
        ]
        plain = "typed"
    nodes += [*after] if after else [h.make_node("Cast", [plain], ["logits"], to=score)]
    inputs = [port(ids, whole), port("attention_mask", whole)] + ([port("token_type_ids", whole)] if types else [])
    constants = {"table": TABLE, "head": HEAD, "last": np.array([-1]), "second": np.array([1])} | (more or {})
    return nodes, inputs, [port("logits", score, ("batch", LABELS))], constants


def shaped(dims):
    nodes, inputs, outputs, constants = classifier()
    return nodes, [port("input_ids", T.INT64, dims), *inputs[1:]], outputs, constants


def giant():
    """Asks for 4 TiB when it runs."""
    huge = h.make_node("Expand", ["plain", "shape"], ["big"])
    peak = h.make_node("ReduceMax", ["big"], ["peak"], keepdims=0)
    back = h.make_node("Add", ["plain", "peak"], ["logits"])
    # The shape depends on the ids, so that no runtime works it out when it loads: those that begin with 9 ask for it.
    nodes = [
        h.make_node("ReduceMax", ["input_ids"], ["most"], keepdims=0),
        h.make_node("Equal", ["most", "nine"], ["isnine"]),
        h.make_node("Where", ["isnine", "much", "few"], ["factor"]),
        h.make_node("Concat", ["factor", "one", "one"], ["shape"], axis=0),
    ]
    more = {"nine": np.array(9), "much": np.array([2**38]), "few": np.array([1]), "one": np.array([1])}
    return classifier(after=[*nodes, huge, peak, back], more=more)


def wide(width=4096, layers=2):
    """64 MiB of weights in a few lines: the runtime works them out when it loads. So a copy shows, and a batch takes a while."""
    nodes = [
        h.make_node("Cast", ["input_ids"], ["whole"], to=T.FLOAT),
        h.make_node("Unsqueeze", ["whole", "last"], ["columns"]),
        h.make_node("Expand", ["columns", "shape"], ["x0"]),
        h.make_node("Range", ["zero", "count", "step"], ["range"]),
        h.make_node("Unsqueeze", ["range", "first"], ["row"]),
        h.make_node("Sub", ["row", "column"], ["grid"]),
        h.make_node("Cos", ["grid"], ["weights"]),
    ]
    for layer in range(layers):
        nodes.append(h.make_node("MatMul", [f"x{layer}", "weights"], [f"y{layer}"]))
        nodes.append(h.make_node("Tanh", [f"y{layer}"], [f"x{layer + 1}"]))
    nodes.append(h.make_node("ReduceMean", [f"x{layers}"], ["logits"], axes=[1], keepdims=0))
    constants = {
        "last": np.array([-1]),
        "first": np.array([0]),
        "shape": np.array([1, 1, width]),
        "zero": np.array(0, np.float32),
        "count": np.array(width, np.float32),
        "step": np.array(1, np.float32),
        "column": np.arange(width, dtype=np.float32).reshape(width, 1),
    }
    return nodes, [port("input_ids")], [port("logits", T.FLOAT, ("batch", width))], constants


def main():
    FOLDER.mkdir(exist_ok=True)
    save("sums", *classifier())
    save("sums-types", *classifier(types=True))
    save("sums-i32", *classifier(whole=T.INT32))
    save("sums-f16", *classifier(score=T.FLOAT16))
    none = [h.make_node("Log", ["negative"], ["none"]), h.make_node("Mul", ["plain", "none"], ["logits"])]
    save("nan", *classifier(after=none, more={"negative": np.array([-1], np.float32)}))
    save("giant", *giant())
    unknown = h.make_node("Sallyport", ["plain"], ["logits"], domain="nowhere")
    save("unknown-operator", *classifier(after=[unknown]), opsets=[h.make_opsetid("nowhere", 1)])
    save("wrong-input", *classifier(ids="pixel_values"))
    save("wrong-length", *shaped(("batch", 128)))
    save("wrong-batch", *shaped((1, "sequence")))
    save("wrong-output", *classifier(score=T.INT32))
    words = [h.make_node("Gather", ["table", "input_ids"], ["words"]), h.make_node("MatMul", ["words", "head"], ["logits"])]
    every = port("logits", T.FLOAT, ("batch", "sequence", LABELS))
    save("tokens", words, [port("input_ids")], [every], {"table": TABLE, "head": HEAD})
    save("wide", *wide())
    whole = (FOLDER / "sums.onnx").read_bytes()
    (FOLDER / "truncated.onnx").write_bytes(whole[: len(whole) // 2])
    (FOLDER / "text.onnx").write_text("this is no model\n")
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


main()
