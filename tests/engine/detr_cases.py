"""Light networks with queries, and chips for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from swath.engine.models import ModelType, NetworkSpec, detreg, rtdetrv2
from swath.engine.training.detection.base import Detector, Truth

TYPES = (detreg.MODEL_TYPE, rtdetrv2.MODEL_TYPE)
LIGHT = {"queries": 20, "hidden_size": 64, "encoder_layers": 1, "decoder_layers": 2}
SIDE = 64


def build(model_type: ModelType, bands: int = 3, seed: int = 0, side: int = SIDE, backbone: str = "mobilenet_v2",
          **arguments: Any) -> Detector:  # fmt: skip
    """Build a light network; its weights depend on the seed."""
    torch.manual_seed(seed)
    parsed = model_type.parse_arguments({**LIGHT, **arguments})
    found = model_type.build(NetworkSpec(bands, 2, backbone, side, "", parsed))
    assert isinstance(found, Detector)
    return found


def chips(side: int, number: int, bands: int = 3, objects: int = 3, seed: int = 3) -> tuple[Tensor, list[Truth]]:
    """Return noise with rectangles of two colours, each colour a class, none touching another."""
    random = np.random.default_rng(seed)
    images = random.normal(0, 0.3, (number, bands, side, side)).astype(np.float32)
    truths = []
    for image in images:
        boxes: list[tuple[int, int, int, int]] = []
        while len(boxes) < objects:
            width, height = random.integers(side // 9, side // 4, 2)
            left, top = random.integers(2, side - width - 2), random.integers(2, side - height - 2)
            box = (int(left), int(top), int(left + width), int(top + height))
            if any(box[0] < b[2] + 3 and b[0] < box[2] + 3 and box[1] < b[3] + 3 and b[1] < box[3] + 3 for b in boxes):
                continue
            boxes.append(box)
        labels = [place % 2 for place in range(objects)]
        for label, (left, top, right, bottom) in zip(labels, boxes, strict=True):
            image[:, top:bottom, left:right] += np.linspace(2, -1, bands)[:: 1 - 2 * label, None, None]
        truths.append(Truth(torch.tensor(boxes, dtype=torch.float32), torch.tensor(labels)))
    return torch.from_numpy(images), truths


def nothing() -> Truth:
    """Return a picture's truth without objects."""
    return Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
