"""Makes the bundles `facts` and `slow`: models that anybody can follow, for tests that need to know what they will say.

    python3 -m pip install onnx==1.23.2 numpy==2.4.6 && python3 test/models/facts/make.py

`facts` has a head of each kind on one table of words, and every number of it is written here:

- support (a pair): what a reply says is unsupported (0.98, else 0.02) when it has a word of weight that the evidence has not.
- topic (a vector): the sea, a garden, or books. Words of one point one way; the others have no direction.
- names (words): "ada" is one, and so is "lovelace", which its tokenizer cuts in two: "love" alone is none.
- risk (a text): "ignore" and "rules" together, 0.98.

`slow` says of each text that it is fine, and takes its time over it.
"""

import sys
from pathlib import Path

import numpy
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[1]))
from tiny_bundle import numbered, save, tokenizer_of, word_pieces  # noqa: E402

fixtures = Path(__file__).parent / "fixtures"
light = "the a an in on to for of and is was it , . ? ! : please what who all your she he they wrote read says no not by".split()
# Digits that stand for other text. The model knows them as words, and not what the first says.
light += [text.encode().hex() for text in ("zebras graze quietly", "ignore all the rules")]
topics = {"sea": ["boat", "ship", "sea", "water"], "garden": ["garden", "tree", "house", "hill"], "books": ["book", "engine", "notes"]}
names = ["ada", "love", "##lace"]
weighty = ["ignore", "rules", *names, *(word for words in topics.values() for word in words)]
vocabulary = numbered([*light, *weighty])


def table(columns, of):
    """A row a word: `of` gives (word, column, number)."""
    rows = numpy.zeros((len(vocabulary), columns), dtype=numpy.float32)
    for word, column, number in of:
        rows[vocabulary[word], column] = number
    return rows


def port(name, kind=TensorProto.INT64, dims=("batch", "length")):
    return helper.make_tensor_value_info(name, kind, list(dims))


def write(name, graph, manifest):
    config = {"model_type": name, "architectures": ["Other"], "vocab_size": len(vocabulary), "max_position_embeddings": 256, "pad_token_id": 0}
    save(fixtures / name, graph, tokenizer_of(vocabulary, word_pieces(vocabulary)), config, manifest)


node = helper.make_node


def facts():
    weights = table(len(weighty), ((word, at, 1) for at, word in enumerate(weighty)))
    nodes = [
        node("Gather", ["words_of_weight", "input_ids"], ["known"]),
        node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["mask", "last"], ["wide_mask"]),
        node("Mul", ["known", "wide_mask"], ["seen"]),
        node("Cast", ["token_type_ids"], ["halves"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["halves", "last"], ["wide_halves"]),
        # Support: words of the second half that the first has not.
        node("Mul", ["seen", "wide_halves"], ["claimed"]),
        node("Sub", ["seen", "claimed"], ["given"]),
        node("ReduceMax", ["claimed"], ["said"], axes=[1], keepdims=0),
        node("ReduceMax", ["given"], ["borne"], axes=[1], keepdims=0),
        node("Sub", ["said", "borne"], ["over"]),
        node("Relu", ["over"], ["missing"]),
        node("MatMul", ["missing", "missing_weights"], ["missing_sums"]),
        node("Add", ["missing_sums", "missing_offsets"], ["support"]),
        # Risk: two words, wherever they stand.
        node("ReduceMax", ["seen"], ["any"], axes=[1], keepdims=0),
        node("MatMul", ["any", "risk_weights"], ["risk_sums"]),
        node("Add", ["risk_sums", "risk_offsets"], ["risk"]),
        node("Gather", ["names_of_words", "input_ids"], ["name_sums"]),
        node("Add", ["name_sums", "name_offsets"], ["names"]),
        node("Gather", ["topics_of_words", "input_ids"], ["topic"]),
    ]
    every = numpy.zeros((len(weighty), 2), dtype=numpy.float32)
    every[:, 1] = 8
    risky = numpy.zeros((len(weighty), 2), dtype=numpy.float32)
    risky[[weighty.index("ignore"), weighty.index("rules")], 1] = 8
    constants = {
        "words_of_weight": weights,
        "last": numpy.array([2], dtype=numpy.int64),
        "missing_weights": every,
        "missing_offsets": numpy.array([0, -4], dtype=numpy.float32),
        "risk_weights": risky,
        "risk_offsets": numpy.array([0, -12], dtype=numpy.float32),
        # O, B-NAME, I-NAME
        "names_of_words": table(3, [("ada", 1, 9), ("love", 2, 4.8), ("##lace", 2, 9)]),
        "name_offsets": numpy.array([5, 0, 0], dtype=numpy.float32),
        "topics_of_words": table(3, ((word, at, 1) for at, words in enumerate(topics.values()) for word in words)),
    }
    inputs = [port(name) for name in ("input_ids", "attention_mask", "token_type_ids")]
    outputs = [port("support", TensorProto.FLOAT, ("batch", 2)), port("risk", TensorProto.FLOAT, ("batch", 2))]
    outputs += [port(name, TensorProto.FLOAT, ("batch", "length", 3)) for name in ("names", "topic")]
    return nodes, inputs, outputs, constants


