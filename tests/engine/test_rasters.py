from __future__ import annotations

import threading

import numpy as np
import pytest
import rasterio
from chip_cases import NORTH_UP, noise, write_raster
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.data.grid import Grid
from swath.engine.data.problems import (
    BadCellSizeError,
    BadExtentError,
    ExtentOutsideError,
    NoSuchBandError,
    PixelTypeError,
    RasterUnreadableError,
)
from swath.engine.data.rasters import RasterView
from swath.engine.data.writing import create_geotiff, write_bytes
from swath.engine.errors import DiskFullError
from swath.engine.windows import Affine, Window

ROTATED = rasterio.Affine.translation(500, 900) @ rasterio.Affine.rotation(30) @ rasterio.Affine.scale(2, -2)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    pixels = noise()
    return write_raster(tmp_path_factory.mktemp("rasters") / "plain.tif", pixels), pixels


@settings(max_examples=60, deadline=None)
@given(st.integers(-80, 260), st.integers(-80, 220), st.integers(1, 300), st.integers(1, 260))
def test_read_of_any_window_equals_the_padded_array(plain, col, row, width, height):
    path, pixels = plain
    padded = np.zeros((3, 150 + 800, 200 + 800), "uint8")
    inside = np.zeros(padded.shape[1:], bool)
    padded[:, 400:550, 400:600] = pixels
    inside[400:550, 400:600] = True
    with RasterView(path) as view:
        got, valid = view.read(Window(col, row, width, height))
    place = np.s_[400 + row : 400 + row + height, 400 + col : 400 + col + width]
    assert np.array_equal(got, padded[:, *place])
    assert np.array_equal(valid, inside[place])


def test_view_of_bands_gives_them_in_the_asked_order(plain):
    path, pixels = plain
    with RasterView(path, bands=(3, 1)) as view:
        got, _ = view.read(Window(5, 6, 7, 8))
    assert np.array_equal(got, pixels[[2, 0], 6:14, 5:12])


def test_view_of_extent_snaps_to_the_nearest_pixel_edges(plain):
    path, pixels = plain
    # Columns 10 to 30, rows 20 to 25, each edge off by less than half a pixel.
    extent = (300005.2, 99987.4, 300014.9, 99990.1)
    with RasterView(path, extent=extent) as view:
        assert (view.width, view.height) == (20, 5)
        assert (view.transform.c, view.transform.f) == (300005.0, 99990.0)
        got, valid = view.read(Window(0, 0, 20, 5))
        outside, none = view.read(Window(-3, 0, 3, 5))
    assert valid.all()
    assert np.array_equal(got, pixels[:, 20:25, 10:30])
    # Pixels beside the extent are not part of the view, though the raster has them.
    assert not none.any()
    assert not outside.any()


@pytest.mark.parametrize("transform", [NORTH_UP, ROTATED], ids=["north-up", "rotated"])
def test_view_with_half_the_cell_size_averages_to_the_same(tmp_path, transform):
    pixels = np.kron(noise(50, 40, 2, "int16"), np.ones((2, 2), "int16"))
    path = write_raster(tmp_path / "fine.tif", pixels, transform)
    size = 2 * (transform.a**2 + transform.d**2) ** 0.5
    with RasterView(path, cell_size=size) as view:
        assert (view.width, view.height) == (50, 40)
        got, valid = view.read(Window(0, 0, 50, 40))
    assert valid.all()
    assert np.array_equal(got, pixels[:, ::2, ::2])


def test_rotated_raster_keeps_its_geotransform(tmp_path):
    pixels = noise(90, 70)
    path = write_raster(tmp_path / "r.tif", pixels, ROTATED)
    with RasterView(path) as view:
        assert view.transform.tuple6() == pytest.approx(tuple(ROTATED)[:6])
        got, _ = view.read(Window(10, 20, 30, 40))
    assert np.array_equal(got, pixels[:, 20:60, 10:40])


def test_raster_without_crs_can_be_resampled(tmp_path):
    path = write_raster(tmp_path / "n.tif", noise(40, 40), rasterio.Affine(1, 0, 0, 0, -1, 40), crs=None)
    with RasterView(path, cell_size=4) as view:
        assert (view.crs, view.width, view.height) == ("", 10, 10)
        assert view.read(Window(0, 0, 10, 10))[1].all()


def test_label_grid_takes_the_nearest_pixel_even_far_outside(tmp_path):
    values = np.arange(1, 13, dtype="uint8").reshape(1, 3, 4)
    path = write_raster(tmp_path / "l.tif", values, rasterio.Affine(10, 0, 0, 0, -10, 30))
    grid = Grid(Affine(5, 0, -10, 0, -5, 40), 12, 10)
    with RasterView(path, grid=grid, resampling="nearest") as view:
        got, valid = view.read(Window(0, 0, 12, 10))
    expected = np.zeros((10, 12), "uint8")
    expected[2:8, 2:10] = np.kron(values[0], np.ones((2, 2), "uint8"))
    assert np.array_equal(got[0], expected)
    assert np.array_equal(valid, expected > 0)


