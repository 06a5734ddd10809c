"""Detecting objects in a part of a raster, and in rasters whose pixels measure something else."""

from __future__ import annotations

from pathlib import Path

import detect_models
import numpy as np
import pytest
import rasterio
import shapely
from apply_models import Collector, write_raster
from detect_models import detect, info

from swath.engine.applying.checks import warn_differences
from swath.engine.applying.opening import surroundings
from swath.engine.data.rasters import RasterView
from swath.engine.windows import Window

folder = detect_models.folder


def test_objects_cut_by_an_extent_come_out_whole_and_in_one_of_two_extents(folder: Path) -> None:
    _, whole = detect(folder, "whole")
    for cell_size in (0.0, 0.5):
        parts = [
            detect(folder, name, cell_size=cell_size, extent=extent)[1]["geometry"]
            for name, extent in (
                ("west", [499000, 5399000, 500047.5, 5500000]),
                ("east", [500047.5, 5399000, 600000, 5500000]),
            )
        ]
        assert all(len(part) for part in parts)
        assert shapely.intersects(np.concatenate(parts), shapely.box(500047.4, 5399000, 500047.6, 5500000)).any()
        found = sorted(shapely.to_wkt(np.concatenate(parts)).tolist())
        assert found == sorted(shapely.to_wkt(whole["geometry"]).tolist())


def test_an_extent_sees_what_surrounds_it_as_far_as_the_raster_goes(folder: Path) -> None:
    with RasterView(folder / "raster.tif", extent=[500010, 5399990, 500020, 5400000]) as view:
        grid, asked = surroundings(view, 30)
    assert asked == Window(20, 0, 20, 20)
    assert (grid.width, grid.height) == (20 + 20 + 30, 20 + 30)
    assert grid.bounds() == (500000, 5399975, 500035, 5400000)
    with RasterView(folder / "raster.tif", extent=[500010.5, 5399900, 500020.5, 5400000], cell_size=2.0) as view:
        grid, asked = surroundings(view, 30)
    assert asked == Window(5, 0, 5, 45)
    assert (grid.width, grid.height) == (5 + 5 + 30, 45)
    assert grid.bounds() == (500000.5, 5399910, 500080.5, 5400000)


@pytest.mark.parametrize(
    ("trained", "side", "crs", "expected"),
    [
        (0.3, 0.35 / 111320, "EPSG:4326", ""),
        (0.3 / 111320, 0.3, "EPSG:32633", ""),
        (
            0.3,
            1.2 / 111320,
            "EPSG:4326",
            "about 1.2 m, but the model was trained at about 0.3 m: set CELL_SIZE to 2.69e-06",
        ),
        (2e-6, 1e-6, "EPSG:4326", "trained at 2e-06 map units: set CELL_SIZE to 2e-06"),
        (0.3, 0.6, "EPSG:32633", "measure 0.6, but the model was trained at 0.3 map units: set CELL_SIZE to 0.3"),
        (0.3, 30, "EPSG:32633", "hardly be seen in so coarse a raster"),
    ],
)
def test_cell_size_unlike_the_training_is_told_in_its_units(
    folder: Path, trained: float, side: float, crs: str, expected: str
) -> None:
    place = rasterio.transform.from_origin(15, 48, side, side)
    write_raster(folder / "raster.tif", np.ones((9, 40, 40), np.float32), crs=crs, transform=place)
    reporter = Collector()
    with RasterView(folder / "raster.tif") as view:
        warn_differences(info(cell_size=(trained, trained)), view, reporter)
    assert [expected in text for text in reporter.warnings] == ([True] if expected else [])
