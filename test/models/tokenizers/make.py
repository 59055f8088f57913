"""Makes the small tokenizers of fixtures/ and what Python's `tokenizers` says of the compared texts.

    pip install -r test/models/tokenizers/requirements.txt
    python test/models/tokenizers/make.py

Each tokenizer has the parts of a family in use, and a small vocabulary of its own. One that is there is kept, since training
breaks ties by chance: delete its file to train it anew. Expected offsets are in code points.
"""

import gzip
import json
import os
import tempfile
import unicodedata
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from texts import SENTENCES, compared_texts, training_text

FIXTURES = Path(__file__).parent / "fixtures"


def template(tokenizer, single, pair):
    names = {name for name in (single + " " + pair).replace(":0", "").replace(":1", "").split() if not name.startswith("$")}
    ids = [(name, tokenizer.token_to_id(name)) for name in sorted(names)]
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=1200, limit_alphabet=260, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(training_text(), trainer)
    tokenizer.post_processor = template(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1")
    # Files of this family often bring both along: neither may have an effect.
    tokenizer.enable_truncation(max_length=24, stride=4)
    tokenizer.enable_padding(length=48, pad_id=0, pad_token="[PAD]")
    return tokenizer


def byte_level(special, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(training_text(), trainer)
    return tokenizer


def roberta():
    tokenizer = byte_level(["<s>", "<pad>", "</s>", "<unk>"], 1000)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    sep, cls = [(name, tokenizer.token_to_id(name)) for name in ("</s>", "<s>")]
    tokenizer.post_processor = processors.RobertaProcessing(sep, cls, trim_offsets=True, add_prefix_space=False)
    return tokenizer


def modernbert():
    tokenizer = byte_level(["[UNK]", "[CLS]", "[SEP]", "[PAD]"], 900)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True)])
    tokenizer.add_tokens([AddedToken(" " * count, normalized=True) for count in range(2, 9)])
    tokenizer.add_tokens([AddedToken("|||EMAIL|||", normalized=True)])
    tokenizer.post_processor = template(tokenizer, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
    return tokenizer


def charsmap():
    """A small map in the form that SentencePiece keeps in a model: compatibility forms, and what is dropped."""
    dropped = {0x200B, 0x2060, 0xFEFF, 0x00AD, 0x0001, 0x0007, 0x0008, 0x007F}
    codes = [*range(0xA0, 0x180), *range(0x2000, 0x2070), *range(0x2100, 0x2190), *range(0x3000, 0x3100), *range(0xFB00, 0xFB07), *range(0xFF00, 0xFF70)]
    lines = [f"{code:X}\t\t# dropped" for code in sorted(dropped)]
    for code in sorted(set(codes) - dropped):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code):
            lines.append(f"{code:X}\t{' '.join(f'{ord(each):X}' for each in plain)}")
    lines += [f"{ord(base):X} {mark:X}\t{ord(unicodedata.normalize('NFC', base + chr(mark))):X}" for base in "aeiouAEIOU" for mark in (0x300, 0x301)]
    with tempfile.TemporaryDirectory() as folder:
        rules, text, out = Path(folder, "rules.tsv"), Path(folder, "text"), Path(folder, "out")
        rules.write_text("\n".join(lines) + "\n")
        text.write_text("\n".join(SENTENCES[:6]))
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(out), vocab_size=100, hard_vocab_limit=False, model_type="unigram",
            normalization_rule_tsv=str(rules), minloglevel=2,
        )
        return charsmap_of(Path(f"{out}.model").read_bytes())


def charsmap_of(model):
    """NormalizerSpec.precompiled_charsmap: field 3 of a ModelProto, field 2 in that."""
    for field, value in fields(model):
        if field == 3:
            return next(inner for number, inner in fields(value) if number == 2)
    raise SystemExit("the model has no normalizer")


def fields(data):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 2:
            size = varint()
            yield tag >> 3, data[at : at + size]
            at += size
        elif tag & 7 == 5:
            at += 4
        elif tag & 7 == 1:
            at += 8
        else:
            varint()


def unigram(special, unk, size):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap()), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token=unk, show_progress=False)
    tokenizer.train_from_iterator(training_text(), trainer)
    return rounded(tokenizer)


def rounded(tokenizer):
    """Scores differ in the last digits from run to run."""
    data = json.loads(tokenizer.to_str())
    data["model"]["vocab"] = [[piece, round(score, 3)] for piece, score in data["model"]["vocab"]]
    return Tokenizer.from_str(json.dumps(data))


def deberta():
    tokenizer = unigram(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[UNK]", 900)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), tokenizer.normalizer])
    tokenizer.post_processor = template(tokenizer, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1")
    return tokenizer


def xlm_roberta():
    tokenizer = unigram(["<s>", "<pad>", "</s>", "<unk>"], "<unk>", 800)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.normalizer = normalizers.Precompiled(charsmap())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.post_processor = template(tokenizer, "<s> $A </s>", "<s> $A </s> </s> $B </s>")
    return tokenizer


def llama():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=1100, special_tokens=special, limit_alphabet=200, show_progress=False)
    tokenizer.train_from_iterator(training_text(), trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = data["added_tokens"][:3]
    data["pre_tokenizer"] = None
    data["model"] |= {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.post_processor = template(tokenizer, "<s> $A", "<s> $A <s>:1 $B:1")
    return tokenizer


def described(encoding):
    """ids, types, and of each token that stands in a text its begin (as the step from the one before) and its length."""
    places, last = [], 0
    for (start, end), mask in zip(encoding.offsets, encoding.special_tokens_mask):
        if mask == 0:
            places += [start - last, end - start]
            last = start
    return {"ids": encoding.ids, "types": encoding.type_ids, "places": places}


def main():
    FIXTURES.mkdir(exist_ok=True)
    for make in (bert, roberta, modernbert, deberta, xlm_roberta, llama):
        path = FIXTURES / f"{make.__name__.replace('_', '-')}.json"
        if not path.exists():
            make().save(str(path), pretty=False)
    texts = compared_texts()
    pairs = [[at, (at * 7 + 3) % len(texts)] for at in range(0, len(texts), 4)]
    expected = {"texts": texts, "pairs": pairs, "tokenizers": {}}
    for path in sorted(FIXTURES.glob("*.json")):
        name, tokenizer = path.stem, Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        expected["tokenizers"][name] = {
            "singles": [described(tokenizer.encode(text)) for text in texts],
            "pairs": [described(tokenizer.encode(texts[one], texts[other])) for one, other in pairs],
            "firsts": [len(tokenizer.encode(texts[one], add_special_tokens=False)) for one, _ in pairs],
        }
        print(name, tokenizer.get_vocab_size(), "entries,", sum(len(each["ids"]) for each in expected["tokenizers"][name]["singles"]), "tokens")
    packed = json.dumps(expected, separators=(",", ":")).encode()
    with open(FIXTURES / "expected.json.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped:
        zipped.write(packed)
    print(len(texts), "texts,", len(pairs), "pairs")


if __name__ == "__main__":
    main()
