"""The sheet of sample chips of an export: read back as training will read them, labels drawn over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling

from ..chips import Chip, ChipFormat, ChipSet
from ..data.rasters import open_raster
from .drawing import drawing, element, image
from .export_labels import Frame, draw_label
from .html import Sample
from .pictures import jpeg, to_picture

_SAMPLES = 12
_FEWER = 8
# Larger chips are thinned, all by the same factor.
_LARGEST_PX = 288
# Narrower chips show their pixels as squares.
_SMALL_PX = 128
# Chips are shown at one scale where none is smaller than the widest by more than this.
_ALIKE = 4
# At least so many grey values are used, or bytes are stretched as other values are.
_CONTRAST = 100
_RGB = ("red", "green", "blue")
Pixels = npt.NDArray[Any]


@dataclass(frozen=True)
class Sheet:
    """Samples in groups with a title each ("" for a single one), and how their pictures were made."""

    groups: tuple[tuple[str, tuple[Sample, ...]], ...]
    how: str
    labels: bool = False


def run_chips(chip_set: ChipSet, tiles: int) -> tuple[Chip, ...]:
    """Return the chips of the last export, the newest ``tiles`` of the folder; second domains are left out."""
    chips = [chip for chip in chip_set.chips if chip.image2 != chip.image]
    return tuple(sorted(chips, key=_number)[-tiles:]) if tiles else ()


def _number(chip: Chip) -> int:
    return int(chip.stem) if chip.stem.isdecimal() else -1


def is_labelled(chip: Chip) -> bool:
    """Tell whether anything in the chip is labelled, as the export noted it."""
    if chip.counts is None:
        return chip.label is not None
    return any(count for value, count in chip.counts.items() if value)


def choose_samples(chips: Sequence[Chip], count: int = _SAMPLES) -> list[Chip]:
    """Choose labelled chips, every class among them where that is possible, the others spread evenly.

    Without any label all chips count alike. Returns them in their order.
    """
    candidates = [index for index, chip in enumerate(chips) if is_labelled(chip)] or list(range(len(chips)))
    if len(candidates) <= count:
        return [chips[index] for index in candidates]
    best: dict[int, tuple[int, int]] = {}
    for place, index in enumerate(candidates):
        for value, pixels in (chips[index].counts or {}).items():
            if value and pixels > best.get(value, (0, 0))[0]:
                best[value] = (pixels, place)
    chosen: set[int] = set()
    missing = set(best)
    while missing and len(chosen) < count:
        # A chip shows a class well that has much of it, compared with the chip that has most.
        places = {best[value][1] for value in missing}
        place = max(sorted(places), key=lambda place: _shows(chips[candidates[place]], missing, best))
        chosen.add(place)
        missing -= {value for value, pixels in (chips[candidates[place]].counts or {}).items() if pixels}
    for place in _between(sorted(chosen), len(candidates), count - len(chosen)):
        chosen.add(place)
    return [chips[candidates[place]] for place in sorted(chosen)]


def _shows(chip: Chip, values: set[int], best: Mapping[int, tuple[int, int]]) -> float:
    return sum(count / best[value][0] for value, count in (chip.counts or {}).items() if value in values)


def _between(taken: list[int], size: int, count: int) -> Iterator[int]:
    """Yield places of ``range(size)``, each in the middle of the widest gap that the others leave."""
    taken = sorted(taken)
    for _ in range(count):
        edges = [-1, *taken, size]
        gaps = [second - first for first, second in zip(edges, edges[1:], strict=False)]
        widest = int(np.argmax(gaps))
        place = edges[widest] + gaps[widest] // 2
        taken.insert(widest, place)
        yield place


def sample_sheet(chip_set: ChipSet, chip_format: ChipFormat, chips: Sequence[Chip]) -> Sheet:
    """Read sample chips of ``chips`` back and draw them; raise InputError where one cannot be read."""
    paired = [chip for chip in chips if chip.image2 is not None]
    first = choose_samples(chips, _FEWER if paired else _SAMPLES)
    start = min(map(_number, chips), default=0)
    second = [chip for chip in chip_set.chips if chip.image2 == chip.image and _number(chip) > start]
    if not second:
        return _drawn(chip_set, chip_format, first)
    one = _drawn(chip_set, chip_format, choose_samples(chips, _FEWER), "First raster")
    alone = [replace(chip, image2=None) for chip in choose_samples(second, _FEWER)]
    other = _drawn(chip_set, chip_format, alone, "Second raster")
    return Sheet(one.groups + other.groups, _both(one.how, other.how))


def _both(one: str, other: str) -> str:
    """Return how pictures of both rasters were made."""
    return f"First raster: {one} Second raster: {other}" if other and one != other else one


def _drawn(chip_set: ChipSet, chip_format: ChipFormat, chips: Sequence[Chip], group: str = "") -> Sheet:
    sizes = {chip.stem: chip.size or chip_set.size for chip in chips}
    widest = max((width for width, _ in sizes.values()), default=1)
    thin = max(1.0, max((max(size) for size in sizes.values()), default=1) / _LARGEST_PX)
    pictures, how = _pictures({chip.stem: chip.image for chip in chips}, sizes, thin, chip_set.band_names)
    seconds = {chip.stem: chip.image2 for chip in chips if chip.image2 is not None}
    partners, how2 = _pictures(seconds, sizes, thin, ())
    classes = {info.value: info for info in chip_set.classes}
    samples, labels = [], False
    # Chips cut to their features may be so different that the small ones would be dots.
    alike = all(_ALIKE * max(size) >= widest for size in sizes.values())
    for chip in chips:
        size = sizes[chip.stem]
        target = chip_format.read_target(chip, chip_set.classes)
        label = draw_label(target, chip, Frame(size, widest if alike else max(size), thin, classes))
        labels = labels or bool(label.over)
        title = f"Chip {chip.stem}" + (f": {label.summary}" if label.summary else "")
        drawings = [_chip(title, pictures[chip.stem], size, widest if alike else 0, label.over)]
        if chip.stem in partners:
            drawings.append(
                _chip(f"Second raster at chip {chip.stem}", partners[chip.stem], size, widest if alike else 0, "")
            )
        name = chip.stem if chip_set.same_size else f"{chip.stem}, {size[0]} x {size[1]} px"
        samples.append(Sample(drawings, [name, *label.notes]))
    scale = "All are shown at the same scale." if alike else "Each is as large as its place."
    return Sheet(((group, tuple(samples)),), f"{scale} {_both(how, how2)}", labels)


def _chip(title: str, data: bytes, size: tuple[int, int], widest: int, over: str) -> str:
    """Return one chip as a drawing in its own pixels, at the scale of the ``widest``; 0: as large as its place."""
    width, height = size
    small = (widest or max(size)) <= _SMALL_PX
    labels = element("g", over, class_="over") if over else ""
    look = {"style": f"width:{100 * width / widest:.1f}%"} if widest else {"style": "width:100%;aspect-ratio:1"}
    return drawing(width, height, title, image(data, width, height, pixelated=small) + labels, **look)


def _pictures(
    paths: Mapping[str, Path], sizes: Mapping[str, tuple[int, int]], thin: float, names: Sequence[str]
) -> tuple[dict[str, bytes], str]:
    """Return pictures as JPEG by stem, stretched alike, and a sentence that says how."""
    if not paths:
        return {}, ""
    read = {stem: _read(path, sizes[stem], thin, names) for stem, path in paths.items()}
    bands = next(iter(read.values()))[1]
    how = "Band 1 in grey" if len(bands) == 1 else f"Bands {', '.join(map(str, bands))} as red, green and blue"
    limits = _limits([pixels for pixels, _ in read.values()])
    if limits:
        how += ", stretched alike for all chips from the darkest to the brightest hundredth of their pixels"
    return {stem: jpeg(to_picture(pixels, limits)) for stem, (pixels, _) in read.items()}, how + "."


def _read(path: Path, size: tuple[int, int], thin: float, names: Sequence[str]) -> tuple[Pixels, tuple[int, ...]]:
    """Return the bands to show (bands, height, width), thinned, and their numbers."""
    shape = (max(1, round(size[1] / thin)), max(1, round(size[0] / thin)))
    with open_raster(path) as dataset:
        bands = shown_bands(dataset.count, names)
        pixels = dataset.read(list(bands), out_shape=(len(bands), *shape), resampling=Resampling.average)
    return pixels, bands


def shown_bands(count: int, names: Sequence[str]) -> tuple[int, ...]:
    """Return the 1-based bands to show: those named red, green and blue, else the first three, else the first."""
    plain = [name.strip().lower() for name in names]
    if len(plain) == count and all(name in plain for name in _RGB):
        return tuple(plain.index(name) + 1 for name in _RGB)
    return (1, 2, 3) if count >= 3 else (1,)


def _limits(pictures: Sequence[Pixels]) -> list[tuple[float, float]]:
    """Return the same limits of each band for all pictures; nothing for bytes that fill their range well."""
    bands = range(len(pictures[0]))
    # Pixels without data are 0 in all bands.
    seen = [item[:, item.any(axis=0)] for item in pictures]
    limits = []
    for band in bands:
        values = np.concatenate([item[band].ravel() for item in seen])
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, (1, 99)) if values.size else (0.0, 1.0)
        limits.append((float(low), float(high)))
    plain = pictures[0].dtype == np.uint8 and len(bands) == 3
    return [] if plain and max(high - low for low, high in limits) >= _CONTRAST else limits
