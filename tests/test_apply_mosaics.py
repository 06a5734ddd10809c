"""Models applied to several rasters at once: joined on the grid of the first."""

from __future__ import annotations

import numpy as np
import pytest
from export_cases import read_raster
from layer_cases import CELL, NORTH, SIDE, WEST, noise, write_raster


@pytest.fixture
def pair(tmp_path):
    """Return the folder of two rasters side by side, their paths and their pixels."""
    folder = tmp_path / "rasters"
    folder.mkdir()
    pixels = [noise(seed=seed) for seed in (1, 2)]
    corners = [(WEST, NORTH), (WEST + SIDE * CELL, NORTH)]
    paths = [
        write_raster(folder / f"{name}.tif", values=values, corner=corner)
        for name, values, corner in zip(("left", "right"), pixels, corners, strict=True)
    ]
    return folder, paths, np.concatenate(pixels, axis=2)


def test_detect_joins_more_rasters(detect, pair):
    _, (left, right), whole = pair
    detect(INPUT=left, ADDITIONAL_RASTERS=[right])
    np.testing.assert_array_equal(read_raster(detect.job["raster"])[0], whole)


def test_detect_takes_a_folder_alone(detect, pair):
    folder, _, whole = pair
    detect(INPUT=None, INPUT_FOLDER=str(folder))
    np.testing.assert_array_equal(read_raster(detect.job["raster"])[0], whole)


def test_detect_one_raster_of_the_folder_again_counts_once(detect, pair):
    folder, (left, _), whole = pair
    detect(INPUT=left, INPUT_FOLDER=str(folder))
    np.testing.assert_array_equal(read_raster(detect.job["raster"])[0], whole)


@pytest.mark.parametrize("tool", ["swath:detectobjects", "swath:classifypixels"])
def test_applying_without_any_raster_is_refused(processing, model, tool, tmp_path, monkeypatch):
    import sys

    from qgis.core import QgsApplication, QgsProcessingContext

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(tool)
    given = {"INPUT": None, "MODEL": str(tmp_path / "model"), "OUTPUT": "TEMPORARY_OUTPUT"}
    well, text = algorithm.checkParameterValues(given, QgsProcessingContext())
    assert not well
    assert "INPUT_FOLDER" in text
