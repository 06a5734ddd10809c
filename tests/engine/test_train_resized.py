"""RESIZE_TO: objects are learnt at another size than their chips have, and found again where they are."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import detector_cases
import numpy as np
import pyogrio
import pytest
import shapely
import torch

from swath.engine import pipeline
from swath.engine.errors import InputError
from swath.engine.jobs import DetectJob, TrainJob
from swath.engine.model_files import describe_model
from swath.engine.progress import Silent
from swath.engine.training import prepare
from swath.engine.training.resizing import resized_image, resized_objects
from swath.engine.training.truths import ObjectTarget, part_of


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _job(chips: Path, output: Path, **values: object) -> TrainJob:
    given = {"model_type": "FCOS", "backbone": detector_cases.BACKBONE, "max_epochs": 1, "batch_size": 3,
             "learning_rate": 1e-3, "validation_percentage": 20, "processor": "CPU"}  # fmt: skip
    return TrainJob([str(chips)], str(output), **(given | values))


@pytest.mark.parametrize("size", [(32, 32), (96, 96), (128, 64), (50, 50)])
def test_outlines_follow_their_boxes(size: tuple[int, int]) -> None:
    mask = np.zeros((64, 64), bool)
    mask[10:30, 20:44] = True
    mask[15:20, 30:36] = False
    box = np.array([[20, 10, 44, 30]], np.float32)
    target = ObjectTarget((64, 64), box, np.array([1]), (part_of(mask, box[0]),))
    found = resized_objects(target, size)
    truth = found.truth()
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(mask)[None, None].float(), size[::-1], mode="nearest-exact"
    )
    assert truth.masks is not None
    assert torch.equal(truth.masks[0], expected[0, 0] > 0.5)
    factors = np.array([size[0] / 64, size[1] / 64] * 2)
    assert np.allclose(found.boxes, box * factors)


def test_picture_is_averaged_in_its_own_type() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 60000, (2, 40, 60), dtype=np.uint16)
    half = resized_image(image, (30, 20))
    assert half.dtype == np.uint16
    assert half.shape == (2, 20, 30)
    assert abs(float(half.mean()) - float(image.mean())) < 200
    assert resized_image(image, (60, 40)) is image


def test_chips_are_learnt_at_the_size_asked_for(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    plain = prepare.gather(prepare.understand(_job(chips, tmp_path / "m")), Silent())[0]
    choice = prepare.understand(_job(chips, tmp_path / "m", resize_to=96))
    data, split = prepare.gather(choice, Silent())
    assert choice.controls.size == (96, 96)
    assert choice.chip_set.cell_size == pytest.approx((64 / 96, 64 / 96))
    assert len(split.train) > 0
    assert len(split.valid) > 0
    for index in range(3):
        image, target = data.load(index)
        _, before = plain.load(index)
        assert image.shape == (3, 96, 96)
        assert np.allclose(target.boxes, before.boxes * 1.5)


def test_model_sees_rasters_at_the_scale_of_its_chips(tmp_path: Path) -> None:
    raster, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    result = pipeline.train(_job(chips, tmp_path / "m", resize_to=96), Silent())
    info = describe_model(result["model"])
    assert info.resize == pytest.approx(1.5)
    assert info.tile_size == 96
    assert json.loads((tmp_path / "m" / "model.emd").read_text())["resize_to"] == 96
    said: list[str] = []

    class Listener(Silent):
        def message(self, text: str) -> None:
            said.append(text)

        warning = message

    found = tmp_path / "found.gpkg"
    pipeline.detect(DetectJob(str(raster), result["model"], str(found), threshold=0.02), Listener())
    assert any("resized by 1.5" in text for text in said)
    assert not any("CELL_SIZE" in text for text in said)
    boxes = shapely.from_wkb(pyogrio.raw.read(found)[2])
    assert len(boxes)
    assert shapely.box(*shapely.total_bounds(boxes)).within(shapely.box(-1, -1, 193, 193))


@pytest.mark.parametrize(("values", "words"), [({"resize_to": 8}, "RESIZE_TO"), ({"resize_to": -3}, "RESIZE_TO")])
def test_useless_sizes_are_refused(values: dict, words: str, tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    with pytest.raises(InputError, match=words):
        prepare.understand(dataclasses.replace(_job(chips, tmp_path / "m"), **values))
