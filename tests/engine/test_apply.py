"""Classifying pixels: the result does not depend on how the work is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import rasterio
from apply_models import BUILDING, LAND, Collector, info, random_pixels, write_model, write_raster
from swath.engine.applying.classify import classify_pixels
from swath.engine.errors import CancelledError
from swath.engine.jobs import ClassifyJob


def classify(folder: Path, name: str = "out", reporter: Any = None, **job: Any) -> tuple[dict[str, Any], np.ndarray]:
    """Run a job on ``raster.tif`` with ``tiny.onnx`` and return the result and the values."""
    values = {"raster": str(folder / "raster.tif"), "model": str(folder / "tiny.onnx"), "threads": 1, **job}
    output = folder / f"{name}.tif"
    result = classify_pixels(ClassifyJob(output=str(output), **values), reporter or Collector())
    assert not output.with_name(output.name + ".partial").exists()
    with rasterio.open(output) as dataset:
        return result, dataset.read(1)


def whole(folder: Path, pixels: np.ndarray) -> np.ndarray:
    """Run the network on all pixels at once and return the probabilities."""
    session = onnxruntime.InferenceSession(str(folder / "tiny.onnx"), providers=["CPUExecutionProvider"])
    below, right = -pixels.shape[1] % 16, -pixels.shape[2] % 16
    image = np.pad(pixels.astype(np.float32), ((0, 0), (0, below), (0, right)), "symmetric")
    return session.run(None, {"image": image[None]})[0][0, :, : pixels.shape[1], : pixels.shape[2]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "tiny.onnx", info())
    write_raster(tmp_path / "raster.tif", random_pixels(300, 421))
    return tmp_path


def test_classify_in_tiles_equals_whole(folder: Path) -> None:
    expected = whole(folder, random_pixels(300, 421))
    _, values = classify(folder, tile_size=64, padding=16)
    top = np.sort(expected, axis=0)
    sure = top[-1] - top[-2] > 1e-4
    assert sure.mean() > 0.99
    assert (values == np.array([1, 3, 7])[expected.argmax(axis=0)])[sure].all()


@pytest.mark.parametrize("job", [{"batch_size": 4}, {"batch_size": 7}, {"threads": 2}, {"processor": "CPU"}])
def test_classify_with_other_batch_or_threads_gives_identical_pixels(folder: Path, job: dict[str, Any]) -> None:
    _, expected = classify(folder, "one", tile_size=64, padding=8)
    _, values = classify(folder, "two", **{"tile_size": 64, "padding": 8, **job})
    assert (values == expected).all()


def test_cancel_ends_as_error_and_leaves_no_output(folder: Path) -> None:
    with pytest.raises(CancelledError):
        classify(folder, reporter=Collector(cancel_after=0.0), tile_size=32, padding=8)
    assert not (folder / "out.tif").exists()


def test_background_is_zero_and_nodata_is_the_largest_value(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny.onnx", info(BUILDING))
    pixels = random_pixels(100, 90)
    pixels[:, :20] = 0
    write_raster(tmp_path / "raster.tif", pixels, nodata=0)
    _, values = classify(tmp_path)
    with rasterio.open(tmp_path / "out.tif") as dataset:
        assert dataset.nodata == 255
    assert (values[:20] == 255).all()
    assert set(np.unique(values[20:])) <= {0, 1}
    assert LAND
