"""The recipe that trainings are compared with: torchvision's networks, trained as its reference scripts do.

Stochastic gradient descent with momentum at 0.02 for 16 pictures, a linear warm-up, steps of a tenth after 16 and
22 of 26 parts of the time, horizontal flips and nothing else; backbone ResNet-18 with random weights. Those scripts
start from trained backbones; since AdamW does better from random ones, it may be asked for instead.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from _detection_judge import Found
from torch import nn
from torchvision.models import detection
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool, LastLevelP6P7

from swath.engine.chips import FORMATS

warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)
Sample = tuple[np.ndarray, np.ndarray, np.ndarray, "np.ndarray | None"]
# Pictures with more background than any object: as much of them is scored as the judge takes.
_LEAST_SCORE, _MOST_FOUND = 0.01, 500


def read_chips(folder: Path, chip_format: str) -> tuple[list[Sample], list[int]]:
    """Return picture (bands, h, w), boxes, class values and perhaps masks of each chip, and all class values."""
    reader = FORMATS.get(chip_format)
    chip_set = reader.read(folder)
    samples = []
    for chip in chip_set.chips:
        with rasterio.open(chip.image) as source:
            image = source.read()
        target = reader.read_target(chip, chip_set.classes)
        samples.append((image, target.boxes, target.values, target.masks))
    return samples, [item.value for item in chip_set.classes if item.value > 0]


def build(model_type: str, classes: int, side: int) -> nn.Module:
    """Return torchvision's network with a ResNet-18, for pictures whose shorter side is scaled to ``side``."""
    dense = model_type in {"RETINANET", "FCOS"}
    backbone = resnet_fpn_backbone(
        backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5,
        returned_layers=[2, 3, 4] if dense else [1, 2, 3, 4],
        extra_blocks=LastLevelP6P7(256, 256) if dense else LastLevelMaxPool(),
    )  # fmt: skip
    scale: dict[str, Any] = {"min_size": side, "max_size": 16 * side}
    if dense:
        network = detection.RetinaNet if model_type == "RETINANET" else detection.FCOS
        return network(backbone, classes + 1, score_thresh=_LEAST_SCORE, detections_per_img=_MOST_FOUND, **scale)
    two_stages = detection.FasterRCNN if model_type == "FASTERRCNN" else detection.MaskRCNN
    return two_stages(backbone, classes + 1, box_score_thresh=_LEAST_SCORE, box_detections_per_img=_MOST_FOUND, **scale)


def draw_sample(sample: Sample, side: int, rng: np.random.Generator) -> Sample:
    """Return a chip, cut to ``side`` at a random place if it is larger, and perhaps flipped."""
    image, boxes, values, masks = sample
    height, width = image.shape[1:]
    if side and (height > side or width > side):
        top, left = (int(rng.integers(max(0, size - side) + 1)) for size in (height, width))
        image = image[:, top : top + side, left : left + side]
        height, width = image.shape[1:]
        moved = boxes - [left, top, left, top]
        cut = np.clip(moved, 0, [width, height, width, height])
        areas = [(part[:, 2:] - part[:, :2]).prod(1) for part in (cut, moved)]
        keep = areas[0] > 0.3 * areas[1]
        boxes, values = cut[keep], values[keep]
        masks = None if masks is None else masks[keep, top : top + side, left : left + side]
    if rng.random() < 0.5:
        image, masks = image[:, :, ::-1], None if masks is None else masks[:, :, ::-1]
        boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], 1)
    return image, boxes, values, masks


def to_target(sample: Sample, values: Sequence[int]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return a picture and its truth as torchvision takes them; its classes count from 1."""
    image, boxes, found, masks = sample
    target = {
        "boxes": torch.as_tensor(boxes.copy(), dtype=torch.float32).reshape(-1, 4),
        "labels": torch.as_tensor([values.index(int(value)) + 1 for value in found], dtype=torch.int64),
    }
    if masks is not None:
        target["masks"] = torch.as_tensor(masks.astype(np.uint8))
    return torch.from_numpy(np.ascontiguousarray(image, np.float32) / 255), target


@dataclass(frozen=True)
class Settings:
    """How the recipe trains.

    Attributes:
        seconds: of training, by ``clock``.
        seed: of weights and draws.
        side: pieces of so many pixels are seen of larger chips; 0: whole chips.
        scale: that pictures are enlarged by inside.
        optimizer: "sgd" or "adamw".
        batch: pictures in a step.
        clock: tells the seconds; ``time.process_time`` is fairer where others use the machine.
    """

    seconds: float
    seed: int
    side: int = 0
    scale: float = 1.0
    optimizer: str = "sgd"
    batch: int = 2
    clock: Callable[[], float] = time.perf_counter


def train_recipe(
    model_type: str, samples: Sequence[Sample], values: Sequence[int], settings: Settings
) -> tuple[nn.Module, int]:
    """Return the network (RETINANET, FCOS, FASTERRCNN or MASKRCNN), and how many pictures it saw.

    ``samples`` are those of :func:`read_chips`, ``values`` the class values in the order of the channels.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    piece = min(settings.side or max(samples[0][0].shape[1:]), *samples[0][0].shape[1:])
    network = build(model_type, len(values), round(piece * settings.scale))
    rate = 0.02 / 16 * settings.batch * (0.5 if model_type in {"RETINANET", "FCOS"} else 1.0)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    steps: torch.optim.Optimizer
    if settings.optimizer == "sgd":
        steps = torch.optim.SGD(weights, rate, momentum=0.9, weight_decay=1e-4)
    else:
        rate = 3e-4
        steps = torch.optim.AdamW(weights, rate, weight_decay=1e-4)
    network.train()
    seen, order = 0, np.zeros(0, np.int64)
    start = settings.clock()
    while (done := (settings.clock() - start) / settings.seconds) < 1:
        # The reference scripts warm up over the first of 26 epochs at most.
        drops = (done > 16 / 26) + (done > 22 / 26)
        for group in steps.param_groups:
            group["lr"] = rate * min(1.0, 0.001 + done * 26) * 0.1**drops
        if len(order) < settings.batch:
            order = np.concatenate([order, rng.permutation(len(samples))])
        chosen, order = order[: settings.batch], order[settings.batch :]
        images, targets = zip(
            *(to_target(draw_sample(samples[number], settings.side, rng), values) for number in chosen), strict=True
        )
        loss = sum(network(list(images), list(targets)).values())
        steps.zero_grad()
        loss.backward()
        steps.step()
        seen += settings.batch
    return network.eval(), seen


def apply_recipe(network: Any, image: np.ndarray, values: Sequence[int], scale: float = 1.0) -> Found:
    """Return what a network finds in a whole picture (bands, height, width), seen at the scale of its training."""
    network.transform.min_size = (round(min(image.shape[1:]) * scale),)
    with torch.inference_mode():
        found = network([torch.from_numpy(image.astype(np.float32) / 255)])[0]
    masks = [mask[0].numpy() > 0.5 for mask in found["masks"]] if "masks" in found else None
    labels = np.asarray([values[int(label) - 1] for label in found["labels"]], np.int64)
    return Found(found["boxes"].numpy(), found["scores"].numpy(), labels, masks)
