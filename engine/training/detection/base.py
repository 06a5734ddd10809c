"""What training, the report and the export know of a network that finds objects, whatever it is inside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor, nn

# Names of the outputs of the ONNX graph; what they hold is said at ``Detector``.
BOXES, SCORES, LABELS, MASKS = "boxes", "scores", "labels", "masks"


@dataclass(frozen=True)
class Truth:
    """The objects of one picture.

    Attributes:
        boxes: (n, 4) float32, xmin, ymin, xmax, ymax in pixels of the picture; never without area.
        labels: (n,) int64, channels from 0 (index into the model's classes; there is no background).
        masks: (n, height, width) bool where outlines are known, else None.
        judged: (x, y) in pixels; objects whose middle lies left of or above them are judged in another picture.
    """

    boxes: Tensor
    labels: Tensor
    masks: Tensor | None = None
    judged: tuple[int, int] = (0, 0)

    def to(self, device: torch.device) -> Truth:
        """Return it on a device."""
        masks = None if self.masks is None else self.masks.to(device)
        return replace(self, boxes=self.boxes.to(device), labels=self.labels.to(device), masks=masks)


class Detector(nn.Module, ABC):
    """A network that finds objects.

    Pictures are standardised float32 (batch, bands, height, width), sides multiples of the model type's ``multiple``.
    Called with them it gives the outputs of the ONNX graph, in one of two forms:

    * *dense*, all candidates before suppression: ``boxes`` (batch, n, 4) in pixels of the picture (xmin, ymin, xmax,
      ymax; they may reach beyond it) and ``scores`` (batch, n, classes), 0 to 1 after activation. ``n`` depends on
      the picture's size only.
    * *selected*, for networks that suppress inside (two stages), one picture at a time: ``boxes`` (1, n, 4),
      ``scores`` (1, n), ``labels`` (1, n) int64 channels from 0, and for outlines ``masks`` (1, n, m, m), 0 to 1,
      each stretched over its box. ``n`` is what was found, 0 included.

    Thresholds, suppression between tiles and so on follow in numpy (``engine/detections.py``).

    Attributes:
        classes: number of classes (no background among them).
        outputs: name of each output, in the order given, to its free axes (axis number to name).
        batched: whether the ONNX graph takes several pictures at once.
        fixed: whether the ONNX graph takes pictures of the training's size only.
        chosen: whether the candidates of the dense form are the likeliest of many: of two that are nearly as likely
            either may come, and the order may change with the last digit of a sum.
        class_groups: how often all classes come one behind the other in a tensor that depends on them, as once for
            each anchor, by how its name begins; once in all others. Fine-tuning keeps what shared classes have learnt.
        rates: the learning rate that suits it with AdamW, the lowest and the highest that are believed of a range
            test; None for those of convolutional networks.
        slow: how the names of parameters start that learn at a tenth of the rate where their weights were loaded.
    """

    classes: int
    outputs: Mapping[str, Mapping[int, str]]
    batched: bool = True
    fixed: bool = False
    chosen: bool = False
    class_groups: Mapping[str, int] = MappingProxyType({})
    rates: tuple[float, float, float] | None = None
    slow: tuple[str, ...] = ()

    @abstractmethod
    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs, in the order of ``outputs``; float32, differentiable where that is natural."""

    @abstractmethod
    def losses(self, image: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return named losses (scalars, float32); their sum is minimised.

        Works in training and in evaluation mode (the validation loss) alike, with pictures without any object, and
        depends on the weights, the arguments and torch's random state alone. Computes in float32 what half
        precision would spoil (box coding, assignments, focal loss).
        """

    def judge(self, image: Tensor, truths: Sequence[Truth]) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """Return losses and outputs of one batch; override where the features can be shared."""
        return self.losses(image, truths), self(image)

    def find(self, image: Tensor) -> list[dict[str, Tensor]]:
        """Return the outputs by name for each picture of a batch, without the axis of the batch."""
        outputs = dict(zip(self.outputs, self(image), strict=True))
        return [{name: value[number] for name, value in outputs.items()} for number in range(len(image))]


DENSE: Mapping[str, Mapping[int, str]] = {
    BOXES: {0: "batch", 1: "candidates"},
    SCORES: {0: "batch", 1: "candidates"},
}
SELECTED: Mapping[str, Mapping[int, str]] = {BOXES: {1: "objects"}, SCORES: {1: "objects"}, LABELS: {1: "objects"}}
