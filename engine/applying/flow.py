"""The way of the tiles: readers, network, stitcher and writer, each in a thread of its own."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError
from ..progress import Reporter
from .journal import StitchedRow
from .plan import Tile
from .reading import ReadTile, TileReader
from .session import ModelSession
from .stitching import Stitcher
from .threads import Channel, Crew

Floats = npt.NDArray[np.float32]

_WAIT_SECONDS = 0.1
# Rows of tiles that may wait for the writer beside the one it writes.
_ROWS_WAITING = 1
_WHAT = "the classification"


@dataclass
class FlowCounts:
    """What happened: tiles that went through the network, that held no valid pixel, rows written, and times."""

    computed: int = 0
    empty: int = 0
    rows: int = 0
    busy_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def busy(self) -> float:
        """Return the share of the time in which the network was at work, 0 to 1."""
        return self.busy_seconds / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class _Computed:
    source: ReadTile
    output: Floats | None


@dataclass
class Flow:
    """One pass over tiles.

    Attributes:
        tiles: the tiles to do, in the order of reading.
        write: takes complete rows in their order, in a thread of its own.
        batch_size: tiles at once; ``fixed_batch`` fills the last batch up.
        augment: average over the eight turned and mirrored views of each tile.
    """

    reader: TileReader
    session: ModelSession
    stitcher: Stitcher
    write: Callable[[StitchedRow], None]
    tiles: Iterable[Tile]
    total: int
    batch_size: int = 1
    fixed_batch: bool = False
    augment: bool = False
    readers: int = 1
    counts: FlowCounts = field(default_factory=FlowCounts)

    def run(self, reporter: Reporter) -> None:
        """Do all tiles; raise the first error of any thread, CancelledError when the user asks for it."""
        crew = Crew()
        read: Channel[ReadTile] = Channel(crew, self.batch_size + 1, self.readers)
        computed: Channel[_Computed] = Channel(crew, self.batch_size + 1)
        rows: Channel[StitchedRow] = Channel(crew, _ROWS_WAITING)
        tiles, lock = iter(self.tiles), threading.Lock()
        start = time.perf_counter()
        for number in range(self.readers):
            crew.start(f"read-{number}", lambda: self._read(tiles, lock, read))
        crew.start("compute", lambda: self._compute(read, computed))
        crew.start("stitch", lambda: self._stitch(computed, rows))
        crew.start("write", lambda: self._write(rows))
        try:
            self._watch(crew, reporter)
        except BaseException as error:
            crew.fail(error)
            raise
        finally:
            if crew.stopped:
                self.session.stop()
            crew.join()
        self.counts.seconds = time.perf_counter() - start
        if crew.error is not None:
            raise crew.error

    def _watch(self, crew: Crew, reporter: Reporter) -> None:
        done = -1
        while crew.wait(_WAIT_SECONDS) and not crew.stopped:
            if reporter.cancelled():
                raise CancelledError(what=_WHAT)
            if (now := self.counts.computed + self.counts.empty) != done:
                done = now
                reporter.progress(done / max(self.total, 1), f"Tile {done} of {self.total}")

    def _read(self, tiles: Iterable[Tile], lock: threading.Lock, read: Channel[ReadTile]) -> None:
        while True:
            with lock:
                tile = next(iter(tiles), None)
            if tile is None:
                break
            read.put(self.reader.read(tile))
        read.put(None)

    def _compute(self, read: Channel[ReadTile], computed: Channel[_Computed]) -> None:
        batch: list[ReadTile] = []
        while (item := read.get()) is not None:
            if item.image is None:
                computed.put(_Computed(item, None))
                continue
            batch.append(item)
            if len(batch) == self.batch_size:
                self._compute_batch(batch, computed)
                batch = []
        if batch:
            self._compute_batch(batch, computed)
        computed.put(None)

    def _compute_batch(self, batch: list[ReadTile], computed: Channel[_Computed]) -> None:
        images = [item.image for item in batch if item.image is not None]
        if self.fixed_batch:
            images += [images[-1]] * (self.batch_size - len(images))
        stack = images[0][None] if len(images) == 1 else np.stack(images)
        start = time.perf_counter()
        outputs = _mean_of_views(self.session, stack) if self.augment else self.session.run(stack)
        self.counts.busy_seconds += time.perf_counter() - start
        for item, output in zip(batch, outputs, strict=False):
            computed.put(_Computed(item, output))

    def _stitch(self, computed: Channel[_Computed], rows: Channel[StitchedRow]) -> None:
        # Rows without any tile may come before the first one.
        for row in self.stitcher.complete():
            rows.put(row)
        while (item := computed.get()) is not None:
            self.stitcher.add(item.source.tile, item.output, item.source.valid)
            if item.output is None:
                self.counts.empty += 1
            else:
                self.counts.computed += 1
            for row in self.stitcher.complete():
                rows.put(row)
        rows.put(None)

    def _write(self, rows: Channel[StitchedRow]) -> None:
        while (row := rows.get()) is not None:
            self.write(row)
            self.counts.rows += 1


def _mean_of_views(session: ModelSession, batch: Floats) -> Floats:
    """Return the mean output over the eight symmetries of the square, each turned back."""
    total: Floats | None = None
    for turns, mirrored in itertools.product(range(4), (False, True)):
        view = np.rot90(batch, turns, axes=(2, 3))
        view = view[..., ::-1] if mirrored else view
        output = session.run(np.ascontiguousarray(view))
        output = output[..., ::-1] if mirrored else output
        output = np.rot90(output, -turns, axes=(2, 3))
        total = output.copy() if total is None else np.add(total, output, out=total)
    assert total is not None  # noqa: S101 - eight views
    total /= 8
    return total
