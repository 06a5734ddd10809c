"""Objects at the edges of tiles come out once and whole, with a detector that is exact."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from detect_models import boxes_in_pixels, detect, info, random_objects, write_oracle, write_scene
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from swath.engine.applying import seams
from swath.engine.applying.collecting import Collector
from swath.engine.applying.found import ITEM, Found, join, overlap_of_boxes
from swath.engine.applying.plan import TilePlan, plan_tiles
from swath.engine.applying.seams import Seams
from swath.engine.detections import Detections


def rows(boxes: np.ndarray) -> list[tuple[float, ...]]:
    """Return rows in an order of their own."""
    return sorted(map(tuple, boxes.tolist()))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_oracle(tmp_path_factory.mktemp("model") / "oracle.onnx")


def check_scene(folder: Path, model: Path, objects: np.ndarray, width: int, height: int, **job: object) -> None:
    write_scene(folder / "raster.tif", objects, width, height)
    # Nothing but the rules at the seams keeps objects apart here.
    result, features = detect(folder, model=str(model), **{"run_nms": False, **job})
    assert rows(boxes_in_pixels(features)) == rows(objects[:, :4])
    assert sorted(features["Confidence"].tolist()) == sorted(objects[:, 5].tolist())
    assert result["objects"] == len(objects)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    width=st.integers(5, 260),
    height=st.integers(5, 260),
    tile=st.integers(24, 110),
    share=st.floats(0, 0.45),
    largest=st.integers(4, 150),
    batch=st.integers(1, 3),
    gap=st.integers(0, 2),
    exclude=st.booleans(),
)
@example(seed=1, width=400, height=60, tile=64, share=0.25, largest=390, batch=1, gap=1, exclude=True)
@example(seed=2, width=20, height=20, tile=110, share=0.4, largest=20, batch=2, gap=0, exclude=False)
def test_objects_of_any_size_come_out_once_and_whole(
    tmp_path: Path,
    model: Path,
    seed: int,
    width: int,
    height: int,
    tile: int,
    share: float,
    largest: int,
    batch: int,
    gap: int,
    exclude: bool,
) -> None:
    objects = random_objects(np.random.default_rng(seed), width, height, 40, largest, gap)
    padding = max(int(share * tile), 4)
    job = {"tile_size": tile, "padding": padding, "batch_size": batch, "exclude_pad_detections": exclude}
    check_scene(tmp_path, model, objects, width, height, **job)


def test_every_place_beside_a_seam_gives_the_object_once_and_whole(tmp_path: Path, model: Path) -> None:
    # Tiles of 64 with a padding of 16: they begin at 0, 32, 64; objects of all widths slide over the seams.
    for side in (3, 12, 27, 28, 29, 31, 32, 33, 36, 50, 63, 64, 65, 90):
        objects = []
        for step in range(34):
            # Four beside each other; 160 pixels further all tiles lie alike.
            left, top = 20 + step + 160 * (step % 4), step // 4 * (side + 3) + step % 4
            objects.append((left, top, left + side, top + side, step % 2, 0.75))
        objects = np.asarray(objects, np.float64)
        check_scene(tmp_path, model, objects, 640, int(objects[:, 3].max()) + 3, tile_size=64, padding=16)


def test_an_object_larger_than_several_tiles_comes_out_whole(tmp_path: Path, model: Path) -> None:
    objects = np.array([[5, 7, 290, 280, 0, 0.875], [292, 3, 297, 290, 0, 0.75]], np.float64)
    check_scene(tmp_path, model, objects, 300, 295, tile_size=64, padding=8)


@pytest.mark.parametrize("job", [{"batch_size": 3}, {"batch_size": 64}, {"tile_size": 150}, {"padding": 20}])
def test_another_cut_of_the_work_gives_the_same_features(tmp_path: Path, model: Path, job: dict[str, int]) -> None:
    objects = random_objects(np.random.default_rng(4), 300, 290, 60, 80)
    write_scene(tmp_path / "raster.tif", objects, 300, 290)
    _, one = detect(tmp_path, "one", model=str(model), tile_size=64)
    _, two = detect(tmp_path, "two", model=str(model), **{"tile_size": 64, **job})
    assert rows(boxes_in_pixels(one)) == rows(boxes_in_pixels(two))
    if set(job) == {"batch_size"}:
        assert (boxes_in_pixels(one) == boxes_in_pixels(two)).all()
        assert (one["Confidence"] == two["Confidence"]).all()


def test_touching_objects_of_two_classes_stay_apart(tmp_path: Path, model: Path) -> None:
    objects = np.array([[10, 10, 70, 40, 0, 0.75], [70, 10, 130, 40, 1, 0.875], [10, 40, 130, 60, 0, 0.625]])
    check_scene(tmp_path, model, objects, 140, 70, tile_size=48, padding=10)


def test_a_model_of_fixed_tiles_finds_all_in_rasters_of_any_size(tmp_path: Path) -> None:
    model = write_oracle(tmp_path / "oracle.onnx", info(fixed_tile=True), shape=(2, 9, 64, 64))
    for width, height in ((20, 30), (64, 64), (65, 63), (200, 130)):
        objects = random_objects(np.random.default_rng(width), width, height, 30, 40)
        check_scene(tmp_path, model, objects, width, height)


def noisy_reports(
    objects: np.ndarray, plan: TilePlan, random: np.random.Generator, noise: float, missed: float
) -> Found:
    """Return what tiles report of objects, each side of each visible part off by up to a share of the part's side."""
    parts = []
    for row in range(plan.rows.count):
        for col in range(plan.cols.count):
            tile = plan.tile(row, col)
            window = tile.read.clip(plan.cols.size, plan.rows.size)
            low, high = [window.col, window.row], [window.right, window.bottom]
            seen = np.clip(objects[:, :4], low * 2, high * 2)
            sides = seen[:, 2:] - seen[:, :2]
            off = random.uniform(-noise, noise, seen.shape) * np.tile(sides, 2)
            boxes = seen + off
            visible = (sides > 0).all(1) & (random.random(len(seen)) >= missed)
            found = Detections(
                (boxes[visible] - low * 2).astype(np.float32),
                random.uniform(0.5, 1, visible.sum()).astype(np.float32),
                objects[visible, 4].astype(np.int64),
            )
            parts.append(Collector(plan, np.ones((1, 1), bool), BoxFinder, 0.1)._place(tile, found))
    return join(parts, outlined=False)


