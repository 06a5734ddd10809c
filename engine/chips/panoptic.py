"""Panoptic Segmentation: class values of every pixel and, in a second raster, the numbers of the objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..classes import ClassInfo
from . import INSTANCES_TOO, VALUES, Chip, ChipFormat, ChipSet
from ._label import ChipLabel
from ._problems import ChipsUnreadableError
from ._targets import PANOPTIC, Panoptic

if TYPE_CHECKING:
    import numpy as np

# Where object numbers are looked for, in this order.
_FOLDERS = ("labels2", "instances", "instance_labels", "labels_instance")


class PanopticSegmentation(ChipFormat):
    """Class values in ``labels/STEM.tif``, object numbers (1 to n in the chip) in ``labels2/STEM.tif``.

    Both are 8 bits deep, or as deep as they need to be. The pixels of an object have its class: things
    lie over stuff.

    UNCONFIRMED: what ArcGIS Pro calls the second folder. ``labels2`` goes with its ``images2``; when reading,
    ``instances``, ``instance_labels`` and ``labels_instance`` are taken as well, and in each of them
    sub-folders by class (its value or name), whose objects are then drawn over the class values.
    """

    id = "PANOPTIC_SEGMENTATION"
    title = "Panoptic Segmentation"
    metadata_mode = "Panoptic_Segmentation"
    help = "The class of every pixel and the number of every object: for models that find things and what is around."
    target = PANOPTIC
    needs = (VALUES, INSTANCES_TOO)
    rank = 60

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return the path of the class values; a chip without anything labelled has none."""
        return None if label.empty else f"labels/{stem}.tif"

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write both rasters, georeferenced like the chip.

        ``label.values`` hold the instances already. Where they say otherwise, there is no data, and no object.
        """
        import numpy as np  # noqa: PLC0415

        from ..data.encoding import encode_geotiff  # noqa: PLC0415
        from ..data.writing import telling_disk_full, write_bytes  # noqa: PLC0415
        from ._masks import draw_numbers, renumber, smallest_type  # noqa: PLC0415

        assert label.values is not None  # noqa: S101 - the format needs values
        numbers, drawn = draw_numbers(label.instances, label.size)
        own = np.array([0, *(item.value for item in drawn)], np.int64)[numbers]
        numbers = renumber(np.where(own == label.values, numbers, 0))[0]
        second = folder / _FOLDERS[0] / f"{stem}.tif"
        with telling_disk_full(second):
            second.parent.mkdir(parents=True, exist_ok=True)
        for path, values in ((folder / f"labels/{stem}.tif", label.values), (second, smallest_type(numbers))):
            write_bytes(path, encode_geotiff(values[None], chip.transform, chip.crs))

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; raise ChipsUnreadableError where it has no object numbers at all."""
        from ._reading import read_chip_set  # noqa: PLC0415

        chip_set = read_chip_set(folder, self)
        labelled = any(chip.label is not None for chip in chip_set.chips)
        if labelled and not any((chip_set.folder / name).is_dir() for name in _FOLDERS):
            detail = f"it has no folder of object numbers: {', '.join(_FOLDERS)}"
            raise ChipsUnreadableError(path=folder, format=self.title, detail=detail)
        return chip_set

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Panoptic:
        """Return class values and object numbers from 1 to n; zeros for a chip without a label."""
        import numpy as np  # noqa: PLC0415

        from ._mask_files import picture_size, read_numbers  # noqa: PLC0415

        if chip.label is None:
            width, height = chip.size or picture_size(chip.image)
            return Panoptic(np.zeros((height, width), np.uint8), np.zeros((height, width), np.int32))
        values = read_numbers(chip.label, self.title)
        numbers = np.zeros(values.shape, np.int32)
        for value, path in self._parts(chip.label, classes):
            part = read_numbers(path, self.title)
            if part.shape != values.shape:
                detail = f"{path.parent.name}/{path.name} has another size than the class values"
                raise ChipsUnreadableError(path=path, format=self.title, detail=detail)
            values, numbers = _with(values, numbers, value, part)
        return Panoptic(values, numbers)

    def _parts(self, label: Path, classes: Sequence[ClassInfo]) -> list[tuple[int, Path]]:
        """Return the rasters of object numbers of a chip, each with its class value, 0 where it holds all."""
        from ._mask_files import class_of_folder, picture_in, sub_folders  # noqa: PLC0415

        folder = label.parent.parent
        for name in _FOLDERS:
            path = picture_in(folder, name, label.stem, self.title)
            if path is not None:
                return [(0, path)]
            inner_names = sub_folders(folder / name)
            found = ((inner, picture_in(folder, f"{name}/{inner}", label.stem, self.title)) for inner in inner_names)
            parts = [(class_of_folder(inner, classes, path, self.title), path) for inner, path in found if path]
            if parts:
                return sorted(parts)
        return []


def _with(values: np.ndarray, numbers: np.ndarray, value: int, part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return class values and object numbers with the objects of one more raster over them."""
    import numpy as np  # noqa: PLC0415

    from ._masks import renumber  # noqa: PLC0415

    part, seen = renumber(part)
    if value and seen:
        wide = values.astype(np.promote_types(values.dtype, np.min_scalar_type(value)))
        values = np.where(part > 0, value, wide).astype(wide.dtype)
    over = np.where(part > 0, part + numbers.max(initial=0), numbers)
    return values, renumber(over)[0]


FORMAT = PanopticSegmentation()
