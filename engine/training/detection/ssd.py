"""SSD as ArcGIS has it: grids of cells over the picture, each with boxes of given zooms and ratios.

Liu et al. 2016, https://arxiv.org/abs/1512.02325, on a feature pyramid, of torchvision's head
"""

from __future__ import annotations

from math import floor, log2

from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.detection.ssd import SSDHead

from ...models import NetworkSpec
from .anchored import AnchorDetector
from .dense import Anchors, assign
from .pyramid import Pyramid

_CHANNELS = 128
_GROUPS = 32
# Strides of the pyramid, as powers of two.
_FINEST, _COARSEST = 2, 7
# Sides of the cells where no grids are given; those larger than a chip are left out.
_AUTOMATIC = (8, 16, 32, 64, 128)
# An object is learnt from so many of the boxes that fit it best, from an IoU on; others above the higher one count
# neither as object nor as background.
_EACH, _LEAST, _HIGH = 4, 0.2, 0.4
# Background boxes learnt from: the hardest, so many for each that holds an object, and some in any picture.
_HARD, _FEWEST = 3, 16


class Ssd(AnchorDetector):
    """Layers on the features at each grid judge and move boxes of given shapes.

    Args:
        spec: what is built; its arguments are those of the model type SSD.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec.outputs)
        given = spec.arguments["grids"]
        self.chip_size, self.focal = spec.chip_size, bool(spec.arguments["focal_loss"])
        cells = [spec.chip_size / grid for grid in given] or [
            float(side) for side in _AUTOMATIC if side <= max(spec.chip_size, _AUTOMATIC[0])
        ]
        self._powers = [min(max(floor(log2(cell)), _FINEST), _COARSEST) for cell in cells]
        pairs = zip(cells, self._powers, given or cells, strict=True)
        self._grids = [0 if cell == 2**power else int(grid) for cell, power, grid in pairs]
        # Features are twice as fine as the cells, for a box is as large as a cell, and its sides shall be seen.
        self._levels = [max(power - 1, _FINEST) for power in self._powers]
        self.pyramid = Pyramid(spec, min(self._levels), max(self._levels), _CHANNELS)
        shapes = [
            (zoom * width, zoom * height)
            for zoom in spec.arguments["zooms"]
            for width, height in spec.arguments["ratios"]
        ]
        self.anchors = Anchors([[(cell * width, cell * height) for width, height in shapes] for cell in cells])
        self.tower, self.down = _layers(1), _layers(2)
        self.head = SSDHead([_CHANNELS] * len(cells), [len(shapes)] * len(cells), spec.outputs)
        self.class_groups = {"head.classification_head.": len(shapes)}
        for layer in self.head.classification_head.module_list:
            nn.init.constant_(layer.bias, float(spec.arguments["bias"]))

    def look(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return logits, deltas and anchors."""
        pyramid = self.pyramid(image)
        levels: list[Tensor] = []
        strides: list[float | tuple[float, float]] = []
        for place, power, grid in zip(self._levels, self._powers, self._grids, strict=True):
            level = self.tower(pyramid[place - min(self._levels)])
            level = self.down(level) if place < power else level
            stride: float | tuple[float, float] = 2.0**power
            if grid:
                level, stride = self._lay(level, image, grid)
            levels.append(level)
            strides.append(stride)
        raw = self.head(levels)
        return raw["cls_logits"].float(), raw["bbox_regression"].float(), self.anchors(levels, strides)

    def match(self, anchors: Tensor, truth: Tensor) -> Tensor:
        """Return (n,) which object each box holds."""
        return assign(anchors, truth, _EACH, _LEAST, _HIGH)

    def class_loss(self, logits: Tensor, target: Tensor, counted: Tensor) -> Tensor:
        """Return the focal loss, or the cross-entropy of boxes with an object and of the hardest without."""
        if self.focal:
            return super().class_loss(logits, target, counted)
        loss = functional.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(2)
        held = target.amax(2) > 0
        loss = loss * counted
        number = (_HARD * held.sum(1, keepdim=True)).clamp(min=_FEWEST)
        order = loss.detach().masked_fill(held, -1.0).argsort(dim=1, descending=True, stable=True)
        hard = order.argsort(dim=1) < number
        return loss[held | hard].sum()

    def _lay(self, level: Tensor, image: Tensor, grid: int) -> tuple[Tensor, tuple[float, float]]:
        """Return features with ``grid`` rows to the height of a chip, and the height and width of the cells."""
        height, width = image.shape[-2], image.shape[-1]
        # Rounded up, so that pictures smaller than a cell have one.
        rows = (height * grid + self.chip_size - 1) // self.chip_size
        columns = (width * grid + self.chip_size - 1) // self.chip_size
        laid = functional.interpolate(level, size=(rows, columns), mode="bilinear", align_corners=False)
        return laid, (height / rows, width / columns)


def _layers(stride: int) -> nn.Sequential:
    """Return a layer that all grids share."""
    convolution = nn.Conv2d(_CHANNELS, _CHANNELS, 3, stride, padding=1)
    return nn.Sequential(convolution, nn.GroupNorm(_GROUPS, _CHANNELS), nn.ReLU())
