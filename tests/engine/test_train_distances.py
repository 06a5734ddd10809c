"""Points and lines drawn wider: solid distance, blur that shrinks over the epochs, and where there are none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import NORTH_UP, noise, pixel_box, run_export, write_labels, write_raster
from training_support import Notes, job, make_chips, same, weights

from swath.engine import pipeline
from swath.engine.chips import FORMATS, Chip
from swath.engine.errors import CancelledError, InputError
from swath.engine.progress import Silent
from swath.engine.tasks.pixels import IGNORE_INDEX
from swath.engine.training import chipdata, prepare
from swath.engine.training.distances import Distances, Width

LINE, POINT, FIELD = 1, 2, 3


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return chips with a line, points, and a polygon of a third class."""
    folder = tmp_path_factory.mktemp("thin")
    raster = write_raster(folder / "r.tif", noise(256, 192))
    shapes = [
        pixel_box(NORTH_UP, 20, 20, 60, 60),
        shapely.LineString([NORTH_UP @ (5, 100), NORTH_UP @ (250, 100)]),
        *(shapely.Point(NORTH_UP @ (column, 150.5)) for column in (30.5, 130.5, 220.5)),
    ]
    labels = write_labels(folder / "l.gpkg", shapes, [FIELD, LINE, POINT, POINT, POINT])
    base = {"raster": str(raster), "labels": str(labels), "format": "CLASSIFIED_TILES"}
    run_export(folder, base, tile_size=[64, 64], stride=[64, 64], all_tiles=True)
    return folder / "out"


def gather(chips: Path, **values: Any):
    options = {"arguments": {"background": "TRAIN"}, "validation_percentage": 0, **values}
    return prepare.gather(prepare.understand(job(chips, chips.parent / "m", **options)), Silent())[0]


def place_of(chip: Chip) -> tuple[int, int]:
    """Return column and row of a chip in the raster."""
    column, row = ~NORTH_UP @ chip.transform.to_map(0, 0)
    return round(column), round(row)


def distance_to_line(chip: Chip) -> np.ndarray:
    """Return how far each pixel centre of a chip is from the line, on our own."""
    column, row = place_of(chip)
    rows, columns = np.mgrid[:64, :64] + 0.5
    x, y = columns + column, rows + row
    return np.hypot(x - x.clip(5, 250), y - 100)


def label_of(chip: Chip) -> np.ndarray:
    if chip.label is None:
        return np.zeros((64, 64), np.uint8)
    with rasterio.open(chip.label) as dataset:
        return dataset.read(1)


def test_solid_distance_labels_what_lies_within(thin: Path) -> None:
    data = gather(thin, solid_distance={"1": 5})
    for index, chip in enumerate(data.chips):
        target, label, away = data.load(index)[1], label_of(chip), distance_to_line(chip)
        expected = np.where(away <= 5, LINE, label)
        # On the very edge the drawn outline, which has corners, may miss a pixel.
        clear = np.abs(away - 5) > 0.05
        assert np.array_equal(target[clear], expected[clear])
        assert np.array_equal(data.load(index, 0)[1], target)
        assert data.counts[index].tolist() == [int((target == value).sum()) for value in range(4)]


def test_star_is_every_class_with_points_or_lines(thin: Path) -> None:
    plain, wide = gather(thin), gather(thin, solid_distance={"*": 4})
    grown = wide.counts.sum(0) - plain.counts.sum(0)
    assert grown[LINE] > 6 * 240
    assert grown[POINT] == pytest.approx(3 * (np.pi * 16 - 1), rel=0.1)
    assert grown[FIELD] == 0
    one = gather(thin, solid_distance={"*": 4, "2": 0})
    assert (one.counts.sum(0) - plain.counts.sum(0))[POINT] == 0


