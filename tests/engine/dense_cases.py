"""Networks with candidates all over the picture, and pictures to learn from, for the tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from swath.engine.detections import decode
from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.review.average_precision import Picture, evaluate
from swath.engine.training.detection.base import Detector, Truth

TYPES = MODEL_TYPES.all()
CASES = ("RETINANET", "FCOS", "SSD", "YOLOV3")
LIGHT = "timm:resnet10t"


def build(name: str, bands: int = 3, seed: int = 0, backbone: str = LIGHT, size: int = 64, **given: Any) -> Any:
    """Return a network of two classes."""
    arguments = TYPES[name].parse_arguments(given)
    torch.manual_seed(seed)
    network = TYPES[name].build(NetworkSpec(bands, 2, backbone, size, arguments=arguments))
    assert isinstance(network, Detector)
    return network


def scene(count: int, side: int, seed: int, bands: int = 3) -> tuple[Tensor, list[Truth]]:
    """Return noise with dark rectangles (class 0) and bright ellipses (1), and the truths; some have none."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:side, :side] + 0.5
    images = rng.normal(0, 0.5, (count, bands, side, side)).astype(np.float32)
    truths = []
    for image in images:
        boxes: list[tuple[float, ...]] = []
        labels = []
        for _ in range(rng.integers(0, 7)):
            width = np.exp(rng.uniform(np.log(10), np.log(40)))
            height = np.clip(np.exp(rng.uniform(np.log(10), np.log(40))), width / 2, width * 2)
            left, top = rng.uniform(0, side - width), rng.uniform(0, side - height)
            box = (left, top, left + width, top + height)
            if any(left < x1 and x0 < box[2] and top < y1 and y0 < box[3] for x0, y0, x1, y1 in boxes):
                continue
            x, y = (across - left) / width * 2 - 1, (down - top) / height * 2 - 1
            label = int(rng.integers(2))
            inside = x**2 + y**2 < 1 if label else np.maximum(abs(x), abs(y)) < 1
            colour = rng.uniform(0.5, 2.5, bands) * (1 if label else -1)
            image[:, inside] += colour[:, None].astype(np.float32)
            boxes.append(box)
            labels.append(label)
        truths.append(Truth(torch.tensor(boxes).float().reshape(-1, 4), torch.tensor(labels, dtype=torch.int64)))
    return torch.from_numpy(images), truths


def precision(network: Any, images: Tensor, truths: list[Truth]) -> float:
    """Return the mean over the classes of AP50."""
    with torch.inference_mode():
        boxes, scores = (value.numpy() for value in network.eval()(images))
    found = decode({"boxes": boxes, "scores": scores}, 0.02, 0.5)
    pictures = [
        Picture(one.boxes, one.scores, one.channels, truth.boxes.numpy(), truth.labels.numpy())
        for one, truth in zip(found, truths, strict=True)
    ]
    return float(evaluate(pictures, 2)["average_precision"])


def learn(network: Any, optimizer: torch.optim.Optimizer, images: Tensor, truths: list[Truth]) -> float:
    """Take one step and return the loss."""
    loss = torch.stack(list(network.losses(images, truths).values())).sum()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
    optimizer.step()
    return float(loss.detach())
