"""The folders of a training, read and joined to one chip set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..chips import FORMATS, BandStats, ChipFormat, ChipSet
from .problems import DifferentChipsError, NoChipsError


def read_chip_sets(folders: Sequence[str]) -> tuple[ChipFormat, ChipSet]:
    """Read the folders of a job and join them to one chip set.

    Raises:
        NoChipsError: where a folder holds no chips of a format we know.
        DifferentChipsError: where folders do not agree in format, bands, pixel type or classes.
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
    same_size = all(chips.same_size and chips.size == sets[0].size for chips in sets)
    return replace(
        sets[0],
        chips=tuple(
            chip if same_size else replace(chip, size=chip.size or chips.size) for chips in sets for chip in chips.chips
        ),
        classes=tuple(classes[value] for value in sorted(classes)),
        stats=tuple(_join_stats(sets, band) for band in range(sets[0].bands)),
        class_pixels=_sum([chips.class_pixels for chips in sets]),
        class_objects=_sum([chips.class_objects for chips in sets]),
        same_size=same_size,
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
