"""Makes the bundles in fixtures/: the architectures that people use for guards, small, with random weights.

    pip install -r requirements.txt && python3 make.py

Writes one folder a bundle as exporters do (model.onnx, tokenizer.json, config.json), and expected.json: what PyTorch itself
answers to texts.json. The tests hold both runtimes against that and need none of this.
"""

import json
import shutil
import warnings
from pathlib import Path

import onnx
import openvino
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent / "fixtures"
SINGLES, PAIRS = (json.loads((HERE / "texts.json").read_text())[key] for key in ("singles", "pairs"))
# What the vocabularies are learned from: the texts, and words around them.
CORPUS = [*SINGLES, *(text for pair in PAIRS for text in pair)] * 3
SIZE = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special))
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", ends)
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def byte_bpe(first, last, pad, unknown):
    """RoBERTa and ModernBERT: every byte is known."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [first, pad, last, unknown]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=420, special_tokens=special, initial_alphabet=alphabet))
    first, last = ((name, tokenizer.token_to_id(name)) for name in (first, last))
    if first[0] == "<s>":
        tokenizer.post_processor = processors.RobertaProcessing(last, first, trim_offsets=True, add_prefix_space=False)
    else:
        around = f"{first[0]} $A {last[0]}"
        tokenizer.post_processor = processors.TemplateProcessing(around, f"{around} $B:1 {last[0]}:1", [first, last])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def unigram(special, first, last, unknown):
    """DeBERTa-v3 and XLM-R: SentencePiece's pieces."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("  ", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=320, special_tokens=special, unk_token=unknown)
    tokenizer.train_from_iterator(CORPUS, trainer)
    ends = [(name, tokenizer.token_to_id(name)) for name in (first, last)]
    between = f"{last} {last} $B {last}" if first == "<s>" else f"{last}:0 $B:1 {last}:1"
    tokenizer.post_processor = processors.TemplateProcessing(f"{first} $A {last}", f"{first} $A {between}", ends)
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


class Two(torch.nn.Module):
    """Two heads on one encoder."""

    def __init__(self, config):
        super().__init__()
        self.encoder = AutoModel.from_config(config, attn_implementation="eager")
        self.risk = torch.nn.Linear(config.hidden_size, 2)
        self.words = torch.nn.Linear(config.hidden_size, 3)

    def forward(self, **feeds):
        hidden = self.encoder(**feeds).last_hidden_state
        return self.risk(hidden[:, 0]), self.words(hidden)


