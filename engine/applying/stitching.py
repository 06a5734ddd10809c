"""Put the kept parts of tiles side by side, into complete rows in their order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .deciding import NO_STEP, Decision, to_steps
from .journal import StitchedRow, empty_steps
from .plan import Tile, TilePlan

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


class Stitcher:
    """Collects tiles in any order and gives complete rows from the first one on.

    Args:
        wanted: which tiles will come (rows, columns); the others are no-data.
        first_row: the first row to give (the ones before are done).
    """

    def __init__(self, plan: TilePlan, wanted: Bools, decision: Decision, with_steps: bool, first_row: int = 0) -> None:
        self._plan, self._decision, self._with_steps = plan, decision, with_steps
        self._missing = wanted.sum(axis=1)
        self._next = first_row
        self._open: dict[int, StitchedRow] = {}

    def add(self, tile: Tile, output: Floats | None, valid: Bools | None) -> None:
        """Take the network's output (channels, height, width) of a whole tile; None is all no-data."""
        self._missing[tile.row] -= 1
        if output is None:
            return
        row = self._row(tile)
        rows, cols = tile.inner
        probabilities = self._decision.channels(output[:, rows, cols])
        values = self._decision.values(probabilities)
        place = slice(tile.keep.col, tile.keep.right)
        if valid is not None:
            values[~valid] = self._decision.nodata
        assert row.values is not None  # noqa: S101 - made by _row
        row.values[:, place] = values
        if row.steps is not None:
            steps = to_steps(probabilities)
            if valid is not None:
                steps[:, ~valid] = NO_STEP
            row.steps[:, :, place] = steps

    def _row(self, tile: Tile) -> StitchedRow:
        if tile.row not in self._open:
            shape = (tile.keep.height, self._plan.cols.size)
            values = np.full(shape, self._decision.nodata, self._decision.dtype)
            steps = empty_steps(len(self._decision.classes), *shape) if self._with_steps else None
            self._open[tile.row] = StitchedRow(tile.row, values, steps)
        return self._open[tile.row]

    def complete(self) -> Iterator[StitchedRow]:
        """Yield the rows that are complete and whose turn it is."""
        while self._next < self._plan.rows.count and self._missing[self._next] == 0:
            row = self._open.pop(self._next, None) or StitchedRow(self._next, None)
            self._next += 1
            yield row