def test_nan_and_infinite_pixels_are_invalid_and_zero(tmp_path):
    pixels = noise(20, 20, 2, "float32")
    pixels[0, 3, 4], pixels[1, 5, 6] = np.nan, np.inf
    with RasterView(write_raster(tmp_path / "f.tif", pixels)) as view:
        got, valid = view.read(Window(0, 0, 20, 20))
    assert {tuple(place) for place in np.argwhere(~valid)} == {(3, 4), (5, 6)}
    assert not got[:, 3, 4].any()
    assert not got[:, 5, 6].any()


def test_no_data_of_unsigned_pixels_needs_all_bands_of_signed_ones_any(tmp_path):
    pixels = np.full((2, 4, 4), 7, "uint8")
    pixels[0, 1, 1] = 0
    pixels[:, 2, 2] = 0
    with RasterView(write_raster(tmp_path / "u.tif", pixels, nodata=0)) as view:
        assert {tuple(place) for place in np.argwhere(~view.read(Window(0, 0, 4, 4))[1])} == {(2, 2)}
    signed = pixels.astype("int16")
    signed[signed == 0] = -9999
    with RasterView(write_raster(tmp_path / "s.tif", signed, nodata=-9999)) as view:
        got, valid = view.read(Window(0, 0, 4, 4))
    assert {tuple(place) for place in np.argwhere(~valid)} == {(1, 1), (2, 2)}
    assert not got[:, 1, 1].any()


def test_alpha_band_is_the_mask_and_no_band(tmp_path):
    pixels = noise(30, 30, 4)
    pixels[3] = 255
    pixels[3, :, :10] = 0
    path = write_raster(tmp_path / "a.tif", pixels, photometric="RGB", alpha="yes")
    with RasterView(path) as view:
        assert view.bands == (1, 2, 3)
        _, valid = view.read(Window(0, 0, 30, 30))
    assert valid[:, 10:].all()
    assert not valid[:, :10].any()


def test_many_threads_read_the_same_pixels(plain):
    path, pixels = plain
    wrong = []

    def work(view, seed):
        rng = np.random.default_rng(seed)
        for _ in range(50):
            col, row = int(rng.integers(0, 150)), int(rng.integers(0, 100))
            if not np.array_equal(view.read(Window(col, row, 50, 50))[0], pixels[:, row : row + 50, col : col + 50]):
                wrong.append((col, row))

    with RasterView(path) as view:
        threads = [threading.Thread(target=work, args=(view, seed)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


@pytest.mark.parametrize(
    ("options", "error", "word"),
    [
        ({"bands": (4,)}, NoSuchBandError, "from 1 to 3"),
        ({"bands": (0,)}, NoSuchBandError, "no band 0"),
        ({"extent": (0, 0, 1, 1)}, ExtentOutsideError, "does not overlap"),
        ({"extent": (5, 5, 1, 9)}, BadExtentError, "no rectangle"),
        ({"extent": (1, 2, 3)}, BadExtentError, "no rectangle"),
        ({"extent": (1, 2, 3, float("nan"))}, BadExtentError, "no rectangle"),
        ({"cell_size": -1}, BadCellSizeError, "positive size"),
        ({"cell_size": 1e9}, BadCellSizeError, "positive size"),
        ({"cell_size": 1e-12}, BadCellSizeError, "positive size"),
        ({"cell_size": float("nan")}, BadCellSizeError, "positive size"),
    ],
)
def test_view_of_nonsense_is_refused_in_one_sentence(plain, options, error, word):
    with pytest.raises(error, match=word):
        RasterView(plain[0], **options)


def test_file_that_is_no_raster_is_refused(tmp_path):
    (tmp_path / "x.tif").write_text("hello")
    for path in (tmp_path / "x.tif", tmp_path / "none.tif"):
        with pytest.raises(RasterUnreadableError, match="cannot be read"):
            RasterView(path)


def test_complex_pixels_are_refused(tmp_path):
    path = write_raster(tmp_path / "c.tif", np.zeros((1, 64, 64), "complex64"))
    with pytest.raises(PixelTypeError, match="complex64"):
        RasterView(path)


def test_create_geotiff_leaves_nothing_when_it_fails(tmp_path):
    grid = Grid(Affine(1, 0, 0, 0, -1, 0), 300, 300)
    with pytest.raises(RuntimeError, match="stop"), create_geotiff(tmp_path / "o.tif", grid, 1, "uint8"):
        raise RuntimeError("stop")
    assert list(tmp_path.iterdir()) == []
    with create_geotiff(tmp_path / "o.tif", grid, 1, "uint8", "EPSG:32636", nodata=255) as dataset:
        dataset.write(np.ones((1, 300, 300), "uint8"))
    with rasterio.open(tmp_path / "o.tif") as dataset:
        assert dataset.profile["tiled"]
        assert dataset.nodata == 255
        assert dataset.read().all()
    assert [path.name for path in tmp_path.iterdir()] == ["o.tif"]


def test_full_disk_is_named_as_such(tmp_path):
    with pytest.raises(DiskFullError, match="disk is full"):
        write_bytes(type(tmp_path)("/dev/full"), b"x" * 100000)
