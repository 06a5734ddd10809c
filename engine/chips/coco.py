"""COCO: one file with the outlines of all objects beside the pictures, as most other software reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._label import ChipLabel
from ._targets import INSTANCES, Objects

if TYPE_CHECKING:
    import numpy as np


class Coco(ChipFormat):
    """Objects in ``annotations.json``, pictures in ``images/``: not of ArcGIS, but of COCO's users.

    A category's id is the class value. Outlines are polygons, run lengths where they have holes; boxes are
    x, y, width, height; all in pixels from the upper left corner. A chip without objects is listed too.
    Outlines are exact, so that even an object without a pixel of its own is written; reading leaves it out.

    When reading, the file may be any of ``*.json`` in the folder or in ``annotations/`` that holds such
    lists; pictures may lie beside it, in ``images/`` or in a folder named like the part (``train2017``).
    Where a category has an id below 1, all ids are raised so that the lowest is class value 1. Packed run
    lengths are read, an object without an outline is its box, crowds are left out.
    """

    id = "COCO"
    title = "COCO"
    metadata_mode = "COCO"
    help = "The outlines of all objects in one file, as COCO has them: for instance segmentation in other software."
    target = INSTANCES
    needs = (OBJECTS,)
    rank = 90

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return None: the objects of all chips are in one file."""
        return None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the objects of a chip beside those of others, until ``seal`` puts them together."""
        from ._coco_writing import write_fragment  # noqa: PLC0415

        write_fragment(folder, stem, label)

    def seal(self, folder: Path, before: Path | None, classes: Sequence[ClassInfo], lines: Sequence[str]) -> None:
        """Put the objects of all chips into ``annotations.json``."""
        from ._coco_writing import merge_fragments  # noqa: PLC0415

        pictures = (line.replace("\\", "/").split() for line in lines)
        merge_fragments(folder, before, classes, [words[0].split("/", 1)[-1] for words in pictures if words])

    def read(self, folder: Path) -> ChipSet:
        """Read the folder: of ours the chips that ``map.txt`` names, of others those of the file."""
        from ._coco_folder import coco_entries, index_of  # noqa: PLC0415
        from ._reading import read_chip_set  # noqa: PLC0415

        folder = Path(folder)
        index = index_of(folder)
        chip_set = read_chip_set(folder, self, entries=coco_entries(folder, index), classes=index.classes)
        return chip_set if chip_set.class_objects else replace(chip_set, class_objects=dict(index.class_objects))

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Objects:
        """Return the objects with their masks and their boxes, in the file's order."""
        import numpy as np  # noqa: PLC0415

        from ._coco_index import coco_index, problem  # noqa: PLC0415
        from ._mask_files import picture_size  # noqa: PLC0415
        from ._masks import check_masks  # noqa: PLC0415

        size = picture_size(chip.image)
        items = self._items(chip, chip.label, size) if chip.label is not None else []
        count = len(items)
        check_masks(count, size, chip.label or chip.image, self.title)
        masks, boxes = np.zeros((count, size[1], size[0]), bool), np.zeros((count, 4))
        values = np.zeros(count, np.int64)
        for row, item in enumerate(items):
            try:
                values[row] = item["category_id"]
                masks[row], boxes[row] = _drawn(item, size)
            except (ValueError, TypeError) as error:
                detail = f"object {item.get('id')} of {chip.image.name}: {error}"
                raise problem(chip.label or chip.image, detail) from error
        if chip.label is not None:
            values += coco_index(chip.label).shift
        seen = masks.any(axis=(1, 2))
        return Objects(boxes[seen], values[seen], masks[seen])

    @staticmethod
    def _items(chip: Chip, path: Path, size: tuple[int, int]) -> list[dict[str, Any]]:
        """Return the annotations of a chip from its COCO file."""
        from ._coco_index import coco_index, problem  # noqa: PLC0415

        index = coco_index(path)
        image = index.find(chip.image)
        if image is None:
            return []
        if image.size != size:
            said, real = (f"{width} x {height}" for width, height in (image.size, size))
            raise problem(path, f"it says that {image.name} has {said} pixels, but it has {real}")
        with path.open("rb") as file:
            return [json.loads(part) for part in _parts(file, index.annotations(image))]

    def detect(self, folder: Path) -> bool:
        """Tell whether the folder says so or, without a word, has such a file."""
        from ._coco_folder import has_coco_file  # noqa: PLC0415
        from ._folder import metadata_mode  # noqa: PLC0415

        mode = metadata_mode(folder)
        return mode == self.metadata_mode or (not mode and has_coco_file(folder))


def _parts(file: BinaryIO, places: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    for start, stop in places:
        file.seek(start)
        yield file.read(stop - start)


def _drawn(item: Mapping[str, Any], size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask (height, width) of an object and its box, cut to the picture.

    The box is what the file says, or lies around the mask where it says nothing of use.
    """
    import numpy as np  # noqa: PLC0415

    from ._coco_shapes import BadOutlineError, draw_outline, numbers_of  # noqa: PLC0415
    from ._masks import boxes_around  # noqa: PLC0415

    mask = draw_outline(item.get("segmentation"), item.get("bbox"), size)
    try:
        x, y, width, height = numbers_of(item.get("bbox"), 4)
        box = np.clip([x, y, x + width, y + height], 0, [*size, *size])
    except BadOutlineError:
        box = np.zeros(4)
    if not (box[0] < box[2] and box[1] < box[3]) and mask.any():
        box = boxes_around(mask[None])[0]
    return mask, box


FORMAT = Coco()
