"""RCNN Masks: for each class a raster beside the chip whose values tell the objects of that class apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._label import ChipLabel, LabelObject
from ._problems import ChipsUnreadableError
from ._targets import INSTANCES, Objects

if TYPE_CHECKING:
    import numpy as np

_LABELS = "labels"


class RcnnMasks(ChipFormat):
    """Masks ``labels/VALUE/STEM.tif``, one for each class in the chip; objects are numbered from 1 in each.

    Masks have 8 bits, 16 where a class has more than 255 objects in the chip. An object without a pixel
    of its own is left out: too small for a pixel centre, or covered by later ones of its class.

    UNCONFIRMED: whether ArcGIS Pro names the folders by class value (as here) or name, and what the label
    column of ``map.txt`` holds (here: the mask of the first class). When reading, folders may be named
    either way, in any case; the label column may name any mask or none; and masks directly in ``labels/``,
    as Pro 2.5 wrote them without a class field, are of one class.
    """

    id = "RCNN_MASKS"
    title = "RCNN Masks"
    metadata_mode = "RCNN_Masks"
    help = "A mask for each class of a chip, in which every object has its own number: for Mask R-CNN."
    target = INSTANCES
    needs = (OBJECTS,)
    rank = 30

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return the mask of the first class with a pixel; None where no object has one."""
        from ._masks import shape_patch  # noqa: PLC0415

        for value, objects in _by_class(label):
            # Whatever covers it has pixels itself, so that the class has a mask.
            if any(shape_patch(item.shape, label.size) for item in objects):
                return f"{_LABELS}/{value}/{stem}.tif"
        return None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the masks, georeferenced like the chip."""
        from ..data.encoding import encode_geotiff  # noqa: PLC0415
        from ..data.writing import telling_disk_full, write_bytes  # noqa: PLC0415
        from ._masks import draw_numbers, smallest_type  # noqa: PLC0415

        for value, objects in _by_class(label):
            numbers, drawn = draw_numbers(objects, label.size)
            if not drawn:
                continue
            path = folder / _LABELS / str(value) / f"{stem}.tif"
            with telling_disk_full(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, encode_geotiff(smallest_type(numbers)[None], chip.transform, chip.crs))

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; labels that ``map.txt`` does not name are looked for in the class folders."""
        from ._mask_files import sub_folders  # noqa: PLC0415
        from ._reading import read_chip_set  # noqa: PLC0415

        folders = sub_folders(Path(folder) / _LABELS)
        chip_set = read_chip_set(folder, self, names=lambda _: folders or ("1",))
        if all(chip.label is not None for chip in chip_set.chips):
            return chip_set
        found = _found(chip_set.folder)
        chips = (replace(chip, label=chip.label or found.get(chip.stem)) for chip in chip_set.chips)
        return replace(chip_set, chips=tuple(chips))

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Objects:
        """Return the objects with their masks, class by class; boxes lie around the pixels of each."""
        from ._mask_files import picture_size  # noqa: PLC0415
        from ._masks import objects_of  # noqa: PLC0415

        if chip.label is None:
            return objects_of((), chip.size or picture_size(chip.image), chip.image, self.title)
        parts = sorted(self._parts(chip, chip.label, classes), key=itemgetter(0))
        size = chip.size or (parts[0][1].shape[1], parts[0][1].shape[0])
        for _, numbers in parts:
            if numbers.shape != (size[1], size[0]):
                detail = f"the masks of chip {chip.stem} differ in size"
                raise ChipsUnreadableError(path=chip.label, format=self.title, detail=detail)
        return objects_of(parts, size, chip.label, self.title)

    def _parts(self, chip: Chip, label: Path, classes: Sequence[ClassInfo]) -> Iterator[tuple[int, np.ndarray]]:
        """Yield class value and numbers of each mask of a chip."""
        from ._mask_files import class_of_folder, picture_in, read_numbers, sub_folders  # noqa: PLC0415
        from ._masks import renumber  # noqa: PLC0415

        root = label.parent.parent
        if root.name.casefold() != _LABELS or _holds(label.parent, chip):
            yield classes[0].value if classes else 1, renumber(read_numbers(label, self.title))[0]
            return
        for name in sub_folders(root):
            path = picture_in(root.parent, f"{root.name}/{name}", label.stem, self.title, (label.suffix,))
            if path is not None:
                value = class_of_folder(name, classes, path, self.title)
                yield value, renumber(read_numbers(path, self.title))[0]

    def detect(self, folder: Path) -> bool:
        """Tell whether the folder says so or, without a word, has pictures with masks in class folders."""
        from ._folder import metadata_mode  # noqa: PLC0415

        mode = metadata_mode(folder)
        return mode == self.metadata_mode or (not mode and _looks_like_it(folder))


def _by_class(label: ChipLabel) -> list[tuple[int, list[LabelObject]]]:
    """Return the objects of each class, by class value."""
    found: dict[int, list[LabelObject]] = {}
    for item in label.objects:
        found.setdefault(item.value, []).append(item)
    return sorted(found.items())


def _holds(labels: Path, chip: Chip) -> bool:
    """Tell whether a folder is the one beside the chip's pictures, and no class that is called "labels"."""
    return labels.name.casefold() == _LABELS and labels.parent in chip.image.parents


def _found(folder: Path) -> dict[str, Path]:
    """Return one mask for each stem, from the class folders; each is looked through once."""
    from ._layouts import IMAGE_SUFFIXES  # noqa: PLC0415
    from ._mask_files import sub_folders  # noqa: PLC0415

    found: dict[str, Path] = {}
    for name in sub_folders(folder / _LABELS):
        for path in (folder / _LABELS / name).iterdir():
            if path.suffix.lower() in IMAGE_SUFFIXES:
                found.setdefault(path.stem, path)
    return found


def _looks_like_it(folder: Path) -> bool:
    """Tell whether the first mask in a class folder belongs to a picture directly in ``images/``."""
    from ._layouts import IMAGE_SUFFIXES  # noqa: PLC0415
    from ._mask_files import sub_folders  # noqa: PLC0415

    for name in sub_folders(folder / _LABELS):
        for path in (folder / _LABELS / name).iterdir():
            if path.suffix.lower() in IMAGE_SUFFIXES:
                return any((folder / "images" / f"{path.stem}{suffix}").is_file() for suffix in IMAGE_SUFFIXES)
    return False


FORMAT = RcnnMasks()
