"""Features are drawn in the order in which they stand in their file, whatever a spatial index makes of it."""

from __future__ import annotations

import numpy as np
import rasterio.features
import shapely
from chip_cases import NORTH_UP, noise, pixel_box, write_labels, write_raster

from swath.engine.data.label_files import read_features
from swath.engine.data.labels import VectorLabels
from swath.engine.data.rasters import RasterView
from swath.engine.windows import Window


def test_overlapping_features_around_a_small_raster_keep_their_order(tmp_path):
    rng = np.random.default_rng(5)
    # Most lie outside of the raster, so that the file's index is asked.
    places = rng.uniform(-400, 400, (3000, 2))
    shapes = [pixel_box(NORTH_UP, x, y, x + 30, y + 30) for x, y in places]
    values = rng.permutation(3000) + 1
    path = write_labels(tmp_path / "labels.gpkg", shapes, values)
    view = RasterView(write_raster(tmp_path / "image.tif", noise()))
    found = read_features(path, view.grid.bounds(), view.path, view.crs, with_values=True)
    inside = shapely.intersects(shapes, shapely.box(*view.grid.bounds()))
    assert 20 < inside.sum() < 1000
    assert found.values.tolist() == values[inside].tolist()
    labels = VectorLabels(str(path), view.grid, view.path, view.crs)
    pairs = zip(shapes, values.tolist(), strict=True)
    expected = rasterio.features.rasterize(pairs, (150, 200), transform=NORTH_UP, dtype="uint16")
    np.testing.assert_array_equal(labels.draw(Window(0, 0, 200, 150)), expected)
