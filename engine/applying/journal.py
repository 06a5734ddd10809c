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

# Magic, number, bytes of the first and of the second piece, checksum of both.
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


class Records:
    """Numbered records of two pieces of bytes, in their order; one cut short by a kill is dropped.

    Args:
        path: the file; what is in it is kept.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a+b")

    def read(self, most: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield the records 0, 1, ... below ``most``; the file then ends behind the last good one."""
        self._stream.seek(0)
        good, expected = 0, 0
        while expected < most and (pieces := self._record(expected)) is not None:
            good, expected = self._stream.tell(), expected + 1
            yield expected - 1, *pieces
        self._stream.seek(good)
        self._stream.truncate()

    def _record(self, expected: int) -> tuple[bytes, bytes] | None:
        head = self._stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        magic, number, size, size_more, checksum = _HEAD.unpack(head)
        left = os.fstat(self._stream.fileno()).st_size - self._stream.tell()
        if magic != _MAGIC or number != expected or size + size_more > left:
            return None
        first, second = self._stream.read(size), self._stream.read(size_more)
        return (first, second) if zlib.crc32(second, zlib.crc32(first)) == checksum else None

    def write(self, number: int, first: bytes, second: bytes = b"") -> None:
        """Record two pieces durably; raises OSError where the disk is full."""
        checksum = zlib.crc32(second, zlib.crc32(first))
        self._stream.write(_HEAD.pack(_MAGIC, number, len(first), len(second), checksum))
        self._stream.write(first)
        self._stream.write(second)
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class RowJournal(Records):
    """Rows of a classification.

    Args:
        path: the file; what is in it is kept.
        dtype: type of the values.
        classes: number of probability bands, 0 for none.
    """

    def __init__(self, path: Path, dtype: np.dtype[np.unsignedinteger], classes: int) -> None:
        super().__init__(path)
        self._dtype, self._classes = dtype, classes

    def replay(self, heights: list[int], width: int) -> Iterator[StitchedRow]:
        """Yield the recorded rows from the first on; the file then ends behind the last good one."""
        for row, packed, packed_steps in self.read(len(heights)):
            if not packed:
                yield StitchedRow(row, None)
                continue
            values = np.frombuffer(zlib.decompress(packed), self._dtype).reshape(heights[row], width)
            steps = None
            if self._classes:
                flat = np.frombuffer(zlib.decompress(packed_steps), np.uint16)
                steps = flat.reshape(self._classes, heights[row], width)
            yield StitchedRow(row, values, steps)

    def append(self, row: StitchedRow) -> None:
        """Record a row durably; raises OSError where the disk is full."""
        packed = b"" if row.values is None else zlib.compress(np.ascontiguousarray(row.values).data, _FAST)
        packed_steps = b"" if row.steps is None else zlib.compress(np.ascontiguousarray(row.steps).data, _FAST)
        self.write(row.row, packed, packed_steps)


def empty_steps(classes: int, height: int, width: int) -> Steps:
    """Return probabilities of a row where nothing is known yet."""
    return np.full((classes, height, width), NO_STEP, np.uint16)
