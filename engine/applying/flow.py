"""The way of the tiles: readers, network, sink and writer, each in a thread of its own.

What differs between tasks are two functions and one small interface: ``compute`` takes a batch and gives one
output a tile, a :class:`Sink` turns the outputs of tiles in any order into rows in their order, ``write`` takes these.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import CancelledError
from ..progress import Reporter
from .plan import Tile
from .reading import ReadTile, TileReader
from .threads import Channel, Crew

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Output = TypeVar("Output")
Row = TypeVar("Row")
Taken_contra = TypeVar("Taken_contra", contravariant=True)
Given_co = TypeVar("Given_co", covariant=True)

_WAIT_SECONDS = 0.1
# Rows of tiles that may wait for the writer beside the one it writes.
_ROWS_WAITING = 1


class Sink(Protocol[Taken_contra, Given_co]):
    """Collects what the network says of tiles, in any order, and gives complete rows in their order."""

    def add(self, tile: Tile, output: Taken_contra | None, valid: Bools | None) -> None:
        """Take the output of a tile, None where no pixel was valid; ``valid`` as in :class:`ReadTile`."""

    def complete(self) -> Iterator[Given_co]:
        """Yield the rows that are complete and whose turn it is."""


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
class _Computed(Generic[Output]):
    source: ReadTile
    output: Output | None


@dataclass
class Flow(Generic[Output, Row]):
    """One pass over tiles.

    Attributes:
        what: the work, for the message of a cancelled run.
        compute: the outputs of a batch (batch, bands, height, width), one a tile; what is beyond is left out.
        stop: makes a running ``compute`` end soon.
        write: takes complete rows in their order, in a thread of its own.
        tiles: the tiles to do, in the order of reading.
        batch_size: tiles at once; ``fixed_batch`` fills the last batch up.
    """

    what: str
    reader: TileReader
    compute: Callable[[Floats], Iterable[Output]]
    stop: Callable[[], None]
    sink: Sink[Output, Row]
    write: Callable[[Row], None]
    tiles: Iterable[Tile]
    total: int
    batch_size: int = 1
    fixed_batch: bool = False
    readers: int = 1
    counts: FlowCounts = field(default_factory=FlowCounts)

    def run(self, reporter: Reporter) -> None:
        """Do all tiles; raise the first error of any thread, CancelledError when the user asks for it."""
        crew = Crew()
        read: Channel[ReadTile] = Channel(crew, self.batch_size + 1, self.readers)
        computed: Channel[_Computed[Output]] = Channel(crew, self.batch_size + 1)
        rows: Channel[Row] = Channel(crew, _ROWS_WAITING)
        tiles, lock = iter(self.tiles), threading.Lock()
        start = time.perf_counter()
        for number in range(self.readers):
            crew.start(f"read-{number}", lambda: self._read(tiles, lock, read))
        crew.start("compute", lambda: self._compute(read, computed))
        crew.start("sink", lambda: self._sink(computed, rows))
        crew.start("write", lambda: self._write(rows))
        try:
            self._watch(crew, reporter)
        except BaseException as error:
            crew.fail(error)
            raise
        finally:
            if crew.stopped:
                self.stop()
            crew.join()
        self.counts.seconds = time.perf_counter() - start
        if crew.error is not None:
            raise crew.error

    def _watch(self, crew: Crew, reporter: Reporter) -> None:
        done = -1
        while crew.wait(_WAIT_SECONDS) and not crew.stopped:
            if reporter.cancelled():
                raise CancelledError(what=self.what)
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

    def _compute(self, read: Channel[ReadTile], computed: Channel[_Computed[Output]]) -> None:
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

    def _compute_batch(self, batch: list[ReadTile], computed: Channel[_Computed[Output]]) -> None:
        images = [item.image for item in batch if item.image is not None]
        if self.fixed_batch:
            images += [images[-1]] * (self.batch_size - len(images))
        stack = images[0][None] if len(images) == 1 else np.stack(images)
        start = time.perf_counter()
        outputs = self.compute(stack)
        self.counts.busy_seconds += time.perf_counter() - start
        for item, output in zip(batch, outputs, strict=False):
            computed.put(_Computed(item, output))

    def _sink(self, computed: Channel[_Computed[Output]], rows: Channel[Row]) -> None:
        # Rows without any tile may come before the first one.
        for row in self.sink.complete():
            rows.put(row)
        while (item := computed.get()) is not None:
            self.sink.add(item.source.tile, item.output, item.source.valid)
            if item.output is None:
                self.counts.empty += 1
            else:
                self.counts.computed += 1
            for row in self.sink.complete():
                rows.put(row)
        rows.put(None)

    def _write(self, rows: Channel[Row]) -> None:
        while (row := rows.get()) is not None:
            self.write(row)
            self.counts.rows += 1