class BoxFinder:
    """Stands for a finder of upright boxes."""

    outlined = False


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), tile=st.integers(50, 130), share=st.floats(0.1, 0.4))
def test_tiles_that_place_sides_differently_give_each_object_once(seed: int, tile: int, share: float) -> None:
    random = np.random.default_rng(seed)
    plan = plan_tiles(300, 280, tile, int(share * tile), 1, shrink=True)
    objects = random_objects(random, 300, 280, 40, 90, gap=10)
    objects = objects[((objects[:, 2:4] - objects[:, :2]) >= 8).all(1)]
    reports = noisy_reports(objects, plan, random, noise=0.045, missed=0)
    found = Seams(plan, overlap=0.1).resolve(reports).items
    overlaps = np.array([overlap_of_boxes(np.tile(box, (len(found), 1)), found["box"]) for box in objects[:, :4]])
    overlaps = overlaps.reshape(len(objects), len(found))
    assert len(found) == len(objects)
    assert (overlaps.max(1, initial=0) > 0.6).all()


def test_the_order_of_reports_does_not_matter() -> None:
    random = np.random.default_rng(7)
    plan = plan_tiles(300, 280, 64, 16, 1, shrink=True)
    objects = random_objects(random, 300, 280, 60, 120, gap=0)
    reports = noisy_reports(objects, plan, random, noise=0.1, missed=0.2)
    expected = Seams(plan, overlap=0.1, exclude=False).resolve(reports).items
    for _ in range(5):
        shuffled = reports.take(random.permutation(len(reports)))
        assert (Seams(plan, overlap=0.1, exclude=False).resolve(shuffled).items == expected).all()


def test_half_an_object_whose_owner_missed_it_is_left_out_unless_asked_for() -> None:
    plan = plan_tiles(200, 64, 64, 16, 1, shrink=False)
    # Seen by the first tile (0 to 64), whose edge cuts it; the owner of its centre at 67 found nothing.
    items = np.zeros(1, ITEM)
    items["box"], items["score"], items["cut"] = [55, 20, 64, 30], 0.9, 4
    assert len(Seams(plan, overlap=0.1).resolve(Found(items))) == 0
    assert len(Seams(plan, overlap=0.1, exclude=False).resolve(Found(items))) == 1


def test_a_crowd_at_a_seam_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, count = plan_tiles(200, 64, 64, 16, 1, shrink=False), 1500
    items = np.zeros(2 * count, ITEM)
    # What the first tile's edge cuts, the second one sees whole; each covers all others.
    items["box"][:count], items["box"][count:] = [55, 20, 64, 30], [55, 20, 70, 30]
    items["cut"][:count], items["col"][count:] = 4, 1
    items["score"] = np.linspace(0.9, 0.1, 2 * count)
    tracemalloc.start()
    found = Seams(plan, overlap=1.0).resolve(Found(items)).items
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found["col"] == 1).all()
    assert len(found) == count
    assert peak < 220e6
    # The pairs that are looked at together decide nothing.
    monkeypatch.setattr(seams, "_PAIRS", 1)
    part = Found(items[:: count // 10])
    few = Seams(plan, overlap=1.0).resolve(part).items
    assert (few["col"] == 1).all()
    assert len(few) == (part.items["col"] == 1).sum()
