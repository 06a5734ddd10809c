"""MultiLabeled Tiles: an XML file beside each chip that names all classes in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import ChipLabel
from ._targets import CLASSES, ChipClasses


class MultiLabeledTiles(ChipFormat):
    """XML in the shape of PASCAL VOC with one object, whose name is a list of class values with commas between.

    UNCONFIRMED: what ArcGIS writes into the object's box; here it is the whole chip. When reading, the box
    does not matter, names may have spaces around them, and several objects are taken together.
    """

    id = "MULTILABELED_TILES"
    title = "MultiLabeled Tiles"
    metadata_mode = "MultiLabeled_Tiles"
    help = "The classes that occur in each chip: for models that tell which classes a picture shows."
    target = CLASSES
    needs = (OBJECTS,)
    rank = 45

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.xml``; a chip without a feature has none."""
        return f"labels/{stem}.xml" if label.objects else None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the values of all classes in the chip, in order."""
        from ..data.writing import write_bytes  # noqa: PLC0415
        from ._xml import annotation  # noqa: PLC0415

        name = ",".join(str(value) for value in sorted({item.value for item in label.objects}))
        text = annotation(chip.image.name, label.size, chip.bands, [(name, (0, 0, *label.size))])
        write_bytes(folder / f"labels/{stem}.xml", text.encode())

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, all labels are asked for theirs."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self, suffixes=(".xml",), names=self._names)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> ChipClasses:
        """Return the values of the classes in the chip, in order; none for a chip without a label."""
        from ._names import value_of_name  # noqa: PLC0415

        if chip.label is None:
            return ChipClasses(())
        label = chip.label
        names = self._labels(label, {item.name for item in classes})
        return ChipClasses(tuple(sorted({value_of_name(name, classes, label, self.title) for name in names})))

    def _names(self, entry: MapEntry) -> Iterator[str]:
        return self._labels(entry.label, set()) if entry.label is not None else iter(())

    def _labels(self, label: Path, known: set[str]) -> Iterator[str]:
        """Yield the names in a label; a name that is known may hold a comma itself."""
        from ._xml import read_objects  # noqa: PLC0415

        for item in read_objects(label, self.title):
            names = [item.name] if item.name in known else item.name.split(",")
            yield from (name.strip() for name in names if name.strip())


FORMAT = MultiLabeledTiles()
