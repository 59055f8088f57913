"""Makes the bundle `claims`: a model that labels the words of a claim, for tests that need to know what it will say.

    python3 -m pip install onnx==1.23.2 numpy==2.4.6 && python3 test/models/claims/make.py

A token of the second text is `hallucinated` (0.9997, else 0.0003) where the first text has no such token; numbers, names and the
order of words are nothing to it. Its files are as exporters write them of a token classifier, and a manifest of one line says
that it judges pairs.
"""

import json
import shutil
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = Path(__file__).parent / "fixtures" / "claims"
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
words = """. , the of was in by it and for every a harbour delmar built 1932 1937 engineer anna verhoeven handle ships stone grain
ferries leave norum monday council approve second pier long wall construct repair painter quickly""".split()
# "constructed", "repaired" and "handled" are two tokens each.
vocabulary = {token: index for index, token in enumerate([*special, *words, "##ed", "##d"])}
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
tensors = [numpy_helper.from_array(value, key) for key, value in constants.items()]
inputs = [port(name, TensorProto.INT64, "batch", "length") for name in ("input_ids", "attention_mask")]
outputs = [port("logits", TensorProto.FLOAT, "batch", "length", 2)]
graph = helper.make_graph(nodes, "claims", inputs, outputs, tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model, full_check=True)


def around(*names):
    return [{"SpecialToken" if name.startswith("[") else "Sequence": {"id": name, "type_id": 0}} for name in names]


tokenizer = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [
        {"id": vocabulary[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
        for token in special
    ],
    "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {
        "type": "TemplateProcessing",
        "single": around("[CLS]", "A", "[SEP]"),
        "pair": around("[CLS]", "A", "[SEP]", "B", "[SEP]"),
        "special_tokens": {token: {"id": token, "ids": [vocabulary[token]], "tokens": [token]} for token in ("[CLS]", "[SEP]")},
    },
    "decoder": None,
    "model": {"type": "WordPiece", "vocab": vocabulary, "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100},
}
config = {
    "architectures": ["ModernBertForTokenClassification"],
    "id2label": {"0": "supported", "1": "hallucinated"},
    "label2id": {"hallucinated": 1, "supported": 0},
    "max_position_embeddings": 24,
    "model_type": "modernbert",
    "pad_token_id": 0,
    "vocab_size": len(vocabulary),
}
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
onnx.save(model, folder / "model.onnx")
(folder / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")
(folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
(folder / "sallyport-model.yaml").write_text("kind: Model\nversion: 1\nheads: { main: { task: pair-token } }\n")
