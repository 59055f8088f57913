"""Makes the bundle `words`: a model that anybody can follow, for tests that need to know what it will say.

    python3 -m pip install onnx==1.23.2 numpy==2.4.6 && python3 test/models/words/make.py

It knows a few words. A text with both "ignore" and "rules" is an attack (0.98, else 0.02 or less); "ada" and "lovelace" are
names. Every other word is unknown to it.
"""

import sys
from pathlib import Path

import numpy
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_bundle import numbered, save, tokenizer_of, whole_words  # noqa: E402

folder = Path(__file__).parent / "fixtures" / "words"
words = """ignore rules ada lovelace please all the of your and now it is a an in on to for we you they he she wrote says said asks
read book books note notes engine first program about what who when where how no not yes hello thanks tell me us them ship sea
boat boats water hill hills house garden tree trees day night one two three . , ? ! : ; - '""".split()
vocabulary = numbered(words)

# What each word is: ignore, rules, first name, last name.
features = numpy.zeros((len(vocabulary), 4), dtype=numpy.float32)
for column, word in enumerate(["ignore", "rules", "ada", "lovelace"]):
    features[vocabulary[word], column] = 1

constants = {
    "features": features,
    "last": numpy.array([2], dtype=numpy.int64),
    "risk_weights": numpy.array([[0, 8], [0, 8], [0, 0], [0, 0]], dtype=numpy.float32),
    "risk_offsets": numpy.array([0, -12], dtype=numpy.float32),
    "word_weights": numpy.array([[0, 0, 0], [0, 0, 0], [0, 9, 0], [0, 0, 9]], dtype=numpy.float32),
    "word_offsets": numpy.array([5, 0, 0], dtype=numpy.float32),
}
nodes = [
    helper.make_node("Gather", ["features", "input_ids"], ["known"]),
    helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
    helper.make_node("Unsqueeze", ["mask", "last"], ["wide_mask"]),
    helper.make_node("Mul", ["known", "wide_mask"], ["seen"]),
    helper.make_node("ReduceMax", ["seen"], ["any"], axes=[1], keepdims=0),
    helper.make_node("MatMul", ["any", "risk_weights"], ["risk_sums"]),
    helper.make_node("Add", ["risk_sums", "risk_offsets"], ["risk"]),
    helper.make_node("MatMul", ["seen", "word_weights"], ["word_sums"]),
    helper.make_node("Add", ["word_sums", "word_offsets"], ["words"]),
]
inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in ("input_ids", "attention_mask")]
outputs = [
    helper.make_tensor_value_info("risk", TensorProto.FLOAT, ["batch", 2]),
    helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "length", 3]),
]
config = {
    "model_type": "words",
    "architectures": ["WordsForMultiTask"],
    "vocab_size": len(vocabulary),
    "max_position_embeddings": 256,
    "pad_token_id": 0,
}
manifest = """kind: Model
version: 1
licence: Apache-2.0
window: 64
windowsMax: 8
heads:
  risk:
    output: risk
    task: sequence
    labels: { fine: null, attack: attack }
    thresholds: { fpr-1%: 0.9 }
  names:
    output: words
    task: token
    labels: { O: null, B-NAME: name, I-NAME: name }
"""

save(folder, (nodes, inputs, outputs, constants), tokenizer_of(vocabulary, whole_words(vocabulary)), config, manifest)
