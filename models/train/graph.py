"""The trained model as an ONNX graph, written node by node: what stands in the file is what is here, whatever exporter a version of
the training library brings. Stored forms differ in how weights (and with `qdq` what flows into them) are kept.

fp32      as trained
fp16      weights in 16 bits, made 32 when the model is loaded
int8      weights in 8 bits, a scale for each output, made 32 bits when the model is loaded
qdq       int8, and what flows into each product in 8 bits with a scale measured on held back texts
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .bert import QUERIES, Guard
from .heads import HEADS

FORMS = ("fp32", "fp16", "int8", "qdq")
OPSET = 17
IR_VERSION = 8
MASKED = -1e4

Ranges = dict[str, tuple[float, float]]
"""By module: the least and the greatest number that flowed into it."""


def build_graph(model: Guard, form: str, ranges: Ranges | None = None) -> onnx.ModelProto:
    """Inputs input_ids, attention_mask, token_type_ids, any batch and length. Outputs: one for each head."""
    if form not in FORMS:
        raise ValueError(f"no such form: {form}")
    state = {name: value.detach().float().cpu().numpy() for name, value in model.state_dict().items()}
    graph = _Graph(state, form, ranges or {})
    tokens, mask = _encoder(graph, model)
    outputs = [_head(graph, name, tokens, mask) for name in model.heads]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    made = helper.make_graph(graph.nodes, "guard", inputs, outputs, graph.weights)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    proto.producer_name = "sallyport-train"
    onnx.checker.check_model(proto, full_check=True)
    return proto


@dataclass(slots=True)
class _Graph:
    state: dict[str, np.ndarray]
    form: str
    ranges: Ranges

    nodes: list[onnx.NodeProto]
    weights: list[onnx.TensorProto]
    names: set[str]

    def __init__(self, state: dict[str, np.ndarray], form: str, ranges: Ranges) -> None:
        self.state, self.form, self.ranges = state, form, ranges
        self.nodes, self.weights, self.names = [], [], set()

    def node(self, op: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"{name}/{op}", **attributes))
        return name

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.names:
            self.names.add(name)
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number/{value!r}", np.asarray(value, np.float32))

    def integers(self, *values: int) -> str:
        return self.constant("integers/" + "_".join(map(str, values)), np.asarray(values, np.int64))

    def matrix(self, name: str, value: np.ndarray) -> str:
        """Weights of a product, [inputs, outputs], in the stored form."""
        if self.form == "fp32":
            return self.constant(name, value)
        if self.form == "fp16":
            return self.node("Cast", [self.constant(f"{name}/half", value.astype(np.float16))], name, to=TensorProto.FLOAT)
        scale = np.maximum(np.abs(value).max(0), 1e-8) / 127
        whole = np.clip(np.rint(value / scale), -127, 127).astype(np.int8)
        parts = [
            self.constant(f"{name}/int8", whole),
            self.constant(f"{name}/scale", scale.astype(np.float32)),
            self.constant(f"{name}/zero", np.zeros(len(scale), np.int8)),
        ]
        return self.node("DequantizeLinear", parts, name, axis=1)

    def linear(self, module: str, x: str, *, name: str | None = None, rows: slice | None = None) -> str:
        """x W + b. `rows`: of the module's outputs."""
        name = name or module
        rows = rows or slice(None)
        weight = self.matrix(f"{name}.weight", self.state[f"{module}.weight"][rows].T)
        out = self.node("MatMul", [self._squeezed(module, x), weight], f"{name}/product")
        if f"{module}.bias" not in self.state:
            return out
        return self.node("Add", [out, self.constant(f"{name}.bias", self.state[f"{module}.bias"][rows])], f"{name}/sum")

    def _squeezed(self, module: str, x: str) -> str:
        if self.form != "qdq" or module not in self.ranges:
            return x
        low, high = self.ranges[module]
        low, high = min(low, 0.0), max(high, 0.0)
        scale = max(high - low, 1e-6) / 255
        name = f"{module}/in"
        if f"{name}/scale" in self.names:  # queries, keys and values read the same
            return f"{name}/float"
        parts = [
            self.constant(f"{name}/scale", np.asarray(scale, np.float32)),
            self.constant(f"{name}/zero", np.asarray(round(-low / scale), np.uint8)),
        ]
        whole = self.node("QuantizeLinear", [x, *parts], f"{name}/whole")
        return self.node("DequantizeLinear", [whole, *parts], f"{name}/float")

    def looked_up(self, name: str, ids: str) -> str:
        """Rows of a table: in 8 bits with a scale for each row, where the form has 8 bits."""
        table = self.state[name]
        if self.form == "fp32":
            return self.node("Gather", [self.constant(name, table), ids], f"{name}/rows")
        if self.form == "fp16":
            half = self.node("Gather", [self.constant(f"{name}/half", table.astype(np.float16)), ids], f"{name}/rows/half")
            return self.node("Cast", [half], f"{name}/rows", to=TensorProto.FLOAT)
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
        whole = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
        rows = self.node("Gather", [self.constant(f"{name}/int8", whole), ids], f"{name}/rows/int8")
        wide = self.node("Cast", [rows], f"{name}/rows/float", to=TensorProto.FLOAT)
        scales = self.node("Gather", [self.constant(f"{name}/scale", scale.astype(np.float32)), ids], f"{name}/rows/scale")
        return self.node("Mul", [wide, scales], f"{name}/rows")

    def norm(self, module: str, x: str) -> str:
        parts = [self.constant(f"{module}.{part}", self.state[f"{module}.{part}"]) for part in ("weight", "bias")]
        return self.node("LayerNormalization", [x, *parts], module, axis=-1, epsilon=1e-12)

    def gelu(self, x: str, name: str) -> str:
        root = self.node("Div", [x, self.number(2**0.5)], f"{name}/root")
        curve = self.node("Add", [self.node("Erf", [root], f"{name}/erf"), self.number(1.0)], f"{name}/curve")
        return self.node("Mul", [self.node("Mul", [x, curve], f"{name}/whole"), self.number(0.5)], name)


