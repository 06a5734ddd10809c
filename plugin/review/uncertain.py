"""The least certain places of a map: connected regions where the two likeliest classes are close to each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...engine.progress import Reporter, check
from ...i18n import translate
from .candidates import UNCERTAIN, Candidate, Look
from .map_rasters import Floats, MapRaster, Probabilities, Window, strips
from .outlines import STEPS, outline
from .regions import Regions, choose, cut_large, grow, label, measure, opened, shrink

# What is looked through at once: memory is flat, whatever the size of the map.
MOST_PIXELS = 1 << 22
_WINDOW_SIDE = 1024
# Wider regions are cut, in pixels of the map: a place is judged at a glance.
_LARGEST_SIDE = 256
# Where the model is in doubt about everything, the least certain share of it comes first.
_SHARE, _LEAST_MARGIN = 0.1, 0.1
_FINDING = 0.6
_AROUND = 2
_NO_DATA = 2.0


@dataclass(frozen=True)
class UncertainJob:
    """What to look for.

    Attributes:
        map_path: the raster of class values.
        probabilities_path: the raster with a band for each class.
        most: at most so many places.
        margin: a pixel is uncertain where the likeliest class leads by less than this, 0 to 1; on a map of which
            more than a tenth is so, by less than in nine tenths of it.
        smallest: least size of a place, in pixels of the map; 0: fit for the size of the map.
        simplified: how far outlines may leave the edges of pixels, in pixels.
    """

    map_path: str
    probabilities_path: str
    most: int = 50
    margin: float = 0.5
    smallest: int = 0
    simplified: float = STEPS


def find_uncertain(job: UncertainJob, reporter: Reporter) -> list[Candidate]:
    """Return the places of a map that are worth a look, the worst first and spread over the map.

    Raises:
        ReviewError: a raster cannot be read or belongs to another.
        CancelledError: the reporter says so.
    """
    classes = MapRaster(job.map_path)
    probabilities = Probabilities(job.probabilities_path, classes)
    job = replace(job, smallest=classes.smallest(job.smallest))
    whole = classes.whole(MOST_PIXELS)
    values, margin = _read_whole(classes, probabilities, whole, reporter)
    mean = smoothed(margin)
    mean[values < 0] = _NO_DATA
    job = replace(job, margin=min(job.margin, max(_lead(mean), _LEAST_MARGIN)))
    factor = max(whole.width / whole.shape[1], whole.height / whole.shape[0])
    labels, regions = _regions(values, mean, job, factor)
    scores = regions.weight * (regions.pixels * factor**2 >= job.smallest)
    scores[0] = 0.0
    middle_rows = (regions.top + regions.bottom) / 2 / whole.shape[0]
    middle_columns = (regions.left + regions.right) / 2 / whole.shape[1]
    chosen = choose(scores, middle_rows, middle_columns, job.most)
    found = []
    for done, number in enumerate(chosen):
        check(reporter, translate("Swath", "the search for places"))
        reporter.progress(_FINDING + (1 - _FINDING) * done / len(chosen), translate("Swath", "Drawing outlines"))
        candidate = _refined(classes, probabilities, whole, labels, regions, number, job)
        if candidate is not None:
            found.append(candidate)
    return found


def _lead(mean: Floats) -> float:
    """Return below which lead the least certain share of the pixels lies, to a hundredth."""
    counts, edges = np.histogram(mean, bins=100, range=(0.0, 1.0))
    reached = np.cumsum(counts) >= _SHARE * counts.sum()
    return float(edges[1:][reached][0])


def _read_whole(
    classes: MapRaster, probabilities: Probabilities, whole: Window, reporter: Reporter
) -> tuple[npt.NDArray[np.int32], Floats]:
    """Read map and margins at a size that fits into memory, strip by strip."""
    values = np.empty(whole.shape, np.int32)
    margin = np.empty(whole.shape, np.float32)
    for rows, strip in strips(whole):
        check(reporter, translate("Swath", "the search for places"))
        reporter.progress(_FINDING * rows.start / whole.shape[0], translate("Swath", "Looking for uncertain places"))
        values[rows] = classes.values(strip)
        margin[rows] = probabilities.margin(strip)
    return values, margin


def _regions(
    values: npt.NDArray[np.int32], mean: Floats, job: UncertainJob, factor: float
) -> tuple[npt.NDArray[np.int32], Regions]:
    """Return uncertain regions of one class each; seams between classes are left out where there is more."""
    unsure = mean < job.margin
    side = max(24, round(_LARGEST_SIDE / factor))
    times = int(np.clip(round(job.smallest**0.5 / factor / 4), 1, 4))
    for opening in (times, 1, 0):
        thick = opened(unsure, opening) if opening else unsure
        codes = np.where(thick, values + 1, 0)
        labels = label(codes)
        cut_large(labels, measure(labels, codes), side)
        regions = measure(labels, codes, 1 - mean)
        if (regions.pixels[1:] * factor**2 >= job.smallest).any():
            break
    return labels, regions


def _refined(
    classes: MapRaster,
    probabilities: Probabilities,
    whole: Window,
    labels: npt.NDArray[np.int32],
    regions: Regions,
    number: int,
    job: UncertainJob,
) -> Candidate | None:
    """Return the place of a region, its outline and figures taken from the map's own pixels."""
    rows, columns = regions.window(number)
    across, down = whole.width / whole.shape[1], whole.height / whole.shape[0]
    # What smoothing took away lies around; in a coarse picture the border lies anywhere in a pixel.
    rows = slice(max(0, rows.start - _AROUND), min(whole.shape[0], rows.stop + _AROUND))
    columns = slice(max(0, columns.start - _AROUND), min(whole.shape[1], columns.stop + _AROUND))
    window = classes.part(
        int(columns.start * across),
        int(rows.start * down),
        int(np.ceil(columns.stop * across)),
        int(np.ceil(rows.stop * down)),
        _WINDOW_SIDE,
    )
    piece = labels[rows, columns]
    near = stretched(grow(piece == number, _AROUND) & ((piece == 0) | (piece == number)), window.shape)
    value = int(regions.code[number]) - 1
    own = near & (classes.values(window) == value)
    mask = own & (probabilities.margin(window) < job.margin)
    # The mean of a coarse pixel may be unsure where none of its own is.
    mask = mask if mask.any() else own
    if not mask.any():
        return None
    # Tails as narrow as a pixel are the seams that opening took away, grown back.
    core = grow(shrink(mask)) & mask
    mask = core if core.any() else mask
    pieces = label(mask.astype(np.uint8))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    mask = pieces == int(sizes.argmax())
    return _candidate(classes, probabilities, window, mask, value, job)


