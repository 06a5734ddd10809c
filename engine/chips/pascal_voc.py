"""PASCAL VOC rectangles: an XML file beside each chip with the boxes of its features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import Box, ChipLabel
from ._problems import ChipsUnreadableError
from ._targets import BOXES, Objects


class PascalVocRectangles(ChipFormat):
    """Boxes in pixels with two decimals; the class is named by its value.

    Read are also the labels of other software: classes named in words, whole or real numbers, pictures
    and labels in folders of any usual layout or side by side. Boxes reaching beyond the picture are cut,
    those without an area left out. Coordinates are taken as they are: VOC's own count pixels from 1, most
    others from 0, and no file says which.
    """

    id = "PASCAL_VOC_RECTANGLES"
    title = "PASCAL Visual Object Classes"
    metadata_mode = "PASCAL_VOC_rectangles"
    help = "An XML file with the boxes of the features in each chip: for models that detect objects."
    target = BOXES
    needs = (OBJECTS,)
    rank = 5

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.xml``; a chip without a feature has none."""
        return f"labels/{stem}.xml" if label.objects else None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the boxes of the features, in drawing order."""
        from ..data.writing import write_bytes  # noqa: PLC0415
        from ._xml import annotation  # noqa: PLC0415

        objects = ((str(item.value), item.box) for item in label.objects)
        text = annotation(chip.image.name, label.size, chip.bands, objects)
        write_bytes(folder / f"labels/{stem}.xml", text.encode())

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, all labels are asked for theirs."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self, suffixes=(".xml",), names=self._names)

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
        """Tell by what the folder says, else by whether its labels are XML with boxes."""
        from ._kinds import VOC, is_kind  # noqa: PLC0415

        return is_kind(folder, self, VOC)

    def _names(self, entry: MapEntry) -> Iterator[str]:
        return (name for name, _ in self._objects(entry.label)) if entry.label is not None else iter(())

    def _objects(self, label: Path) -> Iterator[tuple[str, Box]]:
        from ._xml import read_objects  # noqa: PLC0415

        for name, box in read_objects(label, self.title):
            if box is None or not name:
                lacks = "box <bndbox>" if box is None else "name"
                raise ChipsUnreadableError(path=label, format=self.title, detail=f"an object of it has no {lacks}")
            yield name, box


FORMAT = PascalVocRectangles()