def test_chips_read_on_demand_are_drawn_alike(thin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"solid_distance": {"1": 2}, "blur_distance": {"*": [1, 9]}, "max_epochs": 4}
    whole = gather(thin, **values)
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 0)
    read = gather(thin, **values)
    assert read.images is None
    assert np.array_equal(read.counts, whole.counts)
    for index in range(len(whole.chips)):
        for epoch in (None, 0, 3):
            assert np.array_equal(whole.load(index, epoch)[1], read.load(index, epoch)[1])


def with_sidecar(folder: Path, *shapes: Any, margin: float = 64, value: int = 1) -> Chip:
    """Return a chip beside which some shapes are kept."""
    (folder / "shapes").mkdir()
    items = [{"value": value, **shapely.geometry.mapping(shape)} for shape in shapes]
    (folder / "shapes/a.json").write_text(json.dumps({"margin": margin, "shapes": items}))
    return Chip("a", folder / "images/a.tif")


def test_blur_fades_with_distance_and_shrinks_over_the_epochs(tmp_path: Path) -> None:
    """Over many chips, how often a pixel is labelled falls linearly over a zone, which shrinks."""
    distances = Distances({1: Width(3, 2, 12)}, {0: 0, 1: 1}, seed=7, epochs=11)
    chip = with_sidecar(tmp_path, shapely.LineString([(-20, 40.5), (52, 40.5)]))
    blank = np.zeros((81, 32), np.uint8)
    away = np.abs(np.arange(81) + 0.5 - 40.5)
    for epoch, blur in ((0, 12.0), (5, 7.0), (10, 2.0), (99, 2.0)):
        assert distances.blur(distances.widths[1], epoch) == pytest.approx(blur)
        share = np.mean([distances.draw(blank, chip, epoch, number)[:, 16] for number in range(400)], axis=0)
        assert share == pytest.approx((1 - (away - 3) / blur).clip(0, 1), abs=0.09)
        assert (share[away <= 3] == 1).all()
        assert (share[away > 3 + blur] == 0).all()
    assert np.array_equal(distances.fixed(blank, chip)[:, 16] == 1, away <= 3 + 2 / 2)
    assert not blank.any()


def test_every_feature_is_drawn_by_its_own_chance_that_repeats(tmp_path: Path) -> None:
    chip = with_sidecar(tmp_path, *(shapely.Point(30 + 60 * n, 30) for n in range(5)))
    blank = np.zeros((60, 300), np.uint8)

    def sizes(seed: int, epoch: int, number: int) -> list[int]:
        distances = Distances({1: Width(0, 0, 25)}, {1: 1}, seed=seed, epochs=9)
        drawn = distances.draw(blank, chip, epoch, number)
        return [int(drawn[:, 60 * n : 60 * n + 60].sum()) for n in range(5)]

    first = sizes(1, 0, 0)
    assert len(set(first)) == 5
    assert first == sizes(1, 0, 0)
    assert all(first != sizes(*other) for other in ((2, 0, 0), (1, 1, 0), (1, 0, 1)))
    assert sizes(1, 8, 0) == [0] * 5


def test_ignored_classes_and_shapes_that_do_not_reach_are_drawn_as_such(tmp_path: Path) -> None:
    chip = with_sidecar(tmp_path, shapely.Point(-6, 10), shapely.Point(10, 40))
    distances = Distances({1: Width(4)}, {0: 0})
    drawn = distances.fixed(np.zeros((32, 32), np.uint8), chip)
    assert not drawn.any()
    wide = Distances({1: Width(9)}, {0: 0}).fixed(np.zeros((32, 32), np.uint8), chip)
    assert set(np.unique(wide)) == {0, IGNORE_INDEX}


