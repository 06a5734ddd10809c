"""The chips of a training: read from one or several folders, checked, counted, and kept in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import rasterio
from numpy.typing import NDArray

from ..chips import FORMATS, BandStats, Chip, ChipFormat, ChipSet
from ..chips._targets import PIXELS
from ..classes import ClassInfo
from ..errors import InputError
from ..progress import Reporter, Section, check
from ..tasks import Task
from .problems import BrokenChipError, DifferentChipsError, NoChipsError

Array = NDArray[np.generic]
# Labelled pixels of each learnt class, and pixels with a value that is no class.
Count = tuple[NDArray[np.int64], int]
CACHE_BYTES = 8 * 2**30
_READERS = 4


def read_chip_sets(folders: Sequence[str]) -> tuple[ChipFormat, ChipSet]:
    """Read the folders of a job and join them to one chip set.

    Raises:
        NoChipsError: where a folder holds no chips of a format we know.
        DifferentChipsError: where folders do not agree in format, bands, size, pixel type or classes.
    """
    found: list[tuple[ChipFormat, ChipSet]] = []
    for name in dict.fromkeys(str(folder).rstrip("/\\") for folder in folders if str(folder).strip()):
        folder = Path(name)
        if not folder.is_dir():
            raise NoChipsError(folder=folder)
        chip_format = next((item for item in FORMATS.all().values() if item.detect(folder)), None)
        if chip_format is None:
            raise NoChipsError(folder=folder)
        found.append((chip_format, chip_format.read(folder)))
    if not found:
        raise NoChipsError(folder="")
    first_format, first = found[0]
    for chip_format, other in found[1:]:
        _agree(first_format, first, chip_format, other)
    return first_format, _join([item for _, item in found])


def _agree(first_format: ChipFormat, first: ChipSet, other_format: ChipFormat, other: ChipSet) -> None:
    facts = (
        ("the format", first_format.id, other_format.id),
        ("the number of bands", first.bands, other.bands),
        ("the size in pixels", first.size, other.size),
        ("the pixel type", first.dtype, other.dtype),
    )
    for what, expected, value in facts:
        if expected != value:
            raise DifferentChipsError(
                first=first.folder, second=other.folder, what=what, found=value, expected=expected
            )
    names = {item.value: item.name for item in first.classes}
    for item in other.classes:
        if names.get(item.value, item.name) != item.name:
            raise DifferentChipsError(
                first=first.folder,
                second=other.folder,
                what=f"the name of class {item.value}",
                found=f"'{item.name}'",
                expected=f"'{names[item.value]}'",
            )


def _join(sets: list[ChipSet]) -> ChipSet:
    if len(sets) == 1:
        return sets[0]
    classes = {item.value: item for chips in reversed(sets) for item in chips.classes}
    return replace(
        sets[0],
        chips=tuple(chip for chips in sets for chip in chips.chips),
        classes=tuple(classes[value] for value in sorted(classes)),
        stats=tuple(_join_stats(sets, band) for band in range(sets[0].bands)),
        class_pixels=_sum([chips.class_pixels for chips in sets]),
        class_objects=_sum([chips.class_objects for chips in sets]),
        same_size=all(chips.same_size for chips in sets),
    )


def _sum(counts: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Add up counts by class value; where one folder has none, the sum is not known."""
    if not all(counts):
        return {}
    total: dict[int, int] = {}
    for each in counts:
        for value, count in each.items():
            total[value] = total.get(value, 0) + count
    return total


def _join_stats(sets: list[ChipSet], band: int) -> BandStats:
    """Return the statistics of all chips, from each folder's, weighted by its chips."""
    parts = [(len(chips.chips), chips.stats[band]) for chips in sets]
    count = sum(number for number, _ in parts)
    mean = sum(number * stats.mean for number, stats in parts) / count
    variance = sum(number * (stats.std**2 + (stats.mean - mean) ** 2) for number, stats in parts) / count
    return BandStats(
        min(stats.minimum for _, stats in parts), max(stats.maximum for _, stats in parts), mean, variance**0.5
    )


