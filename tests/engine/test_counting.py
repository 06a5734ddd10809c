"""Statistics of pixels and counts of classes are exact, whatever short cut is taken for their type and size."""

from __future__ import annotations

import numpy as np
import pytest

from swath.engine.chips._stats import band_states, count_values


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 2**21 - 1])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_statistics_of_the_largest_pixels_are_exact(size, dtype):
    highest = int(np.iinfo(dtype).max)
    for values in (
        np.full(size, highest, dtype),
        np.random.default_rng(0).integers(0, highest, size, endpoint=True).astype(dtype),
    ):
        (found,) = band_states(values.reshape(1, 1, size), np.ones((1, size), bool))
        numbers = values.astype(object)
        total, squares = numbers.sum(), (numbers * numbers).sum()
        assert (found.minimum, found.maximum, found.count) == (values.min(), values.max(), size)
        assert found.m1 == total / size
        assert found.m2 == (squares * size - total * total) / size


@pytest.mark.parametrize("largest", [0, 1, 12, 13, 255])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32"])
def test_counts_of_classes_are_those_of_the_pixels(largest, dtype):
    values = np.random.default_rng(largest).integers(0, largest, (40, 50), endpoint=True).astype(dtype)
    values[values == 3] = 0
    found = count_values(values)
    assert found.pop(0) == int((values == 0).sum())
    assert found == {value: int((values == value).sum()) for value in range(1, largest + 1) if (values == value).any()}
