"""Read what an ONNX file says about itself without onnxruntime and without loading its weights.

An ONNX file is a protocol buffer (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Only its
top-level fields and the descriptions of inputs and outputs are read; weights are skipped by their
length. The bytes come from others, so every length and count is checked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .model_problems import NotOnnxError

_LARGEST_TEXT = 64 * 2**20
_MOST_ENTRIES = 10_000
_HIGHEST_FIELD = 1000
# Fields of ModelProto, GraphProto and so on, by their numbers in onnx.proto.
_IR_VERSION, _PRODUCER, _GRAPH, _METADATA = 1, 2, 7, 14
_GRAPH_INPUT, _GRAPH_OUTPUT = 11, 12

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxSummary:
    """The head of an ONNX file.

    ``inputs`` and ``outputs`` map names to shapes, None where a side is free.
    """

    ir_version: int
    producer: str
    metadata: dict[str, str]
    inputs: dict[str, Shape] = field(default_factory=dict)
    outputs: dict[str, Shape] = field(default_factory=dict)


def read_onnx(path: Path) -> OnnxSummary:
    """Read the head of an ONNX file.

    Raises:
        NotOnnxError: where it is no ONNX model, cut short, or cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            return _read_model(stream, path.stat().st_size)
    except (OSError, _BrokenError) as error:
        raise NotOnnxError(path=path, detail=str(error)) from error


class _BrokenError(ValueError):
    """The bytes are no such protocol buffer."""


@dataclass(frozen=True)
class _Field:
    """One field: its number, its number value (wire type 0) or its length (wire type 2)."""

    number: int
    value: int
    has_length: bool


def _varint(stream: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = stream.read(1)
        if not byte:
            raise _BrokenError("it is cut short")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise _BrokenError("it is no ONNX model")


def _fields(stream: BinaryIO, end: int) -> Iterator[_Field]:
    """Yield the fields up to ``end``; what the caller has not read of one is skipped."""
    while (start := stream.tell()) < end:
        key = _varint(stream)
        number, wire = key >> 3, key & 7
        if not 1 <= number <= _HIGHEST_FIELD:
            raise _BrokenError("it is no ONNX model")
        value, length = 0, 0
        if wire == 0:
            value = _varint(stream)
        elif wire == 1:
            length = 8
        elif wire == 2:
            length = value = _varint(stream)
        elif wire == 5:
            length = 4
        else:
            raise _BrokenError("it is no ONNX model")
        behind = stream.tell() + length
        if behind > end or behind <= start:
            raise _BrokenError("it is cut short or no ONNX model")
        yield _Field(number, value, wire == 2)
        stream.seek(behind)


def _bytes(stream: BinaryIO, item: _Field) -> bytes:
    if not item.has_length or item.value > _LARGEST_TEXT:
        raise _BrokenError("it is no ONNX model")
    return stream.read(item.value)


def _text(stream: BinaryIO, item: _Field) -> str:
    try:
        return _bytes(stream, item).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _BrokenError("it is no ONNX model") from error


def _read_model(stream: BinaryIO, size: int) -> OnnxSummary:
    version, producer, seen_graph = 0, "", False
    metadata: dict[str, str] = {}
    inputs: dict[str, Shape] = {}
    outputs: dict[str, Shape] = {}
    for item in _fields(stream, size):
        if item.number == _IR_VERSION and not item.has_length:
            version = item.value
        elif item.number == _PRODUCER:
            producer = _text(stream, item)
        elif item.number == _GRAPH and item.has_length:
            seen_graph = True
            _read_graph(stream, stream.tell() + item.value, inputs, outputs)
        elif item.number == _METADATA and len(metadata) < _MOST_ENTRIES:
            key, value = _entry(_bytes(stream, item))
            metadata[key] = value
    if not seen_graph or not 1 <= version <= _HIGHEST_FIELD:
        raise _BrokenError("it is no ONNX model")
    return OnnxSummary(version, producer, metadata, inputs, outputs)


def _read_graph(stream: BinaryIO, end: int, inputs: dict[str, Shape], outputs: dict[str, Shape]) -> None:
    for item in _fields(stream, end):
        if item.number in (_GRAPH_INPUT, _GRAPH_OUTPUT):
            target = inputs if item.number == _GRAPH_INPUT else outputs
            if len(target) < _MOST_ENTRIES:
                name, shape = _value_info(_bytes(stream, item))
                target[name] = shape


def _entry(data: bytes) -> tuple[str, str]:
    """Read a StringStringEntryProto: key (1) and value (2)."""
    stream, texts = io.BytesIO(data), {1: "", 2: ""}
    for item in _fields(stream, len(data)):
        if item.number in texts:
            texts[item.number] = _text(stream, item)
    return texts[1], texts[2]


def _value_info(data: bytes) -> tuple[str, Shape]:
    """Read a ValueInfoProto: name (1), type (2) . tensor_type (1) . shape (2) . dim (1) . dim_value (1)."""
    name = ""
    for number, payload in _messages(data):
        if number == 1:
            name = payload.decode("utf-8", "replace")
        elif number == 2:
            tensors = [body for kind, body in _messages(payload) if kind == 1]
            shapes = [body for tensor in tensors for kind, body in _messages(tensor) if kind == 2]
            dims = [body for shape in shapes for kind, body in _messages(shape) if kind == 1]
            return name, tuple(_dimension(dim) for dim in dims)
    return name, ()


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    stream = io.BytesIO(data)
    for item in _fields(stream, len(data)):
        if item.has_length:
            yield item.number, _bytes(stream, item)


def _dimension(data: bytes) -> int | None:
    stream = io.BytesIO(data)
    for item in _fields(stream, len(data)):
        if item.number == 1 and not item.has_length:
            return item.value if item.value < 2**31 else None
    return None
