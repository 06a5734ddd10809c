"""Objects that several tiles have seen come out once and whole.

Every tile reports all it sees; the edges of its window *cut* an object where its box comes within 2 pixels (or 5 % of
its side) of an edge that is not the raster's own. The tile that keeps an object's centre is its *owner*. As
neighbouring tiles overlap by twice the padding, an object that any tile sees whole is whole in its owner, but for
rounding:

1. An uncut object counts in its owner, and near it: tiles place a centre differently, by up to a quarter of the
   object, so one that two tiles yield to each other is not lost.
2. A part that a tile's edge cuts goes where a whole object of the class from another tile covers half of it.
3. What is left are objects too large for the padding. Parts from two tiles are one where, in what both tiles see,
   they cover half of the smaller one, and one goes on behind the edge that cuts the other, or they are alike
   (IoU 0.5). Their boxes (or outlines) are united; the surest part gives the confidence.
4. Such an object (or a single part) counts where the owner of its centre has contributed, or where other parts go on
   behind all edges that cut it: else it is half an object whose owner found nothing. With ``exclude`` false these are
   kept, too.
5. Of what then overlaps from different tiles, as much as within a tile is not allowed (at most 0.5), one stays:
   owners before others, then the surer.

Nothing here depends on the order in which tiles come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from ..nms import suppress
from .found import BOTTOM, LEFT, RIGHT, TOP, Found, common_area, join, overlap_of_boxes
from .outlines import simplify, single_polygons
from .plan import TilePlan

Boxes = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_COVERED, _ALIKE, _LARGEST_OVERLAP = 0.5, 0.5, 0.5
_MARGIN_SHARE, _MARGIN = 0.25, 2.0
# So many pairs are looked at together, and so many objects are asked for first.
_PAIRS, _FIRST_STEP = 1 << 20, 64


@dataclass(frozen=True)
class Seams:
    """What the tiles' windows say of objects.

    Attributes:
        overlap: of two objects of a class in one tile, the IoU above which one went.
        exclude: leave out parts whose owner found nothing.
        turned: outlines are turned boxes, and stay such.
    """

    plan: TilePlan
    overlap: float
    exclude: bool = True
    turned: bool = False

    def resolve(self, found: Found) -> Found:
        """Return each object once, in the order of tiles, the surest first in each."""
        found = found.take(_order(found))
        cut = found.items["cut"] != 0
        whole, parts = found.take(~cut), found.take(cut)
        near, owned = self._near(whole)
        whole, owned = whole.take(near), owned[near]
        parts = parts.take(~_replaced(parts, whole))
        united = self._unite(parts)
        every = join([whole, united], found.outlines is not None)
        # Parts in one tile are different objects, as are two objects that the same tile sees.
        tiles = every.items["row"].astype(np.int64) * self.plan.cols.count + every.items["col"]
        tiles[len(whole) :] = -1 - np.arange(len(united))
        order = np.concatenate([owned, np.ones(len(united), bool)]) * 2.0 + every.items["score"]

        def measure(first: Integers, second: Integers) -> Boxes:
            shares, apart = np.zeros(len(first)), tiles[first] != tiles[second]
            shares[apart] = every.overlaps(first[apart], second[apart])
            return shares

        allowed = min(self.overlap, _LARGEST_OVERLAP)
        boxes, bounded = every.items["box"], every.outlines is None
        kept = suppress(boxes, order, every.items["channel"], allowed, measure, bounded=bounded)
        every = every.take(kept)
        return every.take(_order(every))

    def _near(self, found: Found) -> tuple[Bools, Bools]:
        """Return which objects have their centre in or near what their tile keeps, and which in it."""
        box = found.items["box"]
        centres, sides = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
        keep = self._keeps(found)
        margin = _MARGIN + _MARGIN_SHARE * sides
        near = (centres >= keep[:, :2] - margin) & (centres < keep[:, 2:] + margin)
        owned = (centres >= keep[:, :2]) & (centres < keep[:, 2:])
        return near.all(1), owned.all(1)

    def _keeps(self, found: Found) -> Boxes:
        cols, rows = np.asarray(self.plan.cols.cuts, float), np.asarray(self.plan.rows.cuts, float)
        col, row = found.items["col"], found.items["row"]
        return np.stack([cols[col], rows[row], cols[col + 1], rows[row + 1]], axis=1)

    def _windows(self, found: Found) -> Boxes:
        plan = self.plan
        left = np.asarray(plan.cols.starts, float)[found.items["col"]]
        top = np.asarray(plan.rows.starts, float)[found.items["row"]]
        right, bottom = (
            np.minimum(left + plan.cols.tile, plan.cols.size),
            np.minimum(top + plan.rows.tile, plan.rows.size),
        )
        return np.stack([left, top, right, bottom], axis=1)

    def _unite(self, parts: Found) -> Found:
        """Join the parts of large objects and return those that count."""
        first, second = self._one_object(parts)
        groups = _groups(len(parts), first, second)
        items, box = parts.items[groups.leaders].copy(), parts.items["box"]
        for side, extreme in enumerate((np.minimum, np.minimum, np.maximum, np.maximum)):
            items["box"][:, side] = extreme.reduceat(box[groups.order, side], groups.starts) if len(parts) else 0
        if len(parts):
            items["score"] = np.maximum.reduceat(parts.items["score"][groups.order], groups.starts)
        items["cut"] = 0
        united = Found(items, self._united_outlines(parts, groups))
        if not self.exclude or not len(united):
            return united
        centres = ((items["box"][:, :2] + items["box"][:, 2:]) / 2)[groups.number]
        keep = self._keeps(parts)
        owner = ((centres >= keep[:, :2]) & (centres < keep[:, 2:])).all(1)
        windows, left = self._windows(parts), parts.items["cut"].copy()
        for one, two in ((first, second), (second, first)):
            np.bitwise_and.at(left, one, ~_goes_on(parts, windows, one, two))
        counts, complete = np.zeros(len(united), bool), np.ones(len(united), bool)
        np.logical_or.at(counts, groups.number, owner)
        np.logical_and.at(complete, groups.number, left == 0)
        return united.take(counts | complete)

    def _one_object(self, parts: Found) -> tuple[Integers, Integers]:
        """Return the pairs of parts that belong to one object, each pair once."""
        windows = self._windows(parts)
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for first, second in _touching(parts, parts):
            ordered = first < second
            one, two = first[ordered], second[ordered]
            joined = self._same(parts, windows, one, two)
            found.append((one[joined], two[joined]))
        ones, twos = zip(*found, strict=True)
        return np.concatenate(ones), np.concatenate(twos)

    def _same(self, parts: Found, windows: Boxes, first: Integers, second: Integers) -> Bools:
        box = parts.items["box"]
        one, two = box[first], box[second]
        common = np.concatenate(
            [
                np.maximum(windows[first, :2], windows[second, :2]),
                np.minimum(windows[first, 2:], windows[second, 2:]),
            ],
            axis=1,
        )
        # A part that hardly reaches into what both see does not tell who is who.
        smaller = np.minimum(common_area(one, common), common_area(two, common))
        both = np.minimum(one[:, 2:], two[:, 2:]), np.maximum(one[:, :2], two[:, :2])
        agree = common_area(np.concatenate([both[1], both[0]], axis=1), common) >= _COVERED * smaller
        goes_on = _goes_on(parts, windows, first, second) | _goes_on(parts, windows, second, first)
        found: Bools = agree & (smaller > 0) & ((goes_on != 0) | (overlap_of_boxes(one, two) >= _ALIKE))
        return found

    def _united_outlines(self, parts: Found, groups: _Groups) -> npt.NDArray[np.object_] | None:
        if parts.outlines is None:
            return None
        bounds = np.append(groups.starts, len(parts))
        shapes = [
            shapely.union_all(shapely.make_valid(parts.outlines[groups.order[start:stop]]))
            for start, stop in zip(bounds[:-1], bounds[1:], strict=True)
        ]
        found = np.empty(len(shapes), object)
        found[:] = shapes
        if self.turned:
            return np.asarray(shapely.oriented_envelope(found), object)
        return simplify(single_polygons(found))


def _order(found: Found) -> Integers:
    items = found.items
    keys = (*items["box"].T, items["channel"], -items["score"], items["col"], items["row"])
    return np.lexsort(keys).astype(np.int64)


def _replaced(parts: Found, whole: Found) -> Bools:
    """Return which parts a whole object of their class from another tile covers."""
    gone = np.zeros(len(parts), bool)
    for first, second in _touching(parts, whole):
        if parts.outlines is not None and whole.outlines is not None:
            one = parts.outlines[first]
            inside = shapely.area(shapely.intersection(one, whole.outlines[second]))
            share = inside / np.maximum(shapely.area(one), 1e-12)
        else:
            box = parts.items["box"][first]
            share = common_area(box, whole.items["box"][second]) / (box[:, 2:] - box[:, :2]).prod(1)
        gone[first[share >= _COVERED]] = True
    return gone


def _touching(ones: Found, others: Found) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs of a class, from different tiles, whose boxes overlap, about a million at a time.

    Where hardly anything was suppressed within the tiles, all that are in a crowd touch each other.
    """
    (boxes, channels, tiles), (places, kinds, origins) = _places(ones), _places(others)
    tree = shapely.STRtree(places)
    start, step = 0, _FIRST_STEP
    while start < len(boxes):
        first, second = tree.query(boxes[start : start + step])
        first = first + start
        fits = (channels[first] == kinds[second]) & (tiles[first] != origins[second])
        yield first[fits].astype(np.int64), second[fits].astype(np.int64)
        start += step
        step = max(min(2 * step, step * _PAIRS // max(len(first), 1)), 1)


def _places(found: Found) -> tuple[npt.NDArray[np.object_], Integers, Integers]:
    """Return boxes as shapes, channels, and a number for each tile."""
    items = found.items
    tiles = (items["row"].astype(np.int64) << 32) + items["col"]
    return np.asarray(shapely.box(*items["box"].T), object), items["channel"].astype(np.int64), tiles


def _goes_on(parts: Found, windows: Boxes, first: Integers, second: Integers) -> npt.NDArray[np.int32]:
    """Return behind which edges that cut the first part the second goes on, in a tile that sees both sides, as bits."""
    cut, box, window = parts.items["cut"][first], parts.items["box"][second], windows[second]
    found = np.zeros(len(first), np.int32)
    for bit, side, step in ((LEFT, 0, -1), (TOP, 1, -1), (RIGHT, 2, 1), (BOTTOM, 3, 1)):
        edge = windows[first, side]
        behind = (box[:, side] - edge) * step > 0
        found[behind & ((window[:, side] - edge) * step > 0)] |= bit
    behind_cuts: npt.NDArray[np.int32] = found & cut
    return behind_cuts


@dataclass(frozen=True)
class _Groups:
    """Parts in groups: the parts in the order of their groups, where each begins, its first part, each part's group."""

    order: Integers
    starts: Integers
    leaders: Integers
    number: Integers


def _groups(count: int, first: Integers, second: Integers) -> _Groups:
    """Return what is connected by pairs."""
    leader = np.arange(count)
    for one, two in zip(first.tolist(), second.tolist(), strict=True):
        one, two = _root(leader, one), _root(leader, two)  # noqa: PLW2901 - from parts to their groups
        leader[max(one, two)] = min(one, two)
    roots = np.asarray([_root(leader, place) for place in range(count)], np.int64)
    order = np.argsort(roots, kind="stable")
    leaders, starts, number = np.unique(roots[order], return_index=True, return_inverse=True)
    of_part = np.empty(count, np.int64)
    of_part[order] = number
    return _Groups(order, starts, leaders, of_part)


def _root(leader: Integers, place: int) -> int:
    while leader[place] != place:
        leader[place] = leader[leader[place]]
        place = int(leader[place])
    return place
