"""Makes bert-qdq and bert-dynamic in fixtures/ of bert: the two forms of INT8 that exporters write.

    pip install -r requirements.txt && python3 quantize.py

QDQ: scales of weights and of what flows between them are in the file, worked out from texts.json. Dynamic: those of what
flows are worked out at each run, from all that is in the batch.
"""

import json
import shutil
from pathlib import Path

import numpy
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from tokenizers import Tokenizer

HERE = Path(__file__).parent / "fixtures"
SOURCE = HERE / "bert"
SINGLES = json.loads((HERE / "texts.json").read_text())["singles"]


class Texts(CalibrationDataReader):
    def __init__(self):
        tokenizer = Tokenizer.from_file(str(SOURCE / "tokenizer.json"))
        encoded = (tokenizer.encode(text) for text in SINGLES)
        self.rows = ({
            "input_ids": numpy.array([each.ids], numpy.int64)[:, :128],
            "attention_mask": numpy.array([each.attention_mask], numpy.int64)[:, :128],
            "token_type_ids": numpy.array([each.type_ids], numpy.int64)[:, :128],
        } for each in encoded)

    def get_next(self):
        return next(self.rows, None)


def folder_of(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in ("tokenizer.json", "config.json"):
        shutil.copy(SOURCE / file, folder / file)
    return str(folder / "model.onnx")


source = str(SOURCE / "model.onnx")
quantize_static(source, folder_of("bert-qdq"), Texts(), quant_format=QuantFormat.QDQ, weight_type=QuantType.QInt8,
                op_types_to_quantize=["MatMul", "Gemm"], per_channel=False)
quantize_dynamic(source, folder_of("bert-dynamic"), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"])
