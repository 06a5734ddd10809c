"""Split chips into training and validation by place, so that the validation judges unseen ground."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from ..chips import Chip
from ..windows import Affine

Mask = NDArray[np.bool_]

# How many blocks the validation side may be made of: fewer lose fewer chips at borders, more are
# nearer to the whole area's mix of classes. The best of them by ``_cost`` is taken.
_BLOCKS = (1, 2, 3, 4, 6, 8)
_TOUCH = 0.01
_FLAT = 1e-6
_CANDIDATES = 64


@dataclass(frozen=True)
class Split:
    """Indices of the chips of each side; ``dropped`` overlap the other side and belong to neither.

    ``unused`` are chips that FEATURE_PATCH_PERCENTAGE leaves out.
    """

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    dropped: NDArray[np.int64]
    how: str
    warnings: list[str] = field(default_factory=list)
    unused: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class _Ground:
    """What the choice of blocks looks at: centres (n, 2), chips that overlap (pairs), class pixels (n, k)."""

    centers: NDArray[np.float64]
    pairs: NDArray[np.int64]
    counts: NDArray[np.float64]

    def touched(self, chosen: Mask) -> Mask:
        """Return the chips outside of ``chosen`` that overlap one inside."""
        hit = np.zeros(len(chosen), bool)
        first, second = self.pairs
        hit[second[chosen[first]]] = True
        return hit & ~chosen


def split_chips(
    chips: tuple[Chip, ...], counts: NDArray[np.int64], size: tuple[int, int], percentage: float, seed: int
) -> Split:
    """Split by spatial blocks with a like mix of classes; by source or index without georeference.

    Args:
        chips: in the order of ``counts``.
        counts: labelled pixels of each class (chips, classes).
        size: width and height of chips that say none of their own, in pixels.
        percentage: share of the validation side in all chips that are used.
        seed: decides between equally good blocks.
    """
    everything = np.arange(len(chips))
    nothing = np.zeros(0, np.int64)
    if percentage <= 0:
        text = "There is no validation (VALIDATION_PERCENTAGE is 0): the figures are those of the training chips."
        return Split(everything, nothing, nothing, "none", [text])
    located = all(chip.transform is not None for chip in chips)
    ground = _ground(chips, counts, size) if located else _line(chips, counts)
    chosen = _choose(ground, percentage / 100, seed)
    if chosen is None:
        text = (
            f"No validation: each of the {len(chips)} chips overlaps too many others to set some apart, so the figures "
            "are those of the training chips. Export with a larger stride or from a larger area for a validation."
        )
        return Split(everything, nothing, nothing, "none", [text])
    dropped = ground.touched(chosen)
    warnings = []
    if not located:
        what = "source picture" if len({chip.source for chip in chips}) > 1 else "order in the folder"
        warnings.append(
            f"The chips have no georeference: the validation side is cut by {what}, and chips of both sides "
            "may overlap, so its figures may flatter."
        )
    used = ~chosen & ~dropped
    return Split(
        np.flatnonzero(used),
        np.flatnonzero(chosen),
        np.flatnonzero(dropped),
        "spatial blocks" if located else "order",
        warnings,
    )


def _ground(chips: tuple[Chip, ...], counts: NDArray[np.int64], size: tuple[int, int]) -> _Ground:
    corners = []
    for chip in chips:
        width, height = chip.size or size
        place = chip.transform or Affine(1, 0, 0, 0, 1, 0)
        corners.append([place.to_map(c, r) for c, r in ((0, 0), (width, 0), (width, height), (0, height))])
    outlines = shapely.polygons(_apart(np.asarray(corners, float), chips))
    # Neighbours touch, and their corners are rounded in world files: a hair's breadth is no overlap.
    side = np.sqrt(np.maximum(shapely.area(outlines), 1e-30))
    tree = shapely.STRtree(outlines)
    first, second = tree.query(outlines, predicate="intersects")
    other = first != second
    first, second = first[other], second[other]
    common = shapely.area(shapely.intersection(outlines[first], outlines[second]))
    overlap = common > _TOUCH * side[first] * side[first] / max(size)
    centers = np.column_stack([shapely.get_x(shapely.centroid(outlines)), shapely.get_y(shapely.centroid(outlines))])
    return _Ground(centers / np.median(side), np.stack([first[overlap], second[overlap]]), counts.astype(float))


def _apart(corners: NDArray[np.float64], chips: tuple[Chip, ...]) -> NDArray[np.float64]:
    """Move pictures without a coordinate system apart: each counts its own pixels from its own corner."""
    if any(chip.crs for chip in chips):
        return corners
    sources = {source: number for number, source in enumerate(dict.fromkeys(chip.source for chip in chips))}
    span = float(np.ptp(corners[:, :, 0]))
    corners[:, :, 0] += 2 * span * np.asarray([[sources[chip.source]] for chip in chips])
    return corners


def _line(chips: tuple[Chip, ...], counts: NDArray[np.int64]) -> _Ground:
    """Place chips without georeference on a line, each source picture a stretch of its own."""
    sources = {source: number for number, source in enumerate(dict.fromkeys(chip.source for chip in chips))}
    gap = 10 * len(chips) if len(sources) > 1 else 0
    places = [index + gap * sources[chip.source] for index, chip in enumerate(chips)]
    return _Ground(np.column_stack([places, np.zeros(len(chips))]).astype(float), np.zeros((2, 0), np.int64),
                   counts.astype(float))  # fmt: skip


def _choose(ground: _Ground, share: float, seed: int) -> Mask | None:
    """Return the validation chips, or None where every choice leaves a side empty."""
    rng = np.random.default_rng(seed)
    best: tuple[float, Mask] | None = None
    for number in _BLOCKS:
        blocks = _blocks(ground.centers, share / number)
        chosen = _grow(ground, blocks, share, rng)
        if chosen is None:
            continue
        # A little in favour of more blocks: a validation side from several places says more.
        cost = _cost(ground, chosen, share) - 0.02 * min(number, 4)
        if best is None or cost < best[0]:
            best = (cost, chosen)
    return best[1] if best else None


def _blocks(centers: NDArray[np.float64], share: float) -> NDArray[np.int64]:
    """Return the number of the square block that each chip lies in; a block holds about ``share`` of them."""
    low, span = centers.min(0), np.ptp(centers, axis=0)
    flat = span <= _FLAT
    if flat.any():
        counts = np.where(flat, 1, max(round(1 / share), 1))
    else:
        # The ground that chips really cover, in cells of a chip's size.
        cells = len(np.unique(np.floor(centers - low), axis=0))
        counts = np.maximum(np.round(span / np.sqrt(cells * share)), 1)
    place = np.minimum(np.floor((centers - low) / np.where(flat, 1, span) * counts), counts - 1)
    return np.unique(place[:, 0] * (counts[1] + 1) + place[:, 1], return_inverse=True)[1]


def _grow(ground: _Ground, blocks: NDArray[np.int64], share: float, rng: np.random.Generator) -> Mask | None:
    """Take blocks one by one, each time the one that makes the best split, until the share is met."""
    chosen = np.zeros(len(blocks), bool)
    left = list(rng.permutation(int(blocks.max()) + 1))[:_CANDIDATES]
    best: tuple[float, Mask] | None = None
    while left:
        costs = [_cost(ground, chosen | (blocks == block), share) for block in left]
        place = int(np.argmin(costs))
        if not np.isfinite(costs[place]) or (best is not None and costs[place] >= best[0]):
            break
        chosen = chosen | (blocks == left.pop(place))
        best = (costs[place], chosen)
    return best[1] if best else None


def _cost(ground: _Ground, chosen: Mask, share: float) -> float:
    """Return how bad a validation side is: wrong size, another mix of classes, chips lost at borders."""
    touched = ground.touched(chosen)
    train = ~chosen & ~touched
    valid_chips, train_chips = int(chosen.sum()), int(train.sum())
    if not valid_chips or not train_chips:
        return np.inf
    valid, rest, total = ground.counts[chosen].sum(0), ground.counts[train].sum(0), ground.counts.sum(0)
    if not valid.sum() or not rest.sum():
        return np.inf
    there = total > 0
    mix, whole = valid / valid.sum(), total / total.sum()
    # Rare classes count as much as common ones: the difference is relative, within bounds.
    mismatch = float(np.mean(np.minimum(np.abs(mix - whole)[there] / whole[there], 1.0)))
    missing = int((there & (rest == 0)).sum()) * 5 + int((there & (valid == 0)).sum())
    wrong = abs(valid_chips / (valid_chips + train_chips) - share) / share
    return 1.0 * wrong + 0.5 * mismatch + 1.5 * float(touched.mean()) + missing