class Named(torch.nn.Module):
    """Takes its inputs in order, as the exporter gives them."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *tensors):
        answer = self.model(**dict(zip(self.names, tensors)))
        return answer if isinstance(answer, tuple) else answer[0]


def write(name, model, tokenizer, inputs, outputs, config, manifest=None, external=False):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model = Named(model, inputs).eval()
    for parameter in model.parameters():
        # Larger than weights begin with, so that answers differ from text to text.
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    example = torch.arange(5, 21).reshape(2, 8)
    feeds = {"input_ids": example, "attention_mask": torch.ones_like(example), "token_type_ids": torch.zeros_like(example)}
    axes = {each: {0: "batch", 1: "sequence"} for each in inputs}
    axes |= {each: {0: "batch"} if is_text else {0: "batch", 1: "sequence"} for each, is_text in outputs.items()}
    torch.onnx.export(model, tuple(feeds[each] for each in inputs), str(folder / "model.onnx"), input_names=inputs,
                      output_names=list(outputs), dynamic_axes=axes, dynamo=False, opset_version=17)
    if external:
        loaded = onnx.load(str(folder / "model.onnx"))
        (folder / "model.onnx").unlink()
        onnx.save(loaded, str(folder / "model.onnx"), save_as_external_data=True, location="model.onnx_data", size_threshold=256)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "config.json").write_text(config.to_json_string())
    if manifest is not None:
        (folder / "sallyport-model.yaml").write_text(manifest)
    return model


def answers(model, tokenizer, inputs, outputs, pairs):
    rows = []
    for text in PAIRS if pairs else SINGLES:
        encoding = tokenizer.encode(*text) if pairs else tokenizer.encode(text)
        feeds = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
        with torch.no_grad():
            answer = model(*(torch.tensor([feeds[each]]) for each in inputs))
        tensors = answer if isinstance(answer, tuple) else (answer,)
        numbers = {each: [float(f"{x:.6g}") for x in tensor.flatten().tolist()] for each, tensor in zip(outputs, tensors)}
        # A vector for each token is many numbers: the first's and the mean are enough.
        if "last_hidden_state" in outputs:
            means = tensors[0][0].mean(0).tolist()
            numbers = {"first": numbers["last_hidden_state"][: len(means)], "mean": [float(f"{x:.6g}") for x in means]}
        rows.append({"ids": encoding.ids, "outputs": numbers})
    return rows


def labels(*names):
    return dict(id2label=dict(enumerate(names)), label2id={label: at for at, label in enumerate(names)})


def main():
    three, two = ["input_ids", "attention_mask", "token_type_ids"], ["input_ids", "attention_mask"]
    sentence = AutoModelForSequenceClassification.from_config
    expected = {}

    def make(name, build, tokenizer, inputs, outputs, kind, manifest=None, pairs=False, external=False, **settings):
        torch.manual_seed(sum(map(ord, name)))
        config = AutoConfig.for_model(kind, vocab_size=tokenizer.get_vocab_size(), **settings)
        model = write(name, build(config), tokenizer, inputs, outputs, config, manifest, external)
        expected[name] = answers(model, tokenizer, inputs, outputs, pairs)

    eager = lambda auto: lambda config: auto(config, attn_implementation="eager")
    logits, tokens = {"logits": True}, {"logits": False}
    bert = dict(architectures=["BertForSequenceClassification"], max_position_embeddings=128, pad_token_id=0, **SIZE)
    pieces = word_piece()
    make("bert", eager(sentence), pieces, three, logits, "bert", **bert, **labels("SAFE", "INJECTION"))
    make("bert-external", eager(sentence), pieces, three, logits, "bert", external=True, **bert, **labels("SAFE", "INJECTION"))
    openvino.save_model(openvino.convert_model(str(HERE / "bert/model.onnx")), str(HERE / "bert-ir/model.xml"), compress_to_fp16=False)
    for file in ("tokenizer.json", "config.json"):
        shutil.copy(HERE / "bert" / file, HERE / "bert-ir" / file)
    make("deberta-v3", eager(sentence), unigram(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[CLS]", "[SEP]", "[UNK]"), three, logits,
         "deberta-v2", architectures=["DebertaV2ForSequenceClassification"], problem_type="multi_label_classification",
         max_position_embeddings=128, pad_token_id=0, type_vocab_size=0, relative_attention=True, position_buckets=16,
         norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, pooler_hidden_size=32,
         **SIZE, **labels("toxic", "threat", "insult"))
    make("roberta", eager(sentence), byte_bpe("<s>", "</s>", "<pad>", "<unk>"), two, logits, "roberta", pairs=True,
         manifest=PAIR_MANIFEST, architectures=["RobertaForSequenceClassification"], max_position_embeddings=130, type_vocab_size=1,
         pad_token_id=1, bos_token_id=0, eos_token_id=2, **SIZE, **labels("contradiction", "entailment", "neutral"))
    make("xlm-roberta", eager(AutoModelForTokenClassification.from_config), unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", "<unk>"),
         two, tokens, "xlm-roberta", architectures=["XLMRobertaForTokenClassification"], max_position_embeddings=130, type_vocab_size=1,
         pad_token_id=1, bos_token_id=0, eos_token_id=2, **SIZE, **labels("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))
    make("modernbert", Two, byte_bpe("[CLS]", "[SEP]", "[PAD]", "[UNK]"), two, {"risk": True, "words": False}, "modernbert",
         manifest=TWO_MANIFEST, architectures=["ModernBertForMultiTask"], max_position_embeddings=128, pad_token_id=1, cls_token_id=0,
         sep_token_id=2, bos_token_id=0, eos_token_id=2, local_attention=16, global_attn_every_n_layers=2, **SIZE)
    make("distilbert", eager(AutoModel.from_config), pieces, two, {"last_hidden_state": False}, "distilbert",
         architectures=["DistilBertModel"], max_position_embeddings=128, pad_token_id=0, dim=32, n_layers=2, n_heads=2, hidden_dim=64)
    lines = (f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in expected.items())
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


PAIR_MANIFEST = """kind: Model
version: 1
licence: Apache-2.0
window: 96
heads:
  support:
    task: pair
    labels: { contradiction: unsupported, entailment: null, neutral: unsupported }
    calibration: { temperature: 1.5 }
    threshold: 0.6
    thresholds: { fpr-1%: 0.9 }
"""

TWO_MANIFEST = """kind: Model
version: 1
licence: Apache-2.0
window: 64
stride: 48
heads:
  risk:
    output: risk
    task: sequence
    labels: { fine: null, injection: prompt-injection }
    calibration: { scale: 1.2, offset: -0.1 }
  words:
    output: words
    task: token
    labels: { O: null, B-NAME: name, I-NAME: name }
"""

main()
