"""The chips of a training: checked, counted, and kept in memory."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
from ..tasks import Task
from .distances import Distances
from .problems import BrokenChipError

Array = NDArray[np.generic]
# Labelled pixels of each learnt class, and pixels with a value that is no class.
Count = tuple[NDArray[np.int64], int]
CACHE_BYTES = 8 * 2**30
_READERS = 4


@dataclass
class ChipData:
    """Pixels and targets of all chips in which there is something to learn.

    Attributes:
        chips: those with a pixel of a learnt class, in order.
        counts: labelled pixels (chips, classes); pixels that are ignored are not counted.
        unknown: pixels with a value that is no class and not 0.
        images, targets: all of them (chips, bands, h, w) and (chips, h, w), or lists where chips differ in size,
            or None: read on demand. In ``targets`` points and lines are as narrow as the labels have them.
        distances: how wide points and lines are drawn; None: as they are.
    """

    chip_format: ChipFormat
    chip_set: ChipSet
    task: Task
    classes: tuple[ClassInfo, ...]
    chips: tuple[Chip, ...]
    counts: NDArray[np.int64]
    unknown: int = 0
    images: Array | list[Array] | None = None
    targets: NDArray[np.uint8] | list[NDArray[np.uint8]] | None = None
    distances: Distances | None = None

    def load(self, index: int, epoch: int | None = None) -> tuple[Array, NDArray[np.uint8]]:
        """Return picture (bands, h, w) in the chips' type and target (h, w) of a chip.

        Points and lines are drawn as an epoch (from 0) learns them, or without one as they are judged.
        """
        chip = self.chips[index]
        if self.images is not None and self.targets is not None:
            image, target = self.images[index], self.targets[index]
        else:
            image = read_image(chip, self.chip_set)
            target = self.task.targets(self.read_label(chip), self.classes)
        if self.distances is None:
            return image, target
        if epoch is None:
            return image, self.distances.fixed(target, chip)
        return image, self.distances.draw(target, chip, epoch, index)

    def size(self, index: int) -> tuple[int, int]:
        """Return width and height of a chip."""
        return self.chips[index].size or self.chip_set.size

    def read_label(self, chip: Chip) -> Array:
        """Return the class values of a chip (h, w); raise BrokenChipError, InputError."""
        try:
            label: Array = self.chip_format.read_target(chip, self.chip_set.classes)
        except InputError:
            raise
        except (rasterio.RasterioIOError, OSError) as error:
            raise BrokenChipError(path=chip.label, detail=error) from error
        width, height = chip.size or self.chip_set.size
        expected = (height, width)
        if label.shape != expected:
            raise BrokenChipError(path=chip.label, detail=f"rows and columns are {label.shape}, not {expected}")
        return label

    def digest(self) -> str:
        """Return a short digest of what is learnt: it changes with chips, labels and classes."""
        text = hashlib.sha256()
        text.update(json.dumps([item.to_dict() for item in self.classes]).encode())
        for chip, counts in zip(self.chips, self.counts, strict=True):
            text.update(f"{chip.stem} {chip.image.stat().st_size} {counts.tolist()}\n".encode())
        return text.hexdigest()[:16]


def read_image(chip: Chip, chip_set: ChipSet) -> Array:
    """Return the picture of a chip (bands, h, w); pixels that are no numbers become the band's mean.

    Raises:
        BrokenChipError: where it cannot be read or has another size or number of bands.
    """
    try:
        with rasterio.open(chip.image) as source:
            image: Array = source.read()
    except (rasterio.RasterioIOError, OSError) as error:
        raise BrokenChipError(path=chip.image, detail=error) from error
    width, height = chip.size or chip_set.size
    expected = (chip_set.bands, height, width)
    if image.shape != expected:
        raise BrokenChipError(path=chip.image, detail=f"bands, rows, columns are {image.shape}, not {expected}")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        for band, stats in zip(image, chip_set.stats, strict=True):
            band[~np.isfinite(band)] = stats.mean
    return image


def gather_chips(
    chip_format: ChipFormat,
    chip_set: ChipSet,
    task: Task,
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
    data = ChipData(chip_format, chip_set, task, classes, chip_set.chips, np.zeros((0, len(classes)), np.int64))
    data.distances = distances
    if _fits(data):
        _choose(data, _read_all(data, reporter))
        return data
    _choose(data, _each(partial(_count, data), data.chips, Section(reporter, 0.0, 0.4), "Counting chip"))
    if _fits(data):
        _read_all(data, Section(reporter, 0.4, 1.0))
    return data


def _fits(data: ChipData) -> bool:
    pixels = sum(math.prod(chip.size or data.chip_set.size) for chip in data.chips)
    size = pixels * (data.chip_set.bands * np.dtype(data.chip_set.dtype).itemsize + 1)
    return bool(size <= min(CACHE_BYTES, psutil.virtual_memory().available // 3))


def _read_all(data: ChipData, reporter: Reporter) -> list[Count]:
    """Read labels, and the pictures of those that show anything, into memory; return what was counted."""
    number, (width, height) = len(data.chips), data.chip_set.size
    images: Any = [None] * number
    targets: Any = [None] * number
    if data.chip_set.same_size:
        # Memory that is never written to is never taken: chips that are left out cost nothing.
        images = np.empty((number, data.chip_set.bands, height, width), data.chip_set.dtype)
        targets = np.empty((number, height, width), np.uint8)

    def read(index: int) -> Count:
        counted, targets[index] = _counted(data, data.chips[index])
        if counted[0].any():
            images[index] = read_image(data.chips[index], data.chip_set)
        return counted

    found = _each(read, range(number), reporter, "Reading chip")
    data.images, data.targets = images, targets
    return found


def _counted(data: ChipData, chip: Chip) -> tuple[Count, NDArray[np.uint8]]:
    """Read the label of a chip: its labelled pixels of each class, how many have another value, and its target."""
    label = data.read_label(chip)
    target = data.task.targets(label, data.classes)
    unknown = int((~np.isin(label, [0, *(item.value for item in data.chip_set.classes)])).sum())
    judged = target if data.distances is None else data.distances.fixed(target, chip)
    return (np.bincount(judged.ravel(), minlength=256)[: len(data.classes)], unknown), target


def _count(data: ChipData, chip: Chip) -> Count:
    """Return what the export noted of a chip; where it noted no pixels, what its label holds."""
    pixels = math.prod(chip.size or data.chip_set.size)
    noted = data.chip_format.target == PIXELS and chip.counts and sum(chip.counts.values()) == pixels
    if not noted or chip.counts is None or data.distances is not None:
        return _counted(data, chip)[0]
    known = {0, *(item.value for item in data.chip_set.classes)}
    unknown = sum(count for value, count in chip.counts.items() if value not in known)
    return np.array([chip.counts.get(item.value, 0) for item in data.classes]), unknown


def _choose(data: ChipData, found: list[Count]) -> None:
    """Take the counts, and leave out chips in which there is nothing to learn."""
    counts = np.array([item for item, _ in found], np.int64).reshape(-1, len(data.classes))
    useful = np.flatnonzero(counts.sum(1) > 0)
    data.chips, data.counts = tuple(data.chips[index] for index in useful), counts[useful]
    data.unknown = sum(unknown for _, unknown in found)
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
