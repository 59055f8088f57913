"""Makes the model that `npm run bench -- inference` measures: 6 layers, 384 wide, random weights, a head of two labels.

    pip install -r requirements.txt && python3 make.py TOKENIZER.json OUT [--pair]

TOKENIZER.json: any WordPiece tokenizer of BERT's vocabulary. OUT gets a bundle as exporters write it, with two quantised
copies beside the model: dynamic INT8, and INT8 with QDQ nodes (calibrated with random tokens: for time, not for scores).
With --pair it gets the one for `stateful`: it judges pairs, as its manifest says, and its model is the copy with QDQ nodes,
as the shipped one is. What it answers is chance.
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import BertConfig, BertForSequenceClassification

warnings.filterwarnings("ignore")
NAMES = ["input_ids", "attention_mask", "token_type_ids"]
PAIR = """kind: Model
version: 1
name: random-pair
window: 512
heads:
  main:
    task: pair
    labels: { UNSUPPORTED: unsupported, SUPPORTED: null }
    pooling: min
"""


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, types):
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits


class RandomTokens(CalibrationDataReader):
    def __init__(self, size):
        draw = numpy.random.default_rng(20263)
        self.rows = iter([draw.integers(1000, size, (4, length)) for length in (32, 64, 128, 256)])

    def get_next(self):
        ids = next(self.rows, None)
        return None if ids is None else dict(zip(NAMES, (ids, numpy.ones_like(ids), numpy.zeros_like(ids))))


def main(tokenizer, out, pair):
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = json.loads(tokenizer.read_text())["model"]["vocab"]
    size = max(vocabulary.values()) + 1
    torch.manual_seed(20263)
    config = BertConfig(
        vocab_size=size, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        max_position_embeddings=512, id2label={0: "UNSUPPORTED", 1: "SUPPORTED"} if pair else {0: "SAFE", 1: "ATTACK"}, attn_implementation="eager",
    )
    model = BertForSequenceClassification(config).eval()
    config.architectures = ["BertForSequenceClassification"]
    config.save_pretrained(out)
    if tokenizer.resolve() != (out / "tokenizer.json").resolve():
        shutil.copyfile(tokenizer, out / "tokenizer.json")
    ids = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "batch", 1: "sequence"} for name in NAMES} | {"logits": {0: "batch"}}
    plain = out / "model.onnx"
    torch.onnx.export(
        Logits(model), (ids, ids, ids * 0), str(plain), input_names=NAMES, output_names=["logits"],
        dynamic_axes=axes, dynamo=False, opset_version=17,
    )
    prepared = out / "prepared.onnx"
    quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(str(prepared), str(out / "model_dynamic_int8.onnx"), weight_type=QuantType.QInt8)
    # Only what takes the time: QDQ around each small node costs more than it saves.
    quantize_static(
        str(prepared), str(out / "model_qdq_int8.onnx"), RandomTokens(size), quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul"], activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
    )
    prepared.unlink()
    if pair:
        (out / "model_dynamic_int8.onnx").unlink()
        (out / "model_qdq_int8.onnx").rename(plain)
        (out / "sallyport-model.yaml").write_text(PAIR)


main(Path(sys.argv[1]), Path(sys.argv[2]), "--pair" in sys.argv[3:])
