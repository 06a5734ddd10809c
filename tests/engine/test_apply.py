"""Classifying pixels: the result does not depend on how the work is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import rasterio
from apply_models import BUILDING, Collector, classify, info, random_pixels, write_model, write_raster

from swath.engine.classes import ClassInfo
from swath.engine.errors import CancelledError, EnvironmentProblem, InputError


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


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_classify_every_pixel_type_equals_whole(tmp_path: Path, dtype: str) -> None:
    pixels = random_pixels(90, 75, dtype=dtype)
    if dtype not in {"uint8"}:
        pixels = (pixels * 3 - (200 if dtype[0] in "if" else 0)).astype(dtype)
    write_model(tmp_path / "tiny.onnx", info(dtype=dtype), scale=1 / 200)
    write_raster(tmp_path / "raster.tif", pixels)
    reporter = Collector()
    _, values = classify(tmp_path, reporter=reporter, tile_size=48, padding=12)
    expected = whole(tmp_path, pixels)
    top = np.sort(expected, axis=0)
    sure = top[-1] - top[-2] > 1e-3
    assert (values == np.array([1, 3, 7])[expected.argmax(axis=0)])[sure].all()
    assert not reporter.warnings


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 300), (17, 16), (300, 3), (63, 65)])
def test_classify_raster_smaller_than_a_tile_gives_every_pixel_a_class(tmp_path: Path, height: int, width: int) -> None:
    write_model(tmp_path / "tiny.onnx", info())
    pixels = random_pixels(height, width)
    write_raster(tmp_path / "raster.tif", pixels)
    _, values = classify(tmp_path)
    expected = whole(tmp_path, pixels)
    assert values.shape == (height, width)
    assert (values == np.array([1, 3, 7])[expected.argmax(axis=0)]).mean() > 0.99


def test_classify_raster_of_nan_and_nodata_gives_nodata_and_computes_nothing(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny.onnx", info(dtype="float32"))
    pixels = np.full((3, 120, 130), np.nan, np.float32)
    pixels[:, 60:] = -9999
    write_raster(tmp_path / "raster.tif", pixels, nodata=-9999)
    result, values = classify(tmp_path, tile_size=64)
    assert (values == 0).all()
    assert result["computed"] == 0
    assert result["skipped"] == result["tiles"] > 1


def test_classify_holes_of_nodata_stay_nodata_and_leave_the_rest(folder: Path) -> None:
    pixels = random_pixels(300, 421)
    hole = np.zeros((300, 421), bool)
    hole[40:70, 100:160] = hole[:, -5:] = True
    pixels[:, hole] = 0
    write_raster(folder / "raster.tif", pixels, nodata=0)
    _, values = classify(folder, tile_size=64)
    assert (values[hole] == 0).all()
    assert (values[~hole] != 0).all()


def test_classify_with_augmentation_equals_the_mean_of_eight_views(folder: Path) -> None:
    pixels = random_pixels(64, 96)
    write_raster(folder / "raster.tif", pixels)
    _, values = classify(folder, test_time_augmentation=True)
    total = np.zeros((3, 64, 96))
    for turns in range(4):
        for mirror in (False, True):
            view = np.rot90(pixels, turns, (1, 2))
            view = view[..., ::-1] if mirror else view
            found = whole(folder, np.ascontiguousarray(view))
            found = found[..., ::-1] if mirror else found
            total += np.rot90(found, -turns, (1, 2))
    top = np.sort(total, axis=0)
    sure = top[-1] - top[-2] > 1e-4
    assert (values == np.array([1, 3, 7])[total.argmax(axis=0)])[sure].all()
    assert (values != np.array([1, 3, 7])[whole(folder, pixels).argmax(axis=0)]).any()


def test_threshold_gives_zero_where_the_best_class_is_below(folder: Path) -> None:
    best = whole(folder, random_pixels(300, 421)).max(axis=0)
    _, values = classify(folder, threshold=0.7)
    unsure = np.abs(best - 0.7) < 1e-4
    assert 0.05 < (values == 0).mean() < 0.95
    assert ((values == 0) == (best < 0.7))[~unsure].all()


def test_predict_background_false_never_gives_background(tmp_path: Path) -> None:
    write_model(tmp_path / "tiny.onnx", info(BUILDING))
    write_raster(tmp_path / "raster.tif", random_pixels(100, 90))
    _, with_background = classify(tmp_path, "with")
    _, without = classify(tmp_path, "without", predict_background=False)
    assert set(np.unique(with_background)) == {0, 1}
    assert set(np.unique(without)) == {1}


def test_bands_of_the_model_are_taken_in_its_order(tmp_path: Path) -> None:
    pixels = random_pixels(80, 80, bands=5)
    write_model(tmp_path / "tiny.onnx", info(bands=(4, 2, 5)))
    write_raster(tmp_path / "raster.tif", pixels)
    _, values = classify(tmp_path)
    expected = whole(tmp_path, pixels[[3, 1, 4]])
    assert (values == np.array([1, 3, 7])[expected.argmax(axis=0)]).mean() > 0.999


def test_class_values_above_255_get_a_wider_type(tmp_path: Path) -> None:
    classes = (ClassInfo(1, "a", (1, 2, 3)), ClassInfo(300, "b", (4, 5, 6)), ClassInfo(70000, "c", (7, 8, 9)))
    for count, dtype in ((2, "uint16"), (3, "uint32")):
        write_model(tmp_path / "tiny.onnx", info(classes[:count]))
        write_raster(tmp_path / "raster.tif", random_pixels(80, 80))
        result, values = classify(tmp_path)
        assert values.dtype == dtype
        assert sum(result["pixels"].values()) == 6400


@pytest.mark.parametrize("shape", [(None, 3, 64, 64), (1, 3, 64, 64), (4, 3, 64, 64)])
def test_fixed_shapes_of_a_graph_are_kept_to(tmp_path: Path, shape: tuple[int | None, ...]) -> None:
    write_model(tmp_path / "tiny.onnx", info(), shape=shape)
    write_raster(tmp_path / "raster.tif", random_pixels(150, 100))
    reporter = Collector()
    result, values = classify(tmp_path, reporter=reporter, tile_size=128, batch_size=2)
    assert result["tile_size"] == [64, 64]
    assert (values != 0).all()
    assert any("TILE_SIZE" in text for text in reporter.messages)


def test_raster_unlike_the_training_is_warned_of(folder: Path) -> None:
    write_model(folder / "tiny.onnx", info(dtype="uint16", cell_size=(2.0, 2.0)))
    reporter = Collector()
    classify(folder, reporter=reporter)
    assert ["uint16" in text for text in reporter.warnings] == [True, False]
    assert "CELL_SIZE" in reporter.warnings[1]


def test_extent_and_cell_size_give_the_grid_asked_for(folder: Path) -> None:
    classify(folder, extent=[500010, 5399900, 500110, 5399980], cell_size=1.0)
    with rasterio.open(folder / "out.tif") as dataset:
        assert (dataset.width, dataset.height) == (100, 80)
        assert dataset.res == (1.0, 1.0)
        assert dataset.bounds.left == 500010


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"padding": 32, "tile_size": 64}, "PADDING"),
        ({"padding": -2}, "PADDING"),
        ({"tile_size": -1}, "TILE_SIZE"),
        ({"batch_size": 0}, "BATCH_SIZE"),
        ({"threshold": 1.5}, "THRESHOLD"),
        ({"processor": "TPU"}, "PROCESSOR"),
        ({"probabilities": "p.png"}, "PROBABILITIES"),
    ],
)
def test_bad_settings_are_refused_before_work_starts(folder: Path, job: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        classify(folder, **job)
    assert sorted(path.name for path in folder.iterdir()) == ["raster.tif", "tiny.onnx"]


def test_output_onto_the_input_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="OUTPUT"):
        classify(folder, "raster")


def test_raster_without_the_bands_is_refused(folder: Path) -> None:
    write_model(folder / "tiny.onnx", info(bands=(1, 2, 8)))
    with pytest.raises(InputError, match=r"bands 1, 2, 8, but the raster .* has only 3"):
        classify(folder)


def test_gpu_where_there_is_none_is_refused(folder: Path) -> None:
    if set(onnxruntime.get_available_providers()) & {"CUDAExecutionProvider", "DmlExecutionProvider"}:
        pytest.skip("this machine's onnxruntime knows GPUs")
    with pytest.raises(EnvironmentProblem, match="PROCESSOR"):
        classify(folder, processor="GPU")


def test_raster_without_georeference_is_classified(folder: Path) -> None:
    with rasterio.open(folder / "plain.png", "w", driver="PNG", width=80, height=70, count=3, dtype="uint8") as png:
        png.write(random_pixels(70, 80))
    _, values = classify(folder, raster=str(folder / "plain.png"))
    assert values.shape == (70, 80)
    assert (values != 0).all()
