"""Where a map differs from labels that are known to be right: regions with what is, and what should be."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Union

import numpy as np
import numpy.typing as npt
from qgis.core import QgsGeometry

from ...engine.progress import Reporter, check
from ...i18n import translate
from .candidates import BACKGROUND, DIFFERS, Candidate, Look
from .map_rasters import MapRaster, Window
from .outlines import STEPS, outline, smooth
from .raster_reference import RasterReference
from .references import Reference as VectorReference
from .regions import Regions, label, measure, opened
from .review_problems import NoReferenceError

Reference = Union[VectorReference, RasterReference]
# Compared at once, in pixels of the map.
BLOCK = 1024
# Pieces that are kept for each place that is wanted: those cut by blocks are joined in the end.
_KEPT = 4


@dataclass(frozen=True)
class DifferencesJob:
    """What to look for.

    Attributes:
        map_path: the raster of class values.
        most: at most so many places.
        smallest: least size of a place, in pixels of the map; 0: fit for the size of the map.
        simplified: how far outlines may leave the edges of pixels, in pixels.
    """

    map_path: str
    most: int = 50
    smallest: int = 0
    simplified: float = STEPS


@dataclass(frozen=True)
class _Piece:
    """A region in one block."""

    said: int
    expected: int
    mask: npt.NDArray[np.bool_]
    transform: tuple[float, ...]


def find_differences(job: DifferencesJob, reference: Reference, reporter: Reporter) -> list[Candidate]:
    """Return the places where map and reference differ, the largest first.

    Only what the reference covers is compared: labels, and fully labeled areas, where all else is background.

    Raises:
        ReviewError: the map cannot be read, or the reference does not touch it.
        CancelledError: the reporter says so.
    """
    classes = MapRaster(job.map_path)
    job = replace(job, smallest=classes.smallest(job.smallest))
    reference.prepare(classes, reporter)
    blocks = [block for block in _blocks(classes) if reference.touches(block)]
    if not blocks:
        raise NoReferenceError(layer=reference.name, map=classes.path)
    # Labels are never right to the pixel: what is as thin as a seam is left out, unless there is nothing else.
    thickness = int(np.clip(round(job.smallest**0.5 / 4), 1, 4))
    for opening in (thickness, 0):
        pieces = _pieces(classes, reference, blocks, job, opening, reporter)
        if pieces:
            break
    return _joined(pieces, classes, reference, job)


def _blocks(classes: MapRaster) -> Iterator[Window]:
    for top in range(0, classes.height, BLOCK):
        for left in range(0, classes.width, BLOCK):
            yield classes.part(left, top, left + BLOCK, top + BLOCK, BLOCK)


def _pieces(
    classes: MapRaster,
    reference: Reference,
    blocks: Sequence[Window],
    job: DifferencesJob,
    opening: int,
    reporter: Reporter,
) -> list[_Piece]:
    """Return the largest regions of all blocks."""
    kept: list[tuple[int, int, _Piece]] = []
    count = 0
    for done, block in enumerate(blocks):
        check(reporter, translate("Swath", "the search for places"))
        reporter.progress(done / len(blocks), translate("Swath", "Comparing the map with the labels"))
        codes = _codes(classes, reference, block, opening)
        if not codes.any():
            continue
        labels = label(codes)
        regions = measure(labels, codes)
        for number in _large(regions, codes.shape, job.smallest):
            size = int(regions.pixels[number])
            if len(kept) == _KEPT * job.most and size <= kept[0][0]:
                continue
            rows, columns = regions.window(number)
            said, should = divmod(int(regions.code[number]) - 1, reference.span)
            left, top = block.left + columns.start, block.top + rows.start
            window = classes.part(left, top, block.left + columns.stop, block.top + rows.stop, BLOCK)
            piece = _Piece(said, should, labels[rows, columns] == number, classes.place(window))
            count += 1
            push = heapq.heappush if len(kept) < _KEPT * job.most else heapq.heappushpop
            push(kept, (size, count, piece))
    return [piece for _, _, piece in kept]


def _large(regions: Regions, shape: tuple[int, ...], smallest: int) -> npt.NDArray[np.int64]:
    """Return the numbers of regions of the least size, and of those that may go on beyond the block."""
    cut = (regions.top == 0) | (regions.left == 0) | (regions.bottom == shape[0]) | (regions.right == shape[1])
    wanted = cut | (regions.pixels >= smallest)
    wanted[0] = False
    return np.flatnonzero(wanted)


def _codes(classes: MapRaster, reference: Reference, block: Window, opening: int) -> npt.NDArray[np.int64]:
    """Return what is and should be as one number for each pixel of a block; 0 where both agree or one is unknown."""
    # What the neighbours hold decides what is thin at the block's edges.
    around = 2 * opening
    right, bottom = block.left + block.width + around, block.top + block.height + around
    outer = classes.part(block.left - around, block.top - around, right, bottom, 2 * BLOCK)
    values, expected = classes.values(outer), reference.values(outer)
    wrong = (values >= 0) & (expected >= 0) & (values != expected)
    wrong = opened(wrong, opening) if opening else wrong
    codes = np.where(wrong, values.astype(np.int64) * reference.span + expected + 1, 0)
    top, left = block.top - outer.top, block.left - outer.left
    return codes[top : top + block.height, left : left + block.width]


def _joined(pieces: Sequence[_Piece], classes: MapRaster, reference: Reference, job: DifferencesJob) -> list[Candidate]:
    """Join pieces that blocks cut apart, and return them as places, the largest first."""
    by_pair: dict[tuple[int, int], list[QgsGeometry]] = {}
    for piece in pieces:
        shape = outline(piece.mask, piece.transform)
        by_pair.setdefault((piece.said, piece.expected), []).append(shape)
    found = []
    pixel = classes.cell**2
    for (said, should), shapes in by_pair.items():
        whole = QgsGeometry.unaryUnion(shapes)
        for part in whole.asGeometryCollection():
            shape = smooth(part, classes.cell, job.simplified)
            size = round(part.area() / pixel)
            if size < job.smallest:
                continue
            found.append(Candidate(shape, DIFFERS, _said(classes, said), -1.0, reference.look(should), -1.0, size))
    found.sort(key=lambda candidate: -candidate.size)
    return found[: job.most]


def _said(classes: MapRaster, value: int) -> Look:
    return Look(BACKGROUND, "") if value == BACKGROUND else classes.look(value)
