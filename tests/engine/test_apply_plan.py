"""Tiles cover a raster once, in phase, with padding."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.applying.plan import plan_axis, plan_tiles


@settings(deadline=None)
@given(
    size=st.integers(1, 5000),
    tiles=st.integers(1, 40),
    multiple=st.sampled_from([1, 7, 16, 32]),
    share=st.floats(0, 0.499),
    shrink=st.booleans(),
)
def test_axis_covers_every_pixel_once_with_padding_inside(
    size: int, tiles: int, multiple: int, share: float, shrink: bool
) -> None:
    tile = tiles * multiple
    padding = min(int(tile * share), (tile - 1) // 2)
    axis = plan_axis(size, tile, padding, multiple, shrink)
    assert axis.cuts[0] == 0
    assert axis.cuts[-1] == size
    assert len(axis.cuts) == axis.count + 1
    assert axis.tile <= tile
    assert axis.tile % multiple == 0
    assert all(a < b for a, b in zip(axis.cuts, axis.cuts[1:], strict=False))
    assert all(a < b for a, b in zip(axis.starts, axis.starts[1:], strict=False))
    for i, start in enumerate(axis.starts):
        assert start >= 0
        assert i == 0 or axis.cuts[i] - start >= padding
        assert i == axis.count - 1 or start + axis.tile - axis.cuts[i + 1] >= padding
    assert axis.starts[-1] + axis.tile >= size


@settings(deadline=None)
@given(size=st.integers(1, 5000), tiles=st.integers(3, 40), padding=st.integers(0, 31))
def test_axis_starts_on_multiples_of_the_network_stride(size: int, tiles: int, padding: int) -> None:
    axis = plan_axis(size, tiles * 32, padding, 32, shrink=True)
    assert all(start % 32 == 0 for start in axis.starts)
    # Never more than the mirrored rest of one stride is read beyond the raster.
    assert axis.starts[-1] + axis.tile - size < 32


def test_shrinking_tiles_saves_work() -> None:
    small, large = (plan_tiles(5000, 5000, 1024, 64, 32, shrink) for shrink in (True, False))
    assert small.count == large.count == 36
    assert small.rows.tile == 960
    assert large.rows.tile == 1024


def test_tiles_of_the_plan_give_their_kept_part() -> None:
    plan = plan_tiles(200, 100, 64, 8, 32, shrink=False)
    for row in range(plan.rows.count):
        for tile in plan.row_tiles(row):
            rows, cols = tile.inner
            assert tile.read.row + rows.start == tile.keep.row
            assert tile.read.col + cols.stop == tile.keep.right
