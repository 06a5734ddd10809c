"""Understand ONNX models of other makers that carry the metadata of the plugin Deepness.

Keys and units are in Deepness's documentation ("Creating and training models"): every value is JSON.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .classes import ClassInfo, palette_color
from .detection_decoders import DECODERS, OWN
from .model_info import GraphInfo, GraphInput, ModelInfo
from .model_problems import UnknownModelError
from .onnx_metadata import OnnxSummary

_TASKS = {"segmentor": "PIXELS", "detector": "OBJECTS"}
_CM_PER_M = 100.0
_MULTIPLE = 32


@dataclass(frozen=True)
class Scaling:
    """What a graph wants done to raw pixels first: ``(pixel / 255 - mean) / std``, a number a band."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def read_deepness(summary: OnnxSummary, onnx: Path, given: Path) -> tuple[ModelInfo, Scaling | None, str]:
    """Return what a model with Deepness metadata says, the scaling that it wants, and the name of its decoder.

    Raises:
        UnknownModelError: where there is no such metadata, or it is broken or of an unknown task.
    """
    facts = _Facts({key: _loads(value) for key, value in summary.metadata.items()}, given)
    task = _TASKS.get(str(facts.values.get("model_type", "")).lower())
    if task is None:
        kind = facts.values.get("model_type")
        raise facts.bad(
            f"its model_type is {kind}, and only Segmentor and Detector are known" if kind else "it has no metadata"
        )
    image = next(((name, shape) for name, shape in summary.inputs.items() if len(shape) == 4), None)
    if image is None or not summary.outputs:
        raise facts.bad("it has no input of four dimensions (batch, bands, height, width)")
    name, shape = image
    bands = shape[1] or len(facts.numbers("standardization_mean")) or 3
    tile = shape[2] or int((facts.numbers("tile_size") or facts.numbers("tiles_size") or [512])[0])
    resolution = facts.numbers("resolution")
    objects = task == "OBJECTS"
    decoder = _decoder(facts) if objects else ""
    thresholds = facts.shares("det_conf") if objects else facts.numbers("seg_thresh")
    outputs = tuple(summary.outputs) if objects else tuple(summary.outputs)[:1]
    sigmoid = objects or next(iter(summary.outputs.values()))[1:2] == (1,)
    info = ModelInfo(
        task=task,
        model_type="Deepness",
        backbone="",
        graphs=(GraphInfo(onnx.name, (GraphInput(name, tuple(range(1, bands + 1))),), outputs),),
        classes=_classes(facts, 1 if objects else 0),
        tile_size=tile,
        padding=min(int(tile * (facts.numbers("tiles_overlap") or [15.0])[0] / 200), tile // 2 - 1),
        tile_multiple=1 if shape[2] else math.gcd(tile, _MULTIPLE) if tile < _MULTIPLE else _MULTIPLE,
        fixed_tile=shape[2] is not None or shape[3] is not None,
        cell_size=(resolution[0] / _CM_PER_M,) * 2 if resolution else (),
        threshold=(thresholds or [0.5])[0],
        overlap=(facts.shares("det_iou_thresh") or [0.0])[0],
        activation="sigmoid" if sigmoid else "softmax",
    )
    if not 1 <= tile <= 2**15 or (shape[3] or tile) != tile:
        raise facts.bad("its tiles are no squares of a usual size")
    return info, _scaling(facts, bands), decoder


class _Facts:
    """The metadata, read with one sentence for whatever is wrong in it."""

    def __init__(self, values: dict[str, Any], given: Path) -> None:
        self.values, self._given = values, given

    def bad(self, detail: str) -> UnknownModelError:
        return UnknownModelError(path=self._given, detail=detail)

    def numbers(self, key: str) -> list[float]:
        """Return a number or a list of numbers; empty where the key is missing."""
        value = self.values.get(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        try:
            found = [float(item) for item in items]
        except (TypeError, ValueError) as error:
            raise self.bad(f"its key '{key}' is broken") from error
        if not found or not all(math.isfinite(item) for item in found):
            raise self.bad(f"its key '{key}' is broken")
        return found

    def shares(self, key: str) -> list[float]:
        """Return numbers from 0 to 1 as :meth:`numbers` does."""
        found = self.numbers(key)
        if not all(0 <= item <= 1 for item in found):
            raise self.bad(f"its key '{key}' is broken")
        return found


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _decoder(facts: _Facts) -> str:
    """Return how the outputs of a detector are read; a model that does not say it is of the oldest kind."""
    name = str(facts.values.get("det_type", "YOLO_v5_or_v7_default"))
    if name not in DECODERS or name == OWN:
        known = ", ".join(sorted(name for name in DECODERS if name))
        raise facts.bad(f"its det_type is {name}, and only {known} are known")
    return name


def _classes(facts: _Facts, first: int) -> tuple[ClassInfo, ...]:
    names = facts.values.get("class_names")
    if not isinstance(names, dict) or not names or not all(str(key).isdigit() for key in names):
        raise facts.bad("its key 'class_names' is missing or broken")
    found = {int(key): str(name) for key, name in names.items()}
    # Of pixels, channel numbers are the class values: 0 is usually the background. Objects begin at 1.
    return tuple(
        ClassInfo(
            channel + first,
            found.get(channel, str(channel)),
            palette_color(channel + first - 1) if channel + first else (0, 0, 0),
        )
        for channel in range(min(max(found) + 1, 2**16))
    )


def _scaling(facts: _Facts, bands: int) -> Scaling | None:
    mean, std = facts.numbers("standardization_mean"), facts.numbers("standardization_std")
    mean = mean * bands if len(mean) == 1 else mean or [0.0] * bands
    std = std * bands if len(std) == 1 else std or [1.0] * bands
    if len(mean) != bands or len(std) != bands or 0.0 in std:
        raise facts.bad("its keys 'standardization_mean' and 'standardization_std' do not fit its bands")
    return Scaling(tuple(mean), tuple(std))
