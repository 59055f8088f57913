"""What the makers of tiny bundles share (words, facts, claims): their tokenizer, and how a bundle is written."""

import json
import shutil

import onnx
from onnx import helper, numpy_helper

special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def numbered(words):
    """A vocabulary: the special tokens first."""
    return {token: index for index, token in enumerate([*special, *words])}


def word_pieces(vocabulary):
    """As BERT's: lower case, `##` before what goes on."""
    return {
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "vocab": vocabulary, "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100},
    }


def whole_words(vocabulary):
    """A word is known or not."""
    return {
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }


def tokenizer_of(vocabulary, parts, second=1):
    """tokenizer.json as text. `second`: the type of the second text's tokens."""

    def around(*names):
        half = 0
        placed = []
        for name in names:
            half = second if name == "B" else half
            placed.append({"SpecialToken" if name.startswith("[") else "Sequence": {"id": name, "type_id": half}})
        return placed

    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": vocabulary[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for token in special
        ],
        "normalizer": parts["normalizer"],
        "pre_tokenizer": parts["pre_tokenizer"],
        "post_processor": {
            "type": "TemplateProcessing",
            "single": around("[CLS]", "A", "[SEP]"),
            "pair": around("[CLS]", "A", "[SEP]", "B", "[SEP]"),
            "special_tokens": {token: {"id": token, "ids": [vocabulary[token]], "tokens": [token]} for token in ("[CLS]", "[SEP]")},
        },
        "decoder": None,
        "model": parts["model"],
    }
    return json.dumps(tokenizer, indent=1) + "\n"


def save(folder, graph, tokenizer, config, manifest):
    """`graph`: nodes, inputs, outputs, and constants by name. The folder is named as the model."""
    nodes, inputs, outputs, constants = graph
    tensors = [numpy_helper.from_array(value, key) for key, value in constants.items()]
    made = helper.make_graph(nodes, folder.name, inputs, outputs, tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    onnx.save(model, folder / "model.onnx")
    (folder / "tokenizer.json").write_text(tokenizer)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    (folder / "sallyport-model.yaml").write_text(manifest)
