"""YOLO: a text file beside each chip with a line for the box of each feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..classes import ClassInfo
from . import Chip
from ._boxes import box_objects, chip_size
from ._kinds import YOLO_BOXES
from ._label import LabelObject
from ._targets import BOXES, Objects
from ._yolo import YoloFormat


class Yolo(YoloFormat):
    """Boxes as ``INDEX CX CY WIDTH HEIGHT``; see :class:`YoloFormat` for the rest."""

    id = "YOLO"
    title = "YOLO (boxes)"
    metadata_mode = "YOLO_rectangles"
    help = "A text file with the boxes of the features in each chip, as Ultralytics and others read them."
    target = BOXES
    rank = 120
    kind = YOLO_BOXES

    def lines(self, item: LabelObject, size: tuple[int, int]) -> Iterator[Sequence[float]]:
        """Yield middle, width and height of the feature's box, cut to the chip."""
        xmin, ymin, xmax, ymax = item.box
        left, right = max(0.0, xmin) / size[0], min(xmax / size[0], 1)
        top, bottom = max(0.0, ymin) / size[1], min(ymax / size[1], 1)
        yield (left + right) / 2, (top + bottom) / 2, right - left, bottom - top

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Objects:
        """Return boxes and class values, cut to the picture; none for a chip without a label."""
        if chip.label is None:
            return box_objects((), (), (0, 0))
        size = chip_size(chip)
        found = self.outlines(chip, classes, size)
        return box_objects([item.box for item in found], [item.value for item in found], size)


FORMAT = Yolo()
