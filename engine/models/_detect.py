"""What the networks with candidates all over the picture share: formats, backbones and arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import AUTO, Argument, BadArgumentError, NetworkSpec, settled

BOX_FORMATS = ("PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "COCO", "YOLO", "YOLO_POLYGONS", "RCNN_MASKS")
# ArcGIS has ResNet-50 for some; this one learns on a laptop.
DEFAULT_BACKBONE = "resnet34"

# Anchors and cells of stride 8 meet objects from this side on.
_SMALL_PX = 16
# A part of smaller objects may be lost for the time that it saves.
_SMALL_SHARE = 0.1


def _finest(sides: NDArray[np.float32]) -> str:
    return "8" if len(sides) and float((sides < _SMALL_PX).mean()) <= _SMALL_SHARE else "4"


FINEST_STRIDE = Argument(
    "finest_stride",
    "choice",
    AUTO,
    "Pixels from one cell of the finest features to the next. 4 finds objects of 8 pixels and more; "
    "8 takes less than half the time and suits objects of 16 pixels and more. AUTO looks at the objects.",
    choices=(AUTO, "4", "8"),
    automatic=_finest,
)


def complete(spec: NetworkSpec, arguments: Sequence[Argument]) -> NetworkSpec:
    """Return the spec with the defaults of arguments that it does not give, and no AUTO."""
    values: Mapping[str, Any] = {item.name: item.default for item in arguments}
    return replace(spec, arguments=settled(arguments, {**values, **spec.arguments}))


class Pairs(Argument):
    """A list of pairs of numbers, width and height: [[1, 1], [2, 1]], or the same numbers in one row."""

    @property
    def expected(self) -> str:
        """Say what values fit, for errors."""
        return f"pairs of numbers, width and height, from {self.minimum:g} to {self.maximum:g}, like [[1, 1], [2, 1]]"

    def parse(self, model: str, value: Any) -> list[list[float]]:
        """Return the pairs; raise BadArgumentError where they do not fit."""
        if isinstance(value, (list, tuple)):
            value = [number for item in value for number in (item if isinstance(item, (list, tuple)) else [item])]
        else:
            value = str(value).replace("[", " ").replace("]", " ").replace("(", " ").replace(")", " ")
        numbers = super().parse(model, value)
        if len(numbers) % 2 or len(numbers) < 2 * self.fewest:
            raise BadArgumentError(argument=self.name, model=model, value=value, expected=self.expected)
        return [list(pair) for pair in zip(numbers[::2], numbers[1::2])]


def pairs(argument: Argument) -> Pairs:
    """Return an argument whose ``minimum``, ``maximum`` and ``fewest`` are those of pairs of numbers."""
    return Pairs(**{item.name: getattr(argument, item.name) for item in fields(argument)})