def _encoder(graph: _Graph, model: Guard) -> tuple[str, str]:
    """Of each token a vector, and the mask as numbers."""
    shape = model.bert.shape
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    table = graph.constant("bert.positions.weight", graph.state["bert.positions.weight"])
    places = graph.node("Slice", [table, graph.integers(0), length, graph.integers(0)], "places")
    both = graph.node(
        "Add",
        [graph.looked_up("bert.words.weight", "input_ids"), graph.looked_up("bert.types.weight", "token_type_ids")],
        "words_and_types",
    )
    x = graph.norm("bert.norm", graph.node("Add", [both, places], "embedded"))
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    spread = graph.node("Unsqueeze", [mask, graph.integers(1, 2)], "mask/spread")
    hidden = graph.node("Sub", [graph.number(1.0), spread], "mask/hidden")
    bias = graph.node("Mul", [hidden, graph.number(MASKED)], "mask/bias")
    for at in range(shape.layers):
        x = _layer(graph, f"bert.layers.{at}", x, bias, shape.width, shape.heads)
    return x, mask


def _layer(graph: _Graph, module: str, x: str, bias: str, width: int, heads: int) -> str:
    parts: dict[str, str] = {}
    for at, name in enumerate(("query", "key", "value")):
        rows = slice(at * width, (at + 1) * width)
        made = graph.linear(f"{module}.qkv", x, name=f"{module}.{name}", rows=rows)
        split = graph.node("Reshape", [made, graph.integers(0, 0, heads, width // heads)], f"{module}.{name}/heads")
        order = [0, 2, 3, 1] if name == "key" else [0, 2, 1, 3]
        parts[name] = graph.node("Transpose", [split], f"{module}.{name}/turned", perm=order)
    scores = graph.node("MatMul", [parts["query"], parts["key"]], f"{module}/scores")
    scaled = graph.node("Div", [scores, graph.number((width // heads) ** 0.5)], f"{module}/scaled")
    seen = graph.node("Softmax", [graph.node("Add", [scaled, bias], f"{module}/biased")], f"{module}/shares", axis=-1)
    mixed = graph.node("MatMul", [seen, parts["value"]], f"{module}/mixed")
    turned = graph.node("Transpose", [mixed], f"{module}/turned", perm=[0, 2, 1, 3])
    joined = graph.node("Reshape", [turned, graph.integers(0, 0, width)], f"{module}/joined")
    out = graph.linear(f"{module}.out", joined)
    x = graph.norm(f"{module}.norm1", graph.node("Add", [x, out], f"{module}/first"))
    up = graph.gelu(graph.linear(f"{module}.up", x), f"{module}/gelu")
    return graph.norm(f"{module}.norm2", graph.node("Add", [x, graph.linear(f"{module}.down", up)], f"{module}/second"))


def _head(graph: _Graph, name: str, tokens: str, mask: str) -> onnx.ValueInfoProto:
    head, module = HEADS[name], f"heads.{name}"
    labels = len(head.labels)
    if name == "names":
        out, dims = graph.linear(module, tokens), ["batch", "sequence", labels]
    elif name == "embedding":
        wide = graph.node("Unsqueeze", [mask, graph.integers(2)], f"{module}/mask")
        total = graph.node("ReduceSum", [graph.node("Mul", [tokens, wide], f"{module}/kept"), graph.integers(1)],
                           f"{module}/total", keepdims=0)  # fmt: skip
        count = graph.node("ReduceSum", [mask, graph.integers(1)], f"{module}/count", keepdims=1)
        out = graph.linear(module, graph.node("Div", [total, count], f"{module}/mean"))
        dims = ["batch", graph.state[f"{module}.weight"].shape[0]]
    else:
        width = graph.state[f"{module}.queries.weight"].shape[1]
        looks = graph.linear(f"{module}.queries", tokens)
        turned = graph.node("Transpose", [looks], f"{module}/looks", perm=[0, 2, 1])
        one = graph.node("Unsqueeze", [mask, graph.integers(1)], f"{module}/mask")
        hidden = graph.node("Sub", [graph.number(1.0), one], f"{module}/hidden_places")
        bias = graph.node("Mul", [hidden, graph.number(MASKED)], f"{module}/bias")
        shares = graph.node("Softmax", [graph.node("Add", [turned, bias], f"{module}/biased")], f"{module}/shares", axis=-1)
        seen = graph.node("MatMul", [shares, tokens], f"{module}/seen")
        flat = graph.node("Reshape", [seen, graph.integers(0, QUERIES * width)], f"{module}/flat")
        curved = graph.gelu(graph.linear(f"{module}.hidden", flat), f"{module}/gelu")
        out, dims = graph.linear(f"{module}.out", curved), ["batch", labels]
    graph.node("Identity", [out], head.output)
    return helper.make_tensor_value_info(head.output, TensorProto.FLOAT, dims)
