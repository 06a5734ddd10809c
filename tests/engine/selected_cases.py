"""Networks of two stages as small as a test needs, scenes for them, and what the tests do with both."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.training.detection.base import Detector, Truth
from swath.engine.training.parts import make_robust

TYPES = MODEL_TYPES.all()
LIGHT = "timm:resnet10t"
# As little as a test needs: few boxes to learn from and to find, and those that are not sure as well.
FEW = {"rpn_post_nms_top_n_train": 24, "rpn_post_nms_top_n_test": 60, "box_detections_per_img": 30}
FEW |= {"box_batch_size_per_image": 32, "box_score_thresh": 0.02, "mask_batch_size_per_image": 4}


def build(name: str, model: str = "", bands: int = 3, seed: int = 0, backbone: str = LIGHT, **given: Any) -> Detector:
    """Return a light network of two classes for pieces of 64 pixels."""
    arguments = {**FEW, **TYPES[name].parse_arguments({"model": model})} if model else FEW
    arguments = {**arguments, **given}
    torch.manual_seed(seed)
    network = make_robust(TYPES[name].build(NetworkSpec(bands, 2, backbone, 64, arguments=arguments)))
    assert isinstance(network, Detector)
    return network


def scene(count: int, side: int, seed: int, bands: int = 3) -> tuple[Tensor, list[Truth]]:
    """Return pictures with bright rectangles (class 0) and dark ellipses (1) on noise, and their truths."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:side, :side] + 0.5
    images = rng.normal(0, 0.3, (count, bands, side, side)).astype(np.float32)
    truths = []
    for image in images:
        boxes, labels, masks = [], [], []
        taken = np.zeros((side, side), bool)
        for _ in range(rng.integers(1, 6)):
            width, height = rng.uniform(10, 36, 2)
            left, top = rng.uniform(0, side - width), rng.uniform(0, side - height)
            label = int(rng.integers(2))
            mask = (across > left) & (across < left + width) & (down > top) & (down < top + height)
            if label:
                middle = (across - left - width / 2) / width, (down - top - height / 2) / height
                mask = middle[0] ** 2 + middle[1] ** 2 < 0.25
            if (mask & taken).any():
                continue
            taken |= mask
            image[:, mask] += -1.5 if label else 1.5
            boxes.append((left, top, left + width, top + height))
            labels.append(label)
            masks.append(mask)
        truths.append(
            Truth(torch.tensor(np.asarray(boxes, np.float32)), torch.tensor(labels), torch.tensor(np.stack(masks)))
        )
    return torch.from_numpy(images), truths


def empty(side: int = 64) -> Truth:
    """Return the truth of a picture without objects."""
    return Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(0, side, side, dtype=torch.bool))


def train(network: Detector, images: Tensor, truths: list[Truth], steps: int, batch: int) -> list[float]:
    """Return the losses of some steps."""
    rate = 1e-3
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    picks = torch.Generator().manual_seed(0)
    losses = []
    network.train()
    for _ in range(steps):
        chosen = torch.randperm(len(images), generator=picks)[:batch].tolist()
        loss = torch.stack(list(network.losses(images[chosen], [truths[place] for place in chosen]).values())).sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    return losses


@functools.cache
def learnt(name: str, model: str) -> tuple[Detector, list[float], Tensor]:
    """Return a network that learnt two pictures for a few steps, the losses, and the pictures."""
    network = build(name, model)
    images, truths = scene(2, 64, 1)
    losses = train(network, images, truths, 12, 2)
    # So few steps leave the averages of batch normalisation behind the weights.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.losses(images, truths)
    return network, losses, images


def write(network: Detector, path: Path, bands: int = 3) -> onnxruntime.InferenceSession:
    """Write a network as ONNX as a training does it, and open it."""
    axes: dict[str, Mapping[int, str]] = {"image": {2: "height", 3: "width"}, **network.outputs}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), (torch.randn(1, bands, 64, 64),), str(path), input_names=["image"],
            output_names=list(network.outputs), opset_version=17, dynamo=False, dynamic_axes=axes,
        )  # fmt: skip
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def assert_partners(expected: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> None:
    """Each object has a partner of the same class, as sure, in the same place and with the same outline."""
    assert {name: item.shape for name, item in expected.items()} == {name: item.shape for name, item in found.items()}
    for place in range(expected["scores"].shape[1]):
        near = (
            (found["labels"][0] == expected["labels"][0, place])
            & (np.abs(found["scores"][0] - expected["scores"][0, place]) < 1e-3)
            & (np.abs(found["boxes"][0] - expected["boxes"][0, place]) < 0.05).all(1)
        )
        assert near.any()
        if "masks" in expected:
            off = np.abs(found["masks"][0][near] - expected["masks"][0, place]).max((1, 2))
            assert off.min() < 1e-3
