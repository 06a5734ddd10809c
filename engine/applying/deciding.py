"""From probabilities to class values; numpy only, a few passes over the pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..classes import ClassInfo

Values = npt.NDArray[np.unsignedinteger]
Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.uint16]

# Probabilities are kept in steps of 1/10000: they pack well, and no model knows them better.
PROBABILITY_STEPS = 10_000
PROBABILITY_NODATA = -1.0


@dataclass(frozen=True)
class Decision:
    """How the channels of a model become values.

    Attributes:
        classes: in channel order.
        skip_background: never give the class of value 0 where there is another.
        threshold: a best class below it becomes 0; 0 switches that off.
        binary: the model gives one channel, the probability of the second of two classes.
    """

    classes: tuple[ClassInfo, ...]
    skip_background: bool = False
    threshold: float = 0.0
    binary: bool = False

    @property
    def nodata(self) -> int:
        """Return the value of pixels that were not classified.

        It is 0 unless 0 is a class of its own (the learnt background); then the largest of the type.
        """
        if all(item.value != 0 for item in self.classes):
            return 0
        highest = max(item.value for item in self.classes)
        return next(int(np.iinfo(name).max) for name in _TYPES if highest < np.iinfo(name).max)

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """Return the smallest unsigned type that holds all values and the no-data value."""
        highest = max(self.nodata, *(item.value for item in self.classes))
        return np.dtype(next(name for name in _TYPES if highest <= np.iinfo(name).max))

    def channels(self, output: Floats) -> Floats:
        """Return the output (channels, height, width) with one channel a class."""
        return np.stack([1 - output[0], output[0]]) if self.binary else output

    def values(self, probabilities: Floats) -> Values:
        """Return the values (height, width) of probabilities (classes, height, width); ties go to the first."""
        table = np.asarray([item.value for item in self.classes], self.dtype)
        used = [i for i in range(len(table)) if not (self.skip_background and table[i] == 0)] or [0]
        best = probabilities[used[0]]
        result = np.full(best.shape, table[used[0]], self.dtype)
        for i in used[1:]:
            better = probabilities[i] > best
            np.copyto(result, table[i], where=better)
            best = np.maximum(best, probabilities[i])
        if self.threshold > 0:
            # Written so that a NaN counts as below.
            result[~(best >= self.threshold)] = 0
        return result


_TYPES: Sequence[type[np.unsignedinteger]] = (np.uint8, np.uint16, np.uint32)


def to_steps(probabilities: Floats) -> Counts:
    """Return probabilities as whole steps of 1/10000 (uint16)."""
    return np.rint(np.clip(np.nan_to_num(probabilities), 0, 1) * PROBABILITY_STEPS).astype(np.uint16)


NO_STEP = np.iinfo(np.uint16).max


def from_steps(steps: Counts) -> Floats:
    """Return whole steps as probabilities (float32), no-data where a step is missing."""
    found = steps.astype(np.float32) / np.float32(PROBABILITY_STEPS)
    found[steps == NO_STEP] = PROBABILITY_NODATA
    return found
