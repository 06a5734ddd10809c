"""The sample scene: seeded, georeferenced, fully labelled, and not a toy."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.features import rasterize

from swath.engine.data.scene import create_scene
from swath.engine.data.scene_layout import make_plan
from swath.engine.data.scene_problems import SceneFileError, SceneFolderError, SceneNumberError, SceneTooWideError
from swath.engine.data.scene_render import CLASSES, Painter
from swath.engine.errors import CancelledError, DiskFullError
from swath.engine.jobs import LabelJob
from swath.engine.progress import Silent
from swath.engine.windows import Window

VALUES = [item.value for item in CLASSES]


def make(folder: Path, **values) -> LabelJob:
    folder.mkdir(exist_ok=True)
    job = LabelJob(**{"output": str(folder / "scene.tif"), "labels": str(folder / "labels.gpkg"), **values})
    create_scene(job, Silent())
    return job


def read(job: LabelJob) -> np.ndarray:
    with rasterio.open(job.output) as dataset:
        return dataset.read()


def truth(job: LabelJob) -> np.ndarray:
    meta, _, shapes, fields = pyogrio.raw.read(job.labels)
    values = fields[list(meta["fields"]).index("Classvalue")]
    with rasterio.open(job.output) as dataset:
        pairs = zip(shapely.from_wkb(shapes), values.tolist(), strict=True)
        return rasterize(pairs, dataset.shape, transform=dataset.transform, dtype="uint8")


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> LabelJob:
    return make(tmp_path_factory.mktemp("scene"), size=512)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> LabelJob:
    return make(tmp_path_factory.mktemp("large"), size=1024)


def test_create_same_seed_gives_same_pixels_and_labels(scene, tmp_path):
    again = make(tmp_path, size=512)
    assert np.array_equal(read(scene), read(again))
    assert np.array_equal(truth(scene), truth(again))


def test_create_other_seed_gives_other_pixels(scene, tmp_path):
    other = make(tmp_path, size=512, seed=1)
    assert (truth(scene) != truth(other)).mean() > 0.2


def test_create_writes_tiled_rgb_with_overviews_in_utm(scene):
    with rasterio.open(scene.output) as dataset:
        assert (dataset.width, dataset.height, dataset.count, dataset.dtypes[0]) == (512, 512, 3, "uint8")
        assert dataset.crs.to_epsg() == 32632
        assert dataset.res == (0.3, 0.3)
        assert dataset.block_shapes[0] == (256, 256)
        assert dataset.overviews(1) == [2]
        assert dataset.compression.value == "DEFLATE"
        bounds = dataset.bounds
    info = pyogrio.read_info(scene.labels, force_total_bounds=True)
    assert info["crs"] == "EPSG:32632"
    assert info["total_bounds"] == pytest.approx(bounds, abs=0.01)


def test_labels_have_the_columns_and_colours_of_the_classes(scene):
    meta, _, _, fields = pyogrio.raw.read(scene.labels, read_geometry=False)
    assert list(meta["fields"]) == ["Classname", "Classvalue", "Red", "Green", "Blue"]
    rows = set(zip(*(column.tolist() for column in fields), strict=True))
    assert rows == {(item.name, item.value, *item.color) for item in CLASSES}


def test_labels_cover_the_scene_once(scene):
    _, _, shapes, _ = pyogrio.raw.read(scene.labels)
    polygons = shapely.from_wkb(shapes)
    assert shapely.is_valid(polygons).all()
    whole = (512 * 0.3) ** 2
    assert shapely.area(polygons).sum() == pytest.approx(whole, rel=1e-6)
    assert shapely.union_all(polygons).area == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_every_class_has_area_in_both_halves(seed):
    size = 1024
    label = Painter(make_plan(seed, size * 0.3, lambda part: None), 0.3, seed).draw(Window(0, 0, size, size))[1]
    for half in (label[:, : size // 2], label[:, size // 2 :]):
        shares = [float((half == value).mean()) for value in VALUES]
        assert min(shares) >= 0.01, shares
        assert max(shares) <= 0.6, shares


def test_labels_agree_with_what_is_drawn(large):
    label = Painter(make_plan(0, 1024 * 0.3, lambda part: None), 0.3, 0).draw(Window(0, 0, 1024, 1024))[1]
    assert (label != truth(large)).mean() < 0.02


def test_nearest_class_mean_fails_on_the_unseen_half(large):
    image, label = read(large).astype(np.float32), truth(large)
    west, east = image[:, :, :512], image[:, :, 512:]
    means = np.array([west[:, label[:, :512] == value].mean(axis=1) for value in VALUES])
    distance = ((east[None] - means[:, :, None, None]) ** 2).sum(axis=1)
    found, true = np.array(VALUES)[distance.argmin(axis=0)], label[:, 512:]
    scores = [((found == v) & (true == v)).sum() / ((found == v) | (true == v)).sum() for v in VALUES]
    assert np.mean(scores) <= 0.50


def test_tiles_fit_together_without_a_seam():
    painter = Painter(make_plan(3, 512 * 0.3, lambda part: None), 0.3, 3)
    whole, classes = painter.draw(Window(0, 0, 512, 512))
    part, part_classes = painter.draw(Window(200, 136, 144, 96))
    assert np.array_equal(classes[136:232, 200:344], part_classes)
    # Light and blur are computed in float32 over other windows: a rounding apart at most here and there.
    assert (whole[:, 136:232, 200:344] != part).mean() < 0.001


def test_odd_size_and_other_cell_size_are_filled(tmp_path):
    job = make(tmp_path, size=301, cell_size=0.5)
    assert read(job).shape == (3, 301, 301)
    assert set(np.unique(truth(job))) <= set(VALUES)


@pytest.mark.parametrize(
    ("values", "parameter"),
    [
        ({"size": 255}, "SIZE"),
        ({"size": 16385}, "SIZE"),
        ({"cell_size": 0.0}, "CELL_SIZE"),
        ({"cell_size": float("nan")}, "CELL_SIZE"),
        ({"seed": -1}, "SEED"),
    ],
)
def test_create_with_bad_number_is_refused_in_one_sentence(tmp_path, values, parameter):
    with pytest.raises(SceneNumberError) as caught:
        make(tmp_path, **values)
    assert f"({parameter})" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_create_wider_than_the_plan_can_hold_is_refused(tmp_path):
    with pytest.raises(SceneTooWideError, match="16384 metres"):
        make(tmp_path, size=16384, cell_size=1.0)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"output": "scene.jpg"}, SceneFileError),
        ({"labels": "labels.shp"}, SceneFileError),
        ({"output": "none/s.tif"}, SceneFolderError),
        ({"labels": "none/l.gpkg"}, SceneFolderError),
    ],
)
def test_create_with_bad_file_name_is_refused(tmp_path, values, error):
    paths = {name: str(tmp_path / value) for name, value in values.items()}
    with pytest.raises(error, match=next(iter(values)).upper()):
        make(tmp_path, size=256, **paths)
    assert list(tmp_path.iterdir()) == []


class CancelAfter(Silent):
    """Cancels once the progress has passed a fraction."""

    def __init__(self, fraction: float) -> None:
        self._fraction, self._reached = fraction, -1.0

    def progress(self, fraction: float, text: str = "") -> None:
        assert fraction >= self._reached
        self._reached = fraction

    def cancelled(self) -> bool:
        return self._reached >= self._fraction


@pytest.mark.parametrize("fraction", [-1.0, 0.05, 0.15, 0.9, 0.95])
def test_cancel_at_any_stage_leaves_nothing(tmp_path, fraction):
    job = LabelJob(str(tmp_path / "scene.tif"), str(tmp_path / "labels.gpkg"), size=256)
    with pytest.raises(CancelledError):
        create_scene(job, CancelAfter(fraction))
    assert list(tmp_path.iterdir()) == []


def test_cancel_keeps_the_files_of_an_earlier_run(tmp_path):
    job = make(tmp_path, size=256)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CancelledError):
        create_scene(job, CancelAfter(0.95))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_create_on_full_disk_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=0))
    with pytest.raises(DiskFullError, match=r"scene\.tif"):
        make(tmp_path, size=256)
    assert list(tmp_path.iterdir()) == []


def test_create_where_labels_run_full_leaves_nothing(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyogrio.raw.write", fail)
    with pytest.raises(DiskFullError):
        make(tmp_path, size=256)
    assert list(tmp_path.iterdir()) == []
