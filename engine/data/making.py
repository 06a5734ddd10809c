"""Make one chip: cut, turn, label, blacken and measure it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..chips import OBJECTS, VALUES, ChipFormat
from ..chips._label import ChipLabel
from ..chips._stats import BandState, band_states, count_values
from ..windows import Affine, Window
from .chip_plan import Place, Run
from .labels import draw_shapes
from .sources import Source
from .turning import cut_pixels

Pixels = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
_HERE = Affine(1, 0, 0, 0, 1, 0)


@dataclass
class Made:
    """One chip, ready to be numbered and written; ``bands`` is empty where it holds no data.

    ``pixels`` are (bands, height, width); ``counts`` the pixels of each class value, None where no class
    raster was drawn.
    """

    place: Place
    pixels: Pixels
    label: ChipLabel
    bands: list[BandState]
    pixels2: Pixels | None = None
    bands2: Sequence[BandState] = ()
    counts: dict[int, int] | None = None

    def record(self, chip_format: ChipFormat) -> dict[str, int]:
        """Return what is noted of the chip for training: pixels, or objects, of each class value as text."""
        if VALUES in chip_format.needs:
            return {str(value): count for value, count in (self.counts or {}).items()}
        values = [item.value for item in self.label.objects] or ([self.label.value] if self.label.value else [])
        counts: dict[str, int] = {}
        for value in values:
            counts[str(value)] = counts.get(str(value), 0) + 1
        return counts


@dataclass
class Reading:
    """What was read for a run: pixels (bands, height, width) and valid (height, width) of both images."""

    pixels: Pixels
    valid: Mask
    pixels2: Pixels | None = None
    valid2: Mask | None = None


def read_run(source: Source, run: Run) -> Reading:
    """Read the pixels of a run."""
    pixels, valid = source.view.read(run.window)
    if source.second is None:
        return Reading(pixels, valid)
    return Reading(pixels, valid, *source.second.read(run.window))


def make_chips(source: Source, chip_format: ChipFormat, run: Run, reading: Reading) -> list[Made]:
    """Make the chips of a run, those not worth writing as well. Runs in any thread."""
    made = []
    for place, label in zip(run.places, _labels(source, chip_format, run), strict=True):
        pixels, valid = cut_pixels(reading.pixels, reading.valid, run.window, place)
        label = _where_valid(label, valid)  # noqa: PLW2901
        if source.job.blacken:
            pixels = _blackened(pixels, label, place)
        bands = band_states(pixels, valid) if valid.any() else []
        counts = count_values(label.values) if label.values is not None else None
        chip = Made(place, pixels, label, bands, counts=counts)
        if reading.pixels2 is not None and reading.valid2 is not None:
            chip.pixels2, valid2 = cut_pixels(reading.pixels2, reading.valid2, run.window, place)
            chip.bands2 = band_states(chip.pixels2, valid2)
        made.append(chip)
    return made


def _labels(source: Source, chip_format: ChipFormat, run: Run) -> list[ChipLabel]:
    if source.labels is None:
        return [ChipLabel((place.window.width, place.window.height)) for place in run.places]
    labels = source.labels.label(run, source.needs)
    if chip_format.one_feature and not source.one_feature:
        labels = [_of_most_frequent(label) for label in labels]
    if source.instances is not None:
        things = source.instances.label(run, (OBJECTS,))
        labels = [_with_instances(label, other, source) for label, other in zip(labels, things, strict=True)]
    return labels


def _of_most_frequent(label: ChipLabel) -> ChipLabel:
    """Label a chip of a class raster by the class that most of its pixels have."""
    assert label.values is not None  # noqa: S101 - see Source.needs
    counts = {value: count for value, count in count_values(label.values).items() if value and count}
    return replace(label, value=max(counts, key=lambda value: counts[value]) if counts else 0)


def _with_instances(label: ChipLabel, things: ChipLabel, source: Source) -> ChipLabel:
    """Add instances, and draw them over the classes around them."""
    assert label.values is not None  # noqa: S101 - panoptic formats need values
    assert source.labels is not None and source.instances is not None  # noqa: S101, PT018 - asked by the caller
    values = label.values.astype(np.promote_types(source.labels.dtype, source.instances.dtype))
    window = Window(0, 0, *label.size)
    drawn = draw_shapes([(item.shape, item.value) for item in things.objects], _HERE, window, str(values.dtype))
    return replace(label, values=np.where(drawn != 0, drawn, values), instances=things.objects)


def _where_valid(label: ChipLabel, valid: Mask) -> ChipLabel:
    """Leave pixels without data unlabelled."""
    if label.values is None or valid.all():
        return label
    return replace(label, values=np.where(valid, label.values, 0).astype(label.values.dtype))


def _blackened(pixels: Pixels, label: ChipLabel, place: Place) -> Pixels:
    """Set what lies outside of the chip's feature to 0."""
    window = Window(0, 0, place.window.width, place.window.height)
    inside = draw_shapes([(item.shape, 1) for item in label.objects], _HERE, window, "uint8")
    return np.where(inside > 0, pixels, 0).astype(pixels.dtype)


def is_labelled(made: Made, needs: Sequence[str]) -> bool:
    """Tell whether a chip shows anything that is labelled."""
    if VALUES in needs and made.counts is not None:
        return any(count for value, count in made.counts.items() if value)
    return not made.label.empty