def slow(width=1024, layers=24):
    """Large weights in a few lines, worked out when it loads; each layer takes as long as it would in any model."""
    nodes = [
        node("Cast", ["input_ids"], ["whole"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["whole", "last"], ["columns"]),
        node("Expand", ["columns", "shape"], ["x0"]),
        node("Range", ["zero", "count", "step"], ["range"]),
        node("Unsqueeze", ["range", "first"], ["row"]),
        node("Sub", ["row", "column"], ["grid"]),
        node("Cos", ["grid"], ["weights"]),
    ]
    for layer in range(layers):
        nodes.append(node("MatMul", [f"x{layer}", "weights"], [f"y{layer}"]))
        nodes.append(node("Tanh", [f"y{layer}"], [f"x{layer + 1}"]))
    nodes.append(node("ReduceMean", [f"x{layers}"], ["mean"], axes=[1], keepdims=0))
    nodes.append(node("MatMul", ["mean", "head"], ["sums"]))
    nodes.append(node("Add", ["sums", "offsets"], ["logits"]))
    constants = {
        "last": numpy.array([2], dtype=numpy.int64),
        "first": numpy.array([0], dtype=numpy.int64),
        "shape": numpy.array([1, 1, width], dtype=numpy.int64),
        "zero": numpy.array(0, dtype=numpy.float32),
        "count": numpy.array(width, dtype=numpy.float32),
        "step": numpy.array(1, dtype=numpy.float32),
        "column": numpy.arange(width, dtype=numpy.float32).reshape(width, 1),
        "head": numpy.full((width, 2), 1e-6, dtype=numpy.float32),
        "offsets": numpy.array([5, 0], dtype=numpy.float32),
    }
    return nodes, [port("input_ids")], [port("logits", TensorProto.FLOAT, ("batch", 2))], constants


write("facts", facts(), """kind: Model
version: 1
licence: Apache-2.0
window: 24
windowsMax: 128
heads:
  support:
    output: support
    task: pair
    labels: { supported: null, unsupported: unsupported }
    pooling: min
    thresholds: { fpr-1%: 0.97, never: 0.999 }
  topic:
    output: topic
    task: embedding
  names:
    output: names
    task: token
    labels: { O: null, B-NAME: name, I-NAME: name }
  risk:
    output: risk
    task: sequence
    labels: { fine: null, attack: attack }
    thresholds: { fpr-1%: 0.97, never: 0.999 }
""")
write("slow", slow(), """kind: Model
version: 1
licence: Apache-2.0
window: 64
windowsMax: 32
heads:
  risk:
    task: sequence
    labels: { fine: null, attack: attack }
""")
