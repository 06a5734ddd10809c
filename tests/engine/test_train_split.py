"""The split into training and validation: by place, without overlap, with a like mix of classes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.chips import Chip
from swath.engine.training.split import Split, split_chips
from swath.engine.windows import Affine

TILE = 64


def grid(columns: int, rows: int, stride: int, cell: float = 0.5, turn: float = 0.0) -> tuple[Chip, ...]:
    """Return chips on a grid of ``stride`` pixels, the whole maybe turned by ``turn`` radians."""
    cos, sin = np.cos(turn) * cell, np.sin(turn) * cell
    whole = Affine(cos, sin, 5e5, sin, -cos, 5e6)
    chips = []
    for number, (row, column) in enumerate(product(range(rows), range(columns))):
        x, y = whole.to_map(column * stride, row * stride)
        chips.append(Chip(f"{number:09d}", Path("x"), transform=Affine(cos, sin, x, sin, -cos, y)))
    return tuple(chips)


def places(columns: int, rows: int, stride: int) -> np.ndarray:
    """Return the upper left pixel of each chip of ``grid`` (n, 2)."""
    return np.array([(column * stride, row * stride) for row, column in product(range(rows), range(columns))])


def overlapping(one: np.ndarray, two: np.ndarray) -> bool:
    """Tell whether a chip of one side shares a pixel with one of the other."""
    if not len(one) or not len(two):
        return False
    return bool((np.abs(one[:, None] - two[None]) < TILE).all(axis=2).any())


def counts_of(chips: tuple[Chip, ...], seed: int = 0) -> np.ndarray:
    """Return pixels of three classes, drawn by chance."""
    return np.random.default_rng(seed).integers(0, 1000, (len(chips), 3))


@settings(max_examples=40, deadline=None)
@given(
    columns=st.integers(2, 14),
    rows=st.integers(1, 14),
    stride=st.sampled_from([16, 32, 64, 80]),
    percentage=st.sampled_from([5.0, 10.0, 20.0, 30.0]),
    seed=st.integers(0, 5),
    turn=st.sampled_from([0.0, 0.3]),
)
def test_sides_of_any_grid_do_not_overlap_and_lose_no_chip(columns, rows, stride, percentage, seed, turn) -> None:
    chips = grid(columns, rows, stride, turn=turn)
    split = split_chips(chips, counts_of(chips, seed), (TILE, TILE), percentage, seed)
    together = np.concatenate([split.train, split.valid, split.dropped])
    assert sorted(together) == list(range(len(chips)))
    assert len(split.train)
    at = places(columns, rows, stride)
    assert not overlapping(at[split.train], at[split.valid])
    if stride >= TILE:
        assert not len(split.dropped)
    if not len(split.valid):
        assert split.warnings[0].startswith("No validation")


@pytest.mark.parametrize("percentage", [5, 10, 20, 40])
@pytest.mark.parametrize("stride", [32, 64])
def test_share_of_the_validation_is_about_what_was_asked(percentage: float, stride: int) -> None:
    chips = grid(24, 20, stride)
    split = split_chips(chips, counts_of(chips), (TILE, TILE), percentage, 0)
    share = 100 * len(split.valid) / (len(split.valid) + len(split.train))
    assert share == pytest.approx(percentage, rel=0.35)
    assert len(split.dropped) < 0.35 * len(chips)


def test_classes_that_lie_apart_are_on_both_sides() -> None:
    chips = grid(20, 20, TILE)
    at = places(20, 20, TILE)
    counts = np.zeros((len(chips), 3), int)
    counts[:, 0] = 3000
    counts[at[:, 0] < 4 * TILE, 1] = 1000
    counts[(at[:, 0] > 15 * TILE) & (at[:, 1] > 12 * TILE), 2] = 500
    split = split_chips(chips, counts, (TILE, TILE), 15, 0)
    for side in (split.train, split.valid):
        assert (counts[side].sum(0) > 0).all()


def test_split_with_one_seed_repeats_itself() -> None:
    chips = grid(12, 9, 32)

    def split(seed: int) -> Split:
        return split_chips(chips, counts_of(chips), (TILE, TILE), 10, seed)

    np.testing.assert_array_equal(split(3).valid, split(3).valid)


def test_single_chip_and_chips_on_top_of_each_other_have_no_validation() -> None:
    for chips in (grid(1, 1, 32), grid(2, 2, 8)):
        split = split_chips(chips, counts_of(chips), (TILE, TILE), 10, 0)
        assert len(split.train) == len(chips)
        assert "larger stride" in split.warnings[0]


def test_no_validation_is_asked_for_with_zero_percent() -> None:
    chips = grid(5, 5, 64)
    split = split_chips(chips, counts_of(chips), (TILE, TILE), 0, 0)
    assert len(split.train) == 25
    assert "VALIDATION_PERCENTAGE is 0" in split.warnings[0]


def test_chips_without_georeference_are_cut_by_order_with_a_warning() -> None:
    chips = tuple(Chip(f"{number}", Path("x")) for number in range(40))
    split = split_chips(chips, counts_of(chips), (TILE, TILE), 20, 0)
    assert 4 <= len(split.valid) <= 12
    assert len(np.flatnonzero(np.diff(split.valid) > 1)) <= 7
    assert "no georeference" in split.warnings[0]
    assert "order in the folder" in split.warnings[0]


def test_chips_of_several_pictures_are_cut_by_picture() -> None:
    chips = tuple(Chip(f"{number}", Path("x"), source=f"scene{number // 10}") for number in range(50))
    split = split_chips(chips, np.full((50, 2), 10), (TILE, TILE), 20, 0)
    assert "source picture" in split.warnings[0]
    scenes = {int(index) // 10 for index in split.valid}
    assert len(split.valid) == 10 * len(scenes)


def test_pictures_that_count_their_own_pixels_are_kept_apart() -> None:
    # The same pixel coordinates in two pictures without a coordinate system are not the same ground.
    chips = tuple(replace(chip, source=name) for name in ("a.png", "b.png") for chip in grid(6, 1, 32))
    both = split_chips(chips, counts_of(chips), (TILE, TILE), 30.0, 0)
    side = np.isin(np.arange(len(chips)), both.valid)
    for first in (0, 6):
        for number in range(first, first + 5):
            touching = {number, number + 1}
            assert not (touching & set(both.valid.tolist()) and touching & set(both.train.tolist()))
    assert len(both.dropped) < len(chips) - 2
    assert side.any()