@pytest.mark.parametrize(
    "text",
    [
        "[]", "{", '{"shapes": 3}', '{"shapes": [{"value": 1, "type": "LineString", "coordinates": [[0, 0]]}]}',
        '{"shapes": [{"value": 1, "type": "Point", "coordinates": [NaN, 1]}]}',
        '{"shapes": [{"value": 1, "type": "Point", "coordinates": []}, {"value": 1, "type": "Nothing"}, 7]}',
        '{"margin": 64, "shapes": [{"value": 1, "type": "Polygon", "coordinates": [[[0,0],[9,0],[9,9],[0,0]]]}]}',
    ],
)  # fmt: skip
def test_broken_sidecars_are_as_if_not_there(tmp_path: Path, text: str) -> None:
    chip = with_sidecar(tmp_path)
    (tmp_path / "shapes/a.json").write_text(text)
    blank = np.zeros((16, 16), np.uint8)
    assert not Distances({1: Width(5)}, {1: 1}).fixed(blank, chip).any()


BAD = [
    ({"solid_distance": {"3": 4}}, "no points or lines of class 3.*SOLID_DISTANCE"),
    ({"blur_distance": {"3": [1, 4]}}, "no points or lines of class 3.*BLUR_DISTANCE"),
    ({"solid_distance": {"9": 4}}, "no class 9.*SOLID_DISTANCE.*1, 2, 3"),
    ({"solid_distance": {"road": 4}}, "no class road"),
    ({"solid_distance": {"1": -4}}, "SOLID_DISTANCE.*number of pixels"),
    ({"solid_distance": {"1": "wide"}}, "SOLID_DISTANCE"),
    ({"solid_distance": {"1": float("nan")}}, "SOLID_DISTANCE"),
    ({"blur_distance": {"1": [10, 1]}}, "BLUR_DISTANCE.*least and the greatest"),
    ({"blur_distance": {"1": [1, 2, 3]}}, "BLUR_DISTANCE"),
    ({"blur_distance": {"1": []}}, "BLUR_DISTANCE"),
    ({"solid_distance": {"*": 30}, "blur_distance": {"1": [1, 40]}}, "class 1 reach 70 pixels.*up to 64"),
]


@pytest.mark.parametrize(("values", "text"), BAD, ids=[str(values) for values, _ in BAD])
def test_distances_that_cannot_be_are_refused_with_one_sentence(thin: Path, values, text) -> None:
    with pytest.raises(InputError, match=text) as error:
        gather(thin, **values)
    assert "\n" not in str(error.value)


def test_chips_without_points_and_lines_are_refused_before_they_are_read(tmp_path: Path) -> None:
    for values in ({"solid_distance": {"*": 3}}, {"blur_distance": {"2": [1, 3]}}):
        with pytest.raises(InputError, match="no points or lines beside the chips in"):
            prepare.understand(job(make_chips(), tmp_path / "m", **values))
    # ENVI's own default, which changes nothing.
    assert prepare.understand(job(make_chips(), tmp_path / "m", solid_distance={"*": 0})).controls.distances is None


def test_polygons_alone_are_refused(thin: Path, tmp_path: Path) -> None:
    shutil.copytree(thin, tmp_path / "chips")
    for path in (tmp_path / "chips/shapes").iterdir():
        path.unlink()
    with pytest.raises(InputError, match="no points or lines beside"):
        gather(tmp_path / "chips", solid_distance={"*": 3})


def test_training_with_blur_goes_on_to_the_same_weights(thin: Path, tmp_path: Path) -> None:
    values = {
        "arguments": {"background": "TRAIN"}, "blur_distance": {"1": [1, 8]}, "solid_distance": {"*": 2},
        "max_epochs": 2, "background_patch_ratio": 0.5, "class_weight_max": 2.0, "chip_size": 32,
        "stop_early": False,
    }  # fmt: skip
    assert FORMATS.get("CLASSIFIED_TILES").detect(thin)
    pipeline.train(job(thin, tmp_path / "whole", **values), Silent())
    task = job(thin, tmp_path / "broken", **values)
    with pytest.raises(CancelledError):
        pipeline.train(task, Notes(lambda event: event.get("epoch") == 1))
    pipeline.train(task, Silent())
    for name in ("model_best", "model_last"):
        assert same(weights(tmp_path / "whole", name), weights(tmp_path / "broken", name))