@dataclass
class ChipData:
    """Pixels and targets of all chips in which there is something to learn.

    Attributes:
        chips: those with a pixel of a learnt class, in order.
        counts: labelled pixels (chips, classes); pixels that are ignored are not counted.
        unknown: pixels with a value that is no class and not 0.
        images, targets: all of them (chips, bands, h, w) and (chips, h, w), or None: read on demand.
    """

    chip_format: ChipFormat
    chip_set: ChipSet
    task: Task
    classes: tuple[ClassInfo, ...]
    chips: tuple[Chip, ...]
    counts: NDArray[np.int64]
    unknown: int = 0
    images: Array | None = None
    targets: NDArray[np.uint8] | None = None

    def load(self, index: int) -> tuple[Array, NDArray[np.uint8]]:
        """Return picture (bands, h, w) in the chips' type and target (h, w) of a chip."""
        if self.images is not None and self.targets is not None:
            return self.images[index], self.targets[index]
        chip = self.chips[index]
        return read_image(chip, self.chip_set), self.task.targets(self.read_label(chip), self.classes)

    def read_label(self, chip: Chip) -> Array:
        """Return the class values of a chip (h, w); raise BrokenChipError, InputError."""
        try:
            label: Array = self.chip_format.read_target(chip, self.chip_set.classes)
        except InputError:
            raise
        except (rasterio.RasterioIOError, OSError) as error:
            raise BrokenChipError(path=chip.label, detail=error) from error
        expected = (self.chip_set.size[1], self.chip_set.size[0])
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
    expected = (chip_set.bands, chip_set.size[1], chip_set.size[0])
    if image.shape != expected:
        raise BrokenChipError(path=chip.image, detail=f"bands, rows, columns are {image.shape}, not {expected}")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        for band, stats in zip(image, chip_set.stats, strict=True):
            band[~np.isfinite(band)] = stats.mean
    return image


def gather_chips(
    chip_format: ChipFormat, chip_set: ChipSet, task: Task, classes: tuple[ClassInfo, ...], reporter: Reporter
) -> ChipData:
    """Read all chips into memory and count their labels on the way, each file once.

    Where they do not fit, what the export noted of a chip is its count, and only labels that it noted nothing
    of are read. Chips in which there is nothing to learn are left out.

    Raises:
        BrokenChipError: for the first chip that cannot be used.
    """
    data = ChipData(chip_format, chip_set, task, classes, chip_set.chips, np.zeros((0, len(classes)), np.int64))
    if _fits(data):
        _choose(data, _read_all(data, reporter))
        return data
    _choose(data, _each(partial(_count, data), data.chips, Section(reporter, 0.0, 0.4), "Counting chip"))
    if _fits(data):
        _read_all(data, Section(reporter, 0.4, 1.0))
    return data


def _fits(data: ChipData) -> bool:
    width, height = data.chip_set.size
    size = width * height * (data.chip_set.bands * np.dtype(data.chip_set.dtype).itemsize + 1) * len(data.chips)
    return bool(size <= min(CACHE_BYTES, psutil.virtual_memory().available // 3))


def _read_all(data: ChipData, reporter: Reporter) -> list[Count]:
    """Read labels, and the pictures of those that show anything, into memory; return what was counted."""
    number, (width, height) = len(data.chips), data.chip_set.size
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
    return (np.bincount(target.ravel(), minlength=256)[: len(data.classes)], unknown), target


def _count(data: ChipData, chip: Chip) -> Count:
    """Return what the export noted of a chip; where it noted no pixels, what its label holds."""
    width, height = data.chip_set.size
    if data.chip_format.target != PIXELS or not chip.counts or sum(chip.counts.values()) != width * height:
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
