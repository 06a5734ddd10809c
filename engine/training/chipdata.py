"""The chips of a training: checked, counted, and kept in memory."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import psutil
import rasterio
from numpy.typing import NDArray

from ..chips import Chip, ChipFormat, ChipSet
from ..chips._targets import PIXELS
from ..classes import ClassInfo
from ..errors import InputError
from ..progress import Reporter, Section, check
from .distances import Distances
from .problems import BrokenChipError
from .resizing import as_stored, resized_image
from .teaching import NO_SIDES, Labelled, Teaching

Array = NDArray[np.generic]
CACHE_BYTES = 8 * 2**30
_READERS = 4


@dataclass
class ChipData:
    """Pixels and targets of all chips in which there is something to learn.

    Attributes:
        chips: those in which there is something to learn, in order.
        counts: labelled pixels or objects (chips, classes); what is ignored is not counted.
        unknown: pixels or objects with a value that is no class and not 0.
        broken: objects without an area inside their chip.
        sides: (n,) in pixels of all objects; empty where pixels are learnt.
        images: all of them (chips, bands, h, w), or a list where chips differ in size, or None: read on demand.
        targets: those of the images, in the form of the teaching; points and lines are as narrow as labels have them.
        distances: how wide points and lines are drawn; None: as they are.
    """

    chip_format: ChipFormat
    chip_set: ChipSet
    teaching: Teaching
    classes: tuple[ClassInfo, ...]
    chips: tuple[Chip, ...]
    counts: NDArray[np.int64]
    unknown: int = 0
    broken: int = 0
    sides: NDArray[np.float32] = field(default_factory=lambda: NO_SIDES)
    images: Array | list[Array] | None = None
    targets: Any = None
    distances: Distances | None = None

    def load(self, index: int, epoch: int | None = None) -> tuple[Array, Any]:
        """Return picture (bands, h, w) in the chips' type and target of a chip.

        Points and lines are drawn as an epoch (from 0) learns them, or without one as they are judged.
        """
        chip = self.chips[index]
        if self.images is not None and self.targets is not None:
            image, target = self.images[index], self.targets[index]
        else:
            image = read_image(chip, self.chip_set)
            target = self.read_label(chip).target
        if self.distances is None:
            return image, target
        if epoch is None:
            return image, self.distances.fixed(target, chip)
        return image, self.distances.draw(target, chip, epoch, index)

    def size(self, index: int) -> tuple[int, int]:
        """Return width and height of a chip."""
        return self.chips[index].size or self.chip_set.size

    def read_label(self, chip: Chip) -> Labelled:
        """Return what is learnt of a chip; raise BrokenChipError, InputError."""
        try:
            label = self.chip_format.read_target(as_stored(chip), self.chip_set.classes)
        except InputError:
            raise
        except (rasterio.RasterioIOError, OSError) as error:
            raise BrokenChipError(path=chip.label, detail=error) from error
        size = chip.size or self.chip_set.size
        found = self.teaching.read(label, chip, chip.stored or size, self.classes, self.chip_set.classes)
        target = found.target if chip.stored is None else self.teaching.resized(found.target, size)
        return replace(found, target=target, sides=self.teaching.sides(target))

    def digest(self) -> str:
        """Return a short digest of what is learnt: it changes with chips, labels and classes."""
        text = hashlib.sha256()
        text.update(json.dumps([item.to_dict() for item in self.classes]).encode())
        for chip, counts in zip(self.chips, self.counts, strict=True):
            text.update(f"{chip.stem} {chip.image.stat().st_size} {counts.tolist()}\n".encode())
        return text.hexdigest()[:16]


def read_image(chip: Chip, chip_set: ChipSet) -> Array:
    """Return the picture of a chip (bands, h, w) as it is learnt; pixels that are no numbers become the band's mean.

    Raises:
        BrokenChipError: where it cannot be read or has another size or number of bands.
    """
    try:
        with rasterio.open(chip.image) as source:
            image: Array = source.read()
    except (rasterio.RasterioIOError, OSError) as error:
        raise BrokenChipError(path=chip.image, detail=error) from error
    size = chip.size or chip_set.size
    width, height = chip.stored or size
    expected = (chip_set.bands, height, width)
    if image.shape != expected:
        raise BrokenChipError(path=chip.image, detail=f"bands, rows, columns are {image.shape}, not {expected}")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        for band, stats in zip(image, chip_set.stats, strict=True):
            band[~np.isfinite(band)] = stats.mean
    return image if chip.stored is None else resized_image(image, size)


def gather_chips(
    chip_format: ChipFormat,
    chip_set: ChipSet,
    teaching: Teaching,
    classes: tuple[ClassInfo, ...],
    reporter: Reporter,
    distances: Distances | None = None,
) -> ChipData:
    """Read all chips into memory and count their labels on the way, each file once.

    Where they do not fit, what the export noted of a chip is its count, and only labels that it noted nothing
    of are read. Chips in which there is nothing to learn are left out. With ``distances`` points and lines are
    counted as wide as they are judged.

    Raises:
        BrokenChipError: for the first chip that cannot be used.
    """
    data = ChipData(chip_format, chip_set, teaching, classes, chip_set.chips, np.zeros((0, len(classes)), np.int64))
    data.distances = distances
    if _fits(data):
        _choose(data, _read_all(data, reporter))
        return data
    _choose(data, _each(partial(_count, data), data.chips, Section(reporter, 0.0, 0.4), "Counting chip"))
    if _fits(data):
        _read_all(data, Section(reporter, 0.4, 1.0))
    return data


def _fits(data: ChipData) -> bool:
    each = data.chip_set.bands * np.dtype(data.chip_set.dtype).itemsize
    sizes = [chip.size or data.chip_set.size for chip in data.chips]
    total = sum(math.prod(size) * each + data.teaching.target_bytes(size) for size in sizes)
    return bool(total <= min(CACHE_BYTES, psutil.virtual_memory().available // 3))


def _read_all(data: ChipData, reporter: Reporter) -> list[Labelled]:
    """Read labels, and the pictures of those that show anything, into memory; return what was counted."""
    number, (width, height) = len(data.chips), data.chip_set.size
    images: Any = [None] * number
    targets = data.teaching.room(number, data.chip_set.size if data.chip_set.same_size else None)
    if data.chip_set.same_size:
        # Memory that is never written to is never taken: chips that are left out cost nothing.
        images = np.empty((number, data.chip_set.bands, height, width), data.chip_set.dtype)

    def read(index: int) -> Labelled:
        found = _counted(data, data.chips[index])
        targets[index] = found.target
        if found.counts.any() or data.teaching.keeps_empty:
            images[index] = read_image(data.chips[index], data.chip_set)
        return replace(found, target=None)

    found = _each(read, range(number), reporter, "Reading chip")
    data.images, data.targets = images, targets
    return found


def _counted(data: ChipData, chip: Chip) -> Labelled:
    """Read the label of a chip; points and lines are counted as wide as they are judged."""
    found = data.read_label(chip)
    if data.distances is None:
        return found
    judged = data.distances.fixed(found.target, chip)
    return replace(found, counts=np.bincount(judged.ravel(), minlength=256)[: len(data.classes)])


def _count(data: ChipData, chip: Chip) -> Labelled:
    """Return what the export noted of a chip; where it noted no pixels, what its label holds."""
    pixels = math.prod(chip.size or data.chip_set.size)
    noted = data.chip_format.target == PIXELS and chip.counts and sum(chip.counts.values()) == pixels
    if not noted or chip.counts is None or data.distances is not None:
        return replace(_counted(data, chip), target=None)
    known = {0, *(item.value for item in data.chip_set.classes)}
    unknown = sum(count for value, count in chip.counts.items() if value not in known)
    return Labelled(None, np.array([chip.counts.get(item.value, 0) for item in data.classes]), unknown)


def _choose(data: ChipData, found: list[Labelled]) -> None:
    """Take the counts, and leave out chips in which there is nothing to learn."""
    counts = np.array([item.counts for item in found], np.int64).reshape(-1, len(data.classes))
    useful = np.flatnonzero((counts.sum(1) > 0) | data.teaching.keeps_empty)
    data.chips, data.counts = tuple(data.chips[index] for index in useful), counts[useful]
    data.unknown, data.broken = sum(item.unknown for item in found), sum(item.broken for item in found)
    data.sides = np.concatenate([NO_SIDES, *(item.sides for item in found)])
    if data.images is None or data.targets is None:
        return
    # In place, as there may be no room for both.
    for place, index in enumerate(useful):
        if place != index:
            data.images[place], data.targets[place] = data.images[index], data.targets[index]
    data.images, data.targets = data.images[: len(useful)], data.targets[: len(useful)]


def _each(work: Callable[[Any], Any], items: Sequence[Any], reporter: Reporter, what: str) -> list[Any]:
    """Do the work on all items in a few threads; return the results in order."""
    results = []
    with ThreadPoolExecutor(_READERS) as pool:
        try:
            for done, result in enumerate(pool.map(work, items)):
                check(reporter, "the training")
                results.append(result)
                if done % 50 == 0:
                    reporter.progress(done / len(items), f"{what} {done + 1} of {len(items)}")
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return results
