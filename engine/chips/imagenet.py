"""Imagenet: a chip for each feature, in a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import ChipLabel
from ._targets import CLASSES, ChipClasses

_IMAGES = "images"


class Imagenet(ChipFormat):
    """Pictures ``images/VALUE/STEM.tif``; the folder is the label, and there are no others.

    UNCONFIRMED: where ArcGIS puts the folders of the classes, and whether it names them by value (as here)
    or by name. When reading, folders may be named either way, and may lie in ``images`` or in the chosen
    folder itself. Pictures in no class's folder have no class.
    """

    id = "IMAGENET"
    title = "ImageNet"
    metadata_mode = "Imagenet"
    help = "A chip for each feature, in a folder for each class: for models that classify objects or tell them apart."
    target = CLASSES
    needs = (OBJECTS,)
    one_feature = True
    rank = 50

    def image_name(self, stem: str, suffix: str, label: ChipLabel) -> str:
        """Return the path in the folder of the class, without one directly in ``images``."""
        return f"{_IMAGES}/{label.value}/{stem}{suffix}" if label.value else f"{_IMAGES}/{stem}{suffix}"

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return None: the folder tells the class."""
        return None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write nothing."""

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, those of the folders are taken."""
        from ._layouts import Tree  # noqa: PLC0415
        from ._reading import read_chip_set  # noqa: PLC0415

        folder = Path(folder)
        entries = None
        if folder.is_dir() and not (folder / _IMAGES).is_dir():
            entries = [MapEntry(path) for path in Tree(folder).class_pictures()]
        return read_chip_set(folder, self, names=_names, entries=entries)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> ChipClasses:
        """Return the class of the chip's folder."""
        from ._names import value_of_name  # noqa: PLC0415

        names = _names(MapEntry(chip.image))
        return ChipClasses(tuple(value_of_name(name, classes, chip.image, self.title) for name in names))

    def detect(self, folder: Path) -> bool:
        """Tell by what the folder says, else by whether all pictures lie in folders, and none has a label."""
        from ._kinds import CLASS_FOLDERS, is_kind  # noqa: PLC0415

        return is_kind(folder, self, CLASS_FOLDERS)


def _names(entry: MapEntry) -> list[str]:
    name = entry.image.parent.name
    return [] if name.lower() == _IMAGES else [name]


FORMAT = Imagenet()
