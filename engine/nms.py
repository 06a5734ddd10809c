"""Non-maximum suppression of boxes: of objects that overlap too much, the surest stays. Numpy only.

Near-linear: boxes of like size are sorted by the row and column of their centres, and each looks only at those
whose centres are near enough. They are settled in the order of their scores, as many at once as memory allows,
so that a crowd at one place is thinned out before it is compared with itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Overlaps = Callable[[Integers, Integers], Floats]

# Pairs that are looked at together: some 100 MB.
_MOST_PAIRS = 1 << 20
_FIRST_BATCH, _LARGEST_BATCH = 1 << 8, 1 << 16
# Columns are no cells, just the order in a row: they may be fine.
_COLUMNS_PER_BOX = 64
_MOST_STEPS = 1 << 19


def suppress(
    boxes: npt.NDArray[np.floating],
    scores: npt.NDArray[np.floating],
    channels: Integers,
    ratio: float,
    overlaps: Overlaps | None = None,
    *,
    bounded: bool = False,
) -> Integers:
    """Return the places of the boxes that stay, the surest first.

    Greedy by descending score, ties by input order, within a channel: a box goes when its IoU with one that
    stays is above ``ratio``. Boxes without area overlap nothing.

    Args:
        boxes: (n, 4) xmin, ymin, xmax, ymax.
        scores: (n,).
        channels: (n,) the class of each; boxes of different classes never suppress each other.
        ratio: 0 to 1.
        overlaps: gives, for the places of pairs whose boxes overlap, what is compared with ``ratio`` instead of
            the IoU of the boxes (0 to 1; of outlines, say).
        bounded: ``overlaps`` is nowhere above the IoU of the boxes, so that only boxes that overlap as much are asked.
    """
    order = np.argsort(-np.asarray(scores), kind="stable").astype(np.int64)
    ordered = np.asarray(boxes, np.float64)[order].reshape(-1, 4)
    with np.errstate(all="ignore"):
        sides = ordered[:, 2:] - ordered[:, :2]
        solid = (sides > 0).all(1) & np.isfinite(sides.prod(1)) & (sides.prod(1) > 0)
    members = np.flatnonzero(solid)
    if len(members) < 2 or ratio >= 1:
        return order
    places = order[members]
    ranked = np.unique(np.asarray(channels)[places], return_inverse=True)[1].astype(np.int64).reshape(-1)
    crowd = _Crowd(ordered[members], ranked, float(ratio))
    if overlaps is not None:
        crowd.compare_by(overlaps, places, bounded=bounded)
    stays = np.ones(len(order), bool)
    stays[members] = crowd.settle()
    kept: Integers = order[stays]
    return kept


class _Crowd:
    """Boxes with area, the surest first."""

    def __init__(self, boxes: Floats, channels: Integers, ratio: float) -> None:
        self._boxes, self._channels, self._ratio = boxes, channels, ratio
        self._sides = boxes[:, 2:] - boxes[:, :2]
        self._areas = self._sides[:, 0] * self._sides[:, 1]
        self._nearness = ratio
        self._overlaps: Overlaps | None = None
        self._open = np.ones(len(boxes), bool)

    def compare_by(self, overlaps: Overlaps, places: Integers, *, bounded: bool) -> None:
        """Compare something else than the IoU of boxes; ``places`` is how the caller numbers the boxes."""
        # The IoU of outlines may be larger than that of their boxes: then any overlap of boxes is looked at.
        self._nearness = self._ratio if bounded else 0.0
        self._overlaps = lambda first, second: overlaps(places[first], places[second])

    def settle(self) -> Bools:
        """Return which boxes stay."""
        stays = np.zeros(len(self._boxes), bool)
        waiting, groups = self._index()
        start, size = 0, _FIRST_BATCH
        while len(waiting):
            batch = waiting[start : start + size]
            batch = batch[self._open[batch]]
            if len(batch):
                batch, first, second = self._pairs(groups, batch)
                kept = self._resolve(batch, first, second)
                stays[kept] = True
                start = int(np.searchsorted(waiting, batch[-1])) + 1
            else:
                start += size
            size = min(max(2 * len(batch), _FIRST_BATCH), _LARGEST_BATCH)
            if 2 * np.count_nonzero(self._open[waiting[start:]]) < len(waiting):
                waiting, groups = self._index()
                start = 0
        return stays

    def _index(self) -> tuple[Integers, list[_Group]]:
        """Return the open boxes, and the same in groups of like width and height."""
        waiting = np.flatnonzero(self._open)
        # Within a group, sides differ by a factor of four at most.
        levels = np.frexp(self._sides[waiting])[1].astype(np.int64) // 2
        names = levels[:, 0] * 4096 + levels[:, 1]
        order = np.argsort(names, kind="stable")
        borders = np.flatnonzero(np.diff(names[order])) + 1
        parts = np.split(waiting[order], borders) if len(waiting) else []
        return waiting, [_Group(self._boxes, self._sides, self._channels, part) for part in parts]

    def _pairs(self, groups: list[_Group], batch: Integers) -> tuple[Integers, Integers, Integers]:
        """Return how much of the batch was taken, and all pairs (surer, less sure and open) that overlap too much."""
        centres = (self._boxes[batch, :2] + self._boxes[batch, 2:]) / 2
        looks = [group.rows(centres, self._sides[batch], self._nearness) for group in groups]
        batch = batch[: _within([look[1] for look in looks])]
        found = [
            group.runs(centres, self._channels[batch], look[0], look[1][: len(batch)], look[2])
            for group, look in zip(groups, looks)
        ]
        batch = batch[: _within([np.bincount(run[0], run[2] - run[1], len(batch)) for run in found])]
        firsts, seconds = [], []
        for group, (query, start, stop) in zip(groups, found):
            taken = query < len(batch)
            first, second = _spread(query[taken], start[taken], stop[taken])
            first, second = batch[first], group.members[second]
            near = (second > first) & self._open[second]
            first, second = first[near], second[near]
            close = self._close(first, second)
            firsts.append(first[close])
            seconds.append(second[close])
        return batch, np.concatenate(firsts), np.concatenate(seconds)

    def _close(self, first: Integers, second: Integers) -> Bools:
        one, two = self._boxes[first], self._boxes[second]
        width = np.minimum(one[:, 2], two[:, 2]) - np.maximum(one[:, 0], two[:, 0])
        height = np.minimum(one[:, 3], two[:, 3]) - np.maximum(one[:, 1], two[:, 1])
        inside = np.maximum(width, 0) * np.maximum(height, 0)
        close: Bools = inside > self._nearness * (self._areas[first] + self._areas[second] - inside)
        if self._overlaps is None:
            return close
        close[close] = self._overlaps(first[close], second[close]) > self._ratio
        return close

    def _resolve(self, batch: Integers, first: Integers, second: Integers) -> Integers:
        """Settle a batch and return who stays; what these push out is no longer open."""
        inner = second <= batch[-1]
        alive = bytearray(b"\1") * len(batch)
        ours, others = np.searchsorted(batch, first), np.searchsorted(batch, second[inner])
        sources = ours[inner]
        order = np.argsort(sources, kind="stable")
        # Whoever comes earlier is settled before it is asked, as all that could push it out are surer.
        for source, target in zip(sources[order].tolist(), others[order].tolist()):
            if alive[source]:
                alive[target] = 0
        stays = np.frombuffer(alive, np.uint8) > 0
        self._open[second[stays[ours]]] = False
        self._open[batch] = False
        kept: Integers = batch[stays]
        return kept


class _Group:
    """Boxes of like width and height, sorted by channel, row and column of their centres."""

    def __init__(self, boxes: Floats, sides: Floats, channels: Integers, members: Integers) -> None:
        centres = (boxes[members, :2] + boxes[members, 2:]) / 2
        self._least, self._most = sides[members].min(0), sides[members].max(0)
        self._origin = centres.min(0)
        step = self._most * [1 / _COLUMNS_PER_BOX, 1]
        self._step = np.maximum(step, (centres.max(0) - self._origin) / _MOST_STEPS)
        cells = np.floor((centres - self._origin) / self._step).astype(np.int64)
        self._columns, self._rows = (int(count) for count in cells.max(0) + 1)
        keys = (channels[members] * self._rows + cells[:, 1]) * self._columns + cells[:, 0]
        order = np.argsort(keys, kind="stable")
        self._keys, self.members = keys[order], members[order]

    def rows(self, centres: Floats, sides: Floats, ratio: float) -> tuple[Integers, Integers, Integers]:
        """Return the first row and the number of rows where boxes may be near, and the columns (n, 2).

        An IoU above ``ratio`` needs, in each direction, a common part above that share of the longer side.
        """
        like = np.clip(sides, self._least, self._most)
        fits = (np.minimum(like, sides) >= ratio * np.maximum(like, sides)).all(1)
        reach = np.maximum(
            (sides + like) / 2 - ratio * np.maximum(sides, like),
            (sides + self._most) / 2 - ratio * np.maximum(sides, self._most),
        )
        # A little more, as these are rounded numbers.
        reach = reach + self._step * [1, 1 / 1024]
        low, high = (centres - reach - self._origin) / self._step, (centres + reach - self._origin) / self._step
        limits = np.asarray([self._columns - 1, self._rows - 1], np.float64)
        fits &= ((high >= 0) & (low < limits + 1)).all(1)
        first, last = np.floor(np.clip(low, 0, limits)), np.floor(np.clip(high, 0, limits))
        counts = np.where(fits, last[:, 1] - first[:, 1] + 1, 0).astype(np.int64)
        columns = np.stack([first[:, 0], last[:, 0]], axis=1).astype(np.int64)
        return first[:, 1].astype(np.int64), counts, columns

    def runs(
        self, centres: Floats, channels: Integers, first: Integers, counts: Integers, columns: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """Return runs of members that may be near: number of the query, start, stop."""
        stop = first[: len(counts)] + counts
        query, row = _spread(np.arange(len(counts)), stop - counts, stop)
        keys = (channels[query] * self._rows + row) * self._columns
        # In the order of keys, the search meets the same memory again and again.
        order = np.argsort(keys)
        query, keys = query[order], keys[order]
        start = np.searchsorted(self._keys, keys + columns[query, 0], "left")
        end = np.searchsorted(self._keys, keys + columns[query, 1], "right")
        some = end > start
        return query[some], start[some], end[some]


def _within(counts: list[Integers]) -> int:
    """Return how many items may be taken from the first on before there are too many pairs; one at least."""
    return max(int(np.searchsorted(np.cumsum(np.sum(counts, axis=0)), _MOST_PAIRS, "right")), 1)


def _spread(owners: Integers, start: Integers, stop: Integers) -> tuple[Integers, Integers]:
    """Return each owner as often as its run is long, and the numbers of the run."""
    counts = stop - start
    before = np.cumsum(counts) - counts
    return np.repeat(owners, counts), np.repeat(start - before, counts) + np.arange(int(counts.sum()))
