"""KITTI rectangles: a text file beside each chip with a line for each feature."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import Box, ChipLabel
from ._targets import BOXES, Objects

# What follows the class: truncation, occlusion and angle, the box, and seven numbers of a box in space.
_LINE = "%3d 0.00 0 0 %7.2f %7.2f %7.2f %7.2f 0 0 0 0 0 0 0\n"
# Regions of KITTI's own pictures in which nobody has labelled.
_UNKNOWN = "DontCare"


class KittiRectangles(ChipFormat):
    """Boxes in pixels with two decimals, 15 columns; only the class (its value) and the box are of use.

    Read are also classes named in words and a score at the end of the line. Boxes reaching beyond the
    picture are cut, those without an area left out, as are lines of the class DontCare.
    """

    id = "KITTI_RECTANGLES"
    title = "KITTI Labels"
    metadata_mode = "KITTI_rectangles"
    help = "A text file with the boxes of the features in each chip: for models that detect objects."
    target = BOXES
    needs = (OBJECTS,)
    rank = 20

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.txt``; a chip without a feature has none."""
        return f"labels/{stem}.txt" if label.objects else None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the boxes of the features, in drawing order."""
        from ..data.writing import write_bytes  # noqa: PLC0415

        width, height = label.size
        lines = []
        for item in label.objects:
            xmin, ymin, xmax, ymax = item.box
            box = max(0.0, xmin), max(0.0, ymin), min(xmax, width), min(ymax, height)
            lines.append(_LINE % (item.value, *box))
        write_bytes(folder / f"labels/{stem}.txt", "".join(lines).encode("ascii"))

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, all labels are asked for theirs."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self, suffixes=(".txt",), names=self._names)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Objects:
        """Return boxes and class values; none for a chip without a label."""
        from ._boxes import box_objects, chip_size  # noqa: PLC0415
        from ._names import value_of_name  # noqa: PLC0415

        if chip.label is None:
            return box_objects((), (), (0, 0))
        found = list(self._objects(chip.label))
        values = [value_of_name(name, classes, chip.label, self.title) for name, _ in found]
        return box_objects([box for _, box in found], values, chip_size(chip))

    def detect(self, folder: Path) -> bool:
        """Tell by what the folder says, else by whether its labels have lines of 15 columns."""
        from ._kinds import KITTI, is_kind  # noqa: PLC0415

        return is_kind(folder, self, KITTI)

    def _names(self, entry: MapEntry) -> Iterator[str]:
        return (name for name, _ in self._objects(entry.label)) if entry.label is not None else iter(())

    def _objects(self, label: Path) -> Iterator[tuple[str, Box]]:
        from ._lines import bad_line, read_lines  # noqa: PLC0415

        for number, words in read_lines(label, self.title):
            try:
                box = float(words[4]), float(words[5]), float(words[6]), float(words[7])
            except (IndexError, ValueError):
                box = (math.nan,) * 4
            if not all(math.isfinite(value) for value in box):
                raise bad_line(label, self.title, number, "a class and the box in columns 5 to 8")
            if words[0] != _UNKNOWN:
                yield words[0], box


FORMAT = KittiRectangles()
