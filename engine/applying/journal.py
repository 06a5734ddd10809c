"""Completed rows of tiles on disk: append-only, so that a killed run can continue at the next row."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .deciding import NO_STEP, Values

Steps = npt.NDArray[np.uint16]

# Magic, row, packed bytes of values and of probabilities, checksum of both.
_HEAD = struct.Struct("<4sIQQI")
_MAGIC = b"SWR1"
_FAST = 1


@dataclass
class StitchedRow:
    """The kept parts of one row of tiles, side by side.

    Attributes:
        row: its number.
        values: (height, width), None where the whole row is no-data.
        steps: probabilities as steps (classes, height, width), None where not asked for or no-data.
    """

    row: int
    values: Values | None
    steps: Steps | None = None


class RowJournal:
    """Rows as they are completed, in their order; a record cut short by a kill is dropped.

    Args:
        path: the file; what is in it is kept.
        dtype: type of the values.
        classes: number of probability bands, 0 for none.
    """

    def __init__(self, path: Path, dtype: np.dtype[np.unsignedinteger], classes: int) -> None:
        self._path, self._dtype, self._classes = path, dtype, classes
        self._stream = path.open("a+b")

    def replay(self, heights: list[int], width: int) -> Iterator[StitchedRow]:
        """Yield the recorded rows from the first on; the file then ends behind the last good one."""
        self._stream.seek(0)
        good, expected = 0, 0
        while (row := self._record(expected, heights, width)) is not None:
            good, expected = self._stream.tell(), expected + 1
            yield row
        self._stream.seek(good)
        self._stream.truncate()

    def _record(self, expected: int, heights: list[int], width: int) -> StitchedRow | None:
        head = self._stream.read(_HEAD.size)
        if len(head) < _HEAD.size or expected >= len(heights):
            return None
        magic, row, size, size_steps, checksum = _HEAD.unpack(head)
        left = os.fstat(self._stream.fileno()).st_size - self._stream.tell()
        if magic != _MAGIC or row != expected or size + size_steps > left:
            return None
        packed, packed_steps = self._stream.read(size), self._stream.read(size_steps)
        if zlib.crc32(packed_steps, zlib.crc32(packed)) != checksum:
            return None
        if not size:
            return StitchedRow(row, None)
        height = heights[row]
        values = np.frombuffer(zlib.decompress(packed), self._dtype).reshape(height, width)
        steps = None
        if self._classes:
            flat = np.frombuffer(zlib.decompress(packed_steps), np.uint16)
            steps = flat.reshape(self._classes, height, width)
        return StitchedRow(row, values, steps)

    def append(self, row: StitchedRow) -> None:
        """Record a row durably; raises OSError where the disk is full."""
        packed = b"" if row.values is None else zlib.compress(np.ascontiguousarray(row.values).data, _FAST)
        packed_steps = b"" if row.steps is None else zlib.compress(np.ascontiguousarray(row.steps).data, _FAST)
        checksum = zlib.crc32(packed_steps, zlib.crc32(packed))
        self._stream.write(_HEAD.pack(_MAGIC, row.row, len(packed), len(packed_steps), checksum))
        self._stream.write(packed)
        self._stream.write(packed_steps)
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


def empty_steps(classes: int, height: int, width: int) -> Steps:
    """Return probabilities of a row where nothing is known yet."""
    return np.full((classes, height, width), NO_STEP, np.uint16)
