"""Labeled Tiles: a chip for each feature, and an XML file that names its class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import ChipLabel
from ._problems import ChipsUnreadableError
from ._targets import CLASSES, ChipClasses


class LabeledTiles(ChipFormat):
    """XML in the shape of PASCAL VOC with one object, whose name is the class of the chip.

    UNCONFIRMED: what ArcGIS writes into the object's box. Here it is the feature's box in the chip, and the
    whole chip where there is no outline. When reading, the box does not matter and may be missing; of several
    objects the first one counts.
    """

    id = "LABELED_TILES"
    title = "Labeled Tiles"
    metadata_mode = "Labeled_Tiles"
    help = "A chip for each feature, labelled with its class: for models that classify objects."
    target = CLASSES
    needs = (OBJECTS,)
    one_feature = True
    rank = 40

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.xml``; a chip without a class has none."""
        return f"labels/{stem}.xml" if label.value else None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the class, and the box of its feature."""
        from ..data.writing import write_bytes  # noqa: PLC0415
        from ._xml import annotation  # noqa: PLC0415

        box = label.objects[0].box if label.objects else (0, 0, *label.size)
        text = annotation(chip.image.name, label.size, chip.bands, [(str(label.value), box)])
        write_bytes(folder / f"labels/{stem}.xml", text.encode())

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, all labels are asked for theirs."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self, suffixes=(".xml",), names=self._names)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> ChipClasses:
        """Return the class of the chip; none for a chip without a label."""
        from ._names import value_of_name  # noqa: PLC0415

        if chip.label is None:
            return ChipClasses(())
        return ChipClasses((value_of_name(self._name(chip.label), classes, chip.label, self.title),))

    def _names(self, entry: MapEntry) -> list[str]:
        return [self._name(entry.label)] if entry.label is not None else []

    def _name(self, label: Path) -> str:
        from ._xml import read_objects  # noqa: PLC0415

        name = next((item.name for item in read_objects(label, self.title)), "")
        if not name:
            raise ChipsUnreadableError(path=label, format=self.title, detail="it names no class")
        return name


FORMAT = LabeledTiles()
