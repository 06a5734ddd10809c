"""Which objects a piece of a chip shows, what becomes of their outlines, and that each is judged once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn import functional

from swath.engine.chips import Chip
from swath.engine.chips._targets import Objects
from swath.engine.classes import ClassInfo
from swath.engine.detections import Detections
from swath.engine.jobs import TrainJob
from swath.engine.tasks import TASKS
from swath.engine.training.augment import STILL, Augmentation
from swath.engine.training.detection.base import DENSE, Truth
from swath.engine.training.grading_objects import ObjectGrading, found
from swath.engine.training.pieces import Piece, grid
from swath.engine.training.truths import ObjectTarget, Truths

ROOF = ClassInfo(3, "roof", (200, 0, 0))
CHIP = Chip("a", Path("a.tif"), Path("a.xml"))


class Dense(torch.nn.Module):
    """Says that its outputs are those of a network with candidates all over the picture."""

    outputs = DENSE


def test_chip_full_of_objects_is_judged_as_a_whole() -> None:
    place = torch.arange(225)
    low = torch.stack([place % 15, place // 15], 1) * 24.0
    true = torch.cat([low, low + 20], 1)
    # Each is seen by nine candidates, as networks without anchors have them.
    seen = true.repeat_interleave(9, 0)
    sure = torch.linspace(0.3, 0.9, 225).repeat_interleave(9)[:, None]
    grading = ObjectGrading(1)
    outputs = found(Dense(), (seen[None], sure[None]))  # type: ignore[arg-type]
    grading.update(outputs, [Truth(true, torch.zeros(225, dtype=torch.int64))])
    values = grading.compute()
    assert values["average_precision"] == pytest.approx(1)
    assert values["best_threshold"] == pytest.approx(0.3, abs=0.01)


def test_each_object_is_judged_once_where_pieces_overlap() -> None:
    rng = np.random.default_rng(0)
    low = np.stack(np.meshgrid(np.arange(0, 96, 8), np.arange(0, 96, 8)), -1).reshape(-1, 2) + rng.random((144, 2))
    target = ObjectTarget((100, 100), np.hstack([low, low + 6]).astype(np.float32), np.zeros(144, np.int64))
    grading, judged = ObjectGrading(1), 0
    for place in grid(0, (100, 100), (64, 64)):
        truth = target.window(place, (64, 64)).truth()
        boxes = truth.boxes.numpy()
        scores = np.linspace(0.9, 0.5, len(boxes), dtype=np.float32)
        grading.update([Detections(boxes, scores, np.zeros(len(boxes), np.int64))], [truth])
        judged += len(boxes)
    counted = grading.compute()["classes"][0]
    assert judged > 250
    # Those that the border of a piece cuts are shown, and found, in both.
    assert 144 <= counted["truths"] < 165
    assert (counted["true_positive"], counted["false_positive"]) == (counted["truths"], 0)


def test_box_of_a_cut_outline_is_drawn_around_what_is_left_of_it() -> None:
    corner = np.zeros((40, 40), bool)
    corner[:, :4] = corner[36:, :] = True
    line = np.zeros((60, 60), bool)
    line[np.arange(60), np.arange(60)[::-1]] = True
    boxes = np.array([[10, 10, 50, 50], [0.5, 0.5, 59.5, 59.5]], np.float32)
    target = ObjectTarget((60, 60), boxes, np.array([0, 1]), (corner, line))
    upper = target.window(Piece(0), (60, 40))
    # Of the angle only its upright leg is left; of the line that falls to the left the piece shows the right end.
    np.testing.assert_allclose(upper.boxes, [[10, 10, 14, 40], [20, 0.5, 59.5, 40]])
    assert upper.parts is not None
    np.testing.assert_array_equal(upper.parts[0], np.ones((30, 4), bool))
    truth = upper.truth()
    assert truth.masks is not None
    assert truth.masks.flatten(1).sum(1).tolist() == [120, 40]
    # This piece lies in the box of the line, but the line is not in it.
    assert target.window(Piece(0, 30, 30), (30, 30)).labels.tolist() == [0]
    assert target.window(Piece(0), (60, 60)).boxes.tolist() == boxes.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_outlines_move_pixel_by_pixel(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    masks = torch.zeros(2, 40, 56, dtype=torch.bool)
    masks[0, 3:25, 40:54] = torch.rand(22, 14, generator=generator) > 0.4
    masks[0, 3, 40] = masks[0, 24, 53] = True
    masks[1, 20:21, 10:11] = True
    boxes = torch.tensor([[40.0, 3, 54, 25], [10, 20, 11, 21]])
    truths = Truths([Truth(boxes, torch.tensor([0, 1]), masks)])
    change = Augmentation(**{**vars(STILL), "dihedral": True, "rotate": 45.0, "warp_chance": 1.0, "zoom": (1, 1.3)})
    image = masks[:1].float()[None]
    theta = torch.tensor([[1, 40 / 56, 1], [56 / 40, 1, 1]])
    theta = change._matrices(1, torch.Generator().manual_seed(seed)) * theta
    flow = functional.affine_grid(theta, [1, 1, 40, 56], align_corners=False)
    expected = functional.grid_sample(image, flow, mode="nearest", align_corners=False)[0, 0] > 0.5
    moved = truths.move(theta, flow)[0]
    assert moved.masks is not None
    if 0 in moved.labels.tolist():
        np.testing.assert_array_equal(moved.masks[0].numpy(), expected.numpy())
        rows, columns = expected.nonzero(as_tuple=True)
        around = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert moved.boxes[0].tolist() == [float(value) for value in around]


def test_things_a_pixel_wide_are_learnt_as_they_are_judged() -> None:
    boxes = torch.tensor([[10.0, 10, 11, 30]])
    truths = Truths([Truth(boxes, torch.tensor([0]))])
    theta = torch.eye(2, 3)[None]
    assert len(truths.move(theta, torch.zeros(1, 40, 40, 2))[0].boxes) == 1
    target = ObjectTarget((40, 40), boxes.numpy(), np.array([0]))
    assert len(target.window(Piece(0), (35, 35)).boxes) == 1


@pytest.mark.parametrize(("model_type", "kept"), [("FCOS", False), ("MASKRCNN", True)])
def test_outlines_are_kept_for_networks_that_learn_them(model_type: str, kept: bool) -> None:
    mask = np.zeros((1, 60, 60), bool)
    mask[0, 20:30, 20:40] = True
    label = Objects(np.array([[20.0, 20, 40, 30]]), np.array([3]), mask)
    teaching = TASKS.all()["OBJECTS"].teaching(TrainJob([], "", model_type=model_type, pad_small_features=True))
    target = teaching.read(label, CHIP, (60, 60), [ROOF], [ROOF]).target
    assert (target.truth().masks is not None) == kept
    assert target.boxes.tolist() == ([[20, 20, 40, 30]] if kept else [[17.5, 12.5, 42.5, 37.5]])
    # The sentence says what was done; it needs nothing of the choice.
    assert ("no effect" in teaching.sentences(None)[0]) == kept  # type: ignore[arg-type]


def test_chips_with_more_objects_than_the_network_finds_are_told() -> None:
    teaching = TASKS.all()["OBJECTS"].teaching(TrainJob([], "", model_type="RTDETRV2"))
    counts = np.array([[200, 90], [250, 60]])
    few, many = ([*teaching.warnings(SimpleNamespace(arguments={"queries": count}), counts)] for count in (300, 400))  # type: ignore[arg-type]
    assert "310 objects" in few[0]
    assert "'queries'" in few[0]
    assert many == []
    assert [*teaching.warnings(SimpleNamespace(arguments={}), counts)] == []  # type: ignore[arg-type]


def test_outlines_outside_their_boxes_are_left_out_and_counted() -> None:
    masks = np.zeros((2, 60, 60), bool)
    masks[:, 20:30, 20:40] = True
    label = Objects(np.array([[50.0, 50, 58, 58], [20, 20, 40, 30]]), np.array([3, 3]), masks)
    teaching = TASKS.all()["OBJECTS"].teaching(TrainJob([], "", model_type="MASKRCNN"))
    read = teaching.read(label, CHIP, (60, 60), [ROOF], [ROOF])
    assert (read.broken, read.counts.tolist()) == (1, [1])
    assert read.target.truth().masks.flatten(1).sum(1).tolist() == [200]
