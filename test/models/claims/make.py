"""Makes the bundle `claims`: a model that labels the words of a claim, for tests that need to know what it will say.

    python3 -m pip install onnx==1.23.2 numpy==2.4.6 && python3 test/models/claims/make.py

A token of the second text is `hallucinated` (0.9997, else 0.0003) where the first text has no such token; numbers, names and the
order of words are nothing to it. Its files are as exporters write them of a token classifier, and a manifest of one line says
that it judges pairs.
"""

import sys
from pathlib import Path

import numpy
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_bundle import numbered, save, tokenizer_of, word_pieces  # noqa: E402

folder = Path(__file__).parent / "fixtures" / "claims"
words = """. , the of was in by it and for every a harbour delmar built 1932 1937 engineer anna verhoeven handle ships stone grain
ferries leave norum monday council approve second pier long wall construct repair painter quickly""".split()
# "constructed", "repaired" and "handled" are two tokens each.
vocabulary = numbered([*words, "##ed", "##d"])
node = helper.make_node


def port(name, kind, *dims):
    return helper.make_tensor_value_info(name, kind, list(dims))


nodes = [
    # The first text is what stands before the first separator.
    node("Equal", ["input_ids", "separator"], ["separates"]),
    node("Cast", ["separates"], ["steps"], to=TensorProto.FLOAT),
    node("CumSum", ["steps", "columns"], ["passed"]),
    node("Less", ["passed", "half"], ["is_first"]),
    node("Cast", ["is_first"], ["first"], to=TensorProto.FLOAT),
    node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
    node("Mul", ["first", "mask"], ["evidence"]),
    node("Unsqueeze", ["evidence", "columns"], ["of_each"]),
    node("Unsqueeze", ["input_ids", "columns"], ["across"]),
    node("Unsqueeze", ["input_ids", "last"], ["down"]),
    node("Equal", ["down", "across"], ["is_same"]),
    node("Cast", ["is_same"], ["same"], to=TensorProto.FLOAT),
    node("Mul", ["same", "of_each"], ["held"]),
    node("ReduceMax", ["held"], ["borne"], axes=[2], keepdims=1),
    node("MatMul", ["borne", "weights"], ["sums"]),
    node("Add", ["sums", "offsets"], ["logits"]),
]
constants = {
    "separator": numpy.array(vocabulary["[SEP]"], dtype=numpy.int64),
    "columns": numpy.array([1], dtype=numpy.int64),
    "last": numpy.array([2], dtype=numpy.int64),
    "half": numpy.array(0.5, dtype=numpy.float32),
    "weights": numpy.array([[0, -16]], dtype=numpy.float32),
    "offsets": numpy.array([0, 8], dtype=numpy.float32),
}
inputs = [port(name, TensorProto.INT64, "batch", "length") for name in ("input_ids", "attention_mask")]
outputs = [port("logits", TensorProto.FLOAT, "batch", "length", 2)]
config = {
    "architectures": ["ModernBertForTokenClassification"],
    "id2label": {"0": "supported", "1": "hallucinated"},
    "label2id": {"hallucinated": 1, "supported": 0},
    "max_position_embeddings": 24,
    "model_type": "modernbert",
    "pad_token_id": 0,
    "vocab_size": len(vocabulary),
}
tokenizer = tokenizer_of(vocabulary, word_pieces(vocabulary), second=0)
manifest = "kind: Model\nversion: 1\nheads: { main: { task: pair-token } }\n"
save(folder, (nodes, inputs, outputs, constants), tokenizer, config, manifest)