def _candidate(
    classes: MapRaster,
    probabilities: Probabilities,
    window: Window,
    mask: npt.NDArray[np.bool_],
    value: int,
    job: UncertainJob,
) -> Candidate:
    """Return the place with what the model says there: mean probabilities of the pixels marked."""
    means = [float(band[mask].mean()) for band in probabilities.read(window)]
    said = classes.look(value)
    own = next((place for place, look in enumerate(probabilities.looks) if look.value == value), int(np.argmax(means)))
    ranked = sorted((place for place in range(len(means)) if place != own), key=lambda place: -means[place])
    other: Look = probabilities.looks[ranked[0]]
    pixels = int(mask.sum()) * window.width * window.height // (window.shape[0] * window.shape[1])
    return Candidate(
        outline(mask, classes.place(window), job.simplified),
        UNCERTAIN,
        said,
        round(max(0.0, means[own]), 4),
        other,
        round(max(0.0, means[ranked[0]]), 4),
        pixels,
    )


def smoothed(values: Floats) -> Floats:
    """Return the mean of each pixel and its eight neighbours; pixels without data (2) stay so and count for none."""
    known = (values < _NO_DATA).astype(np.float32)
    sums, counts = _box(values * known), _box(known)
    return np.where(known > 0, sums / np.maximum(counts, 1), np.float32(_NO_DATA)).astype(np.float32)


def _box(values: Floats) -> Floats:
    for _ in range(2):
        padded = np.pad(values, ((1, 1), (0, 0)))
        values = (padded[:-2] + padded[1:-1] + padded[2:]).T
    return values


def stretched(mask: npt.NDArray[np.bool_], shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return a mask at another size, by nearest neighbours."""
    rows = np.arange(shape[0]) * mask.shape[0] // shape[0]
    columns = np.arange(shape[1]) * mask.shape[1] // shape[1]
    return mask[np.ix_(rows, columns)]
