"""What the networks with candidates all over the picture share: formats, backbones and arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from . import Argument, BadArgumentError, NetworkSpec

BOX_FORMATS = ("PASCAL_VOC_RECTANGLES", "KITTI_RECTANGLES", "COCO", "YOLO", "YOLO_POLYGONS", "RCNN_MASKS")
# ArcGIS has ResNet-50 for some; this one learns on a laptop.
DEFAULT_BACKBONE = "resnet34"

FINEST_STRIDE = Argument(
    "finest_stride",
    "choice",
    "4",
    "Pixels from one cell of the finest features to the next. 4 finds objects of 8 pixels and more; "
    "8 takes a third of the time and suits objects of 16 pixels and more.",
    choices=("4", "8"),
)


def complete(spec: NetworkSpec, arguments: Sequence[Argument]) -> NetworkSpec:
    """Return the spec with the defaults of arguments that it does not give."""
    values: Mapping[str, Any] = {item.name: item.default for item in arguments}
    return replace(spec, arguments={**values, **spec.arguments})


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
