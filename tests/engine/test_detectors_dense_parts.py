"""Parts of the networks with candidates all over the picture: decoding, matching, arguments."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from dense_cases import build
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou

from swath.engine.models import BadArgumentError
from swath.engine.training.detection import dense
from swath.engine.training.detection.dense import BACKGROUND, BETWEEN, DenseDetector, assign, match, match_ties


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", ["RETINANET", "SSD"])
def test_decoding_what_was_encoded_gives_the_boxes_of_the_objects(name: str) -> None:
    network = build(name)
    logits, _, anchors = network.look(torch.zeros(1, 3, 96, 96))
    truth = torch.tensor([[10.5, 20.25, 30.0, 61.0]])
    coded = network.coder.encode_single(truth.expand_as(anchors), anchors)
    boxes, _ = network.decode(logits, coded[None], anchors)
    size = (truth[0, 2:] / (anchors[:, 2:] - anchors[:, :2])).amax(1)
    assert torch.allclose(boxes[0, size < 60], truth, atol=1e-3)


def test_fcos_decodes_sides_from_the_centres_of_cells() -> None:
    network = build("FCOS")
    *raw, cells = network.look(torch.zeros(1, 3, 96, 96))
    truth = torch.tensor([[10.5, 20.25, 30.0, 61.0]])
    raw[1] = network.head.box_coder.encode(cells, truth.expand_as(cells))[None]
    boxes, _ = network.decode(*raw, cells)
    assert torch.allclose(boxes[0], truth.expand_as(cells), atol=1e-3)


def test_yolo_decodes_nothing_but_anchors_from_zeros() -> None:
    network = build("YOLOV3", anchors=[[10, 10], [20, 40], [60, 30]])
    values, anchors, sides = network.look(torch.zeros(1, 3, 96, 96))
    boxes, scores = network.decode(torch.zeros_like(values), anchors, sides)
    assert torch.equal(boxes[0], anchors)
    assert torch.equal(anchors[0], torch.tensor([-1.0, -1.0, 9.0, 9.0]))
    assert torch.equal(scores, torch.full_like(scores, 0.25))


def test_anchors_are_matched_to_objects_as_torchvision_does() -> None:
    network: DenseDetector = build("RETINANET")
    _, _, anchors = network.look(torch.zeros(1, 3, 128, 96))
    corner = torch.rand(30, 2, generator=torch.Generator().manual_seed(1)) * 80
    truth = torch.cat((corner, corner + 6 + corner.flip(0) / 2), 1)
    expected = Matcher(0.5, 0.4)(box_iou(truth, anchors))
    found = match(anchors, truth, 0.4, 0.5)
    favourites = box_iou(truth, anchors).argmax(1)
    others = torch.ones(len(anchors), dtype=torch.bool)
    others[favourites] = False
    assert torch.equal(found[others], expected[others])
    assert set(found[favourites].tolist()) == set(range(30))
    assert (found == BETWEEN).any()
    assert (match(anchors, truth[:0], 0.4, 0.5) == BACKGROUND).all()


def test_matching_is_the_same_whatever_is_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network: DenseDetector = build("RETINANET")
    _, _, anchors = network.look(torch.zeros(1, 3, 128, 96))
    corner = torch.rand(30, 2, generator=torch.Generator().manual_seed(2)) * 80
    truth = torch.cat((corner, corner + 9), 1)
    whole = match(anchors, truth, 0.4, 0.5)
    monkeypatch.setattr(dense, "_STRIP", 1000)
    assert torch.equal(match(anchors, truth, 0.4, 0.5), whole)


def test_objects_get_the_few_anchors_that_fit_them_best() -> None:
    anchors = torch.tensor([[0, 0, 10, 10], [1, 0, 11, 10], [3, 0, 13, 10], [40, 0, 50, 10], [80, 0, 90, 10.0]])
    truth = torch.tensor([[0, 0, 10, 10], [43, 4, 53, 14.0]])
    assert assign(anchors, truth, 2, 0.2, 0.5).tolist() == [0, 0, BETWEEN, 1, BACKGROUND]
    assert assign(anchors, truth, 9, 0.2, 0.5).tolist() == [0, 0, 0, 1, BACKGROUND]
    assert (assign(anchors, truth[:0], 2, 0.2, 0.5) == BACKGROUND).all()


@pytest.mark.parametrize("name", ["SSD", "YOLOV3"])
def test_assigning_is_the_same_whatever_is_compared_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    anchors = next(raw for raw in build(name).look(torch.zeros(1, 3, 128, 96)) if raw.ndim == 2)
    corner = torch.rand(30, 2, generator=torch.Generator().manual_seed(2)) * 80
    truth = torch.cat((corner, corner + 12), 1)
    whole = assign(anchors, truth, 4, 0.2, 0.5)
    monkeypatch.setattr(dense, "_OBJECTS", 7)
    parted = assign(anchors, truth, 4, 0.2, 0.5)
    assert torch.equal(parted >= 0, whole >= 0)
    assert torch.equal(parted[whole >= 0], whole[whole >= 0])


def test_arguments_decide_how_many_candidates_there_are() -> None:
    def count(name: str, **given: Any) -> int:
        with torch.inference_mode():
            return int(build(name, **given).eval()(torch.zeros(1, 3, 64, 64))[0].shape[1])

    cells = 16**2 + 8**2 + 4**2 + 2**2 + 1
    assert count("RETINANET") == 9 * cells
    assert count("RETINANET", scales=[1], ratios=[1, 2]) == 2 * cells
    assert count("FCOS") == cells
    assert count("FCOS", finest_stride="8") == cells - 16**2 + 1
    assert count("SSD") == 8**2 + 4**2 + 2**2 + 1
    assert count("SSD", grids="[4, 2, 1]", zooms="0.7, 1", ratios="[[1.0, 1.0], [1.0, 0.5], [0.5, 1.0]]") == 6 * 21
    assert count("YOLOV3") == 3 * (8**2 + 4**2 + 2**2)
    assert count("YOLOV3", anchors="[[12, 12], [30, 30], [60, 60]]") == 8**2 + 4**2 + 2**2


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("SSD", {"ratios": "[1, 2, 3]"}),
        ("SSD", {"ratios": "[[1, 0]]"}),
        ("SSD", {"zooms": "[]"}),
        ("RETINANET", {"finest_stride": "3"}),
        ("YOLOV3", {"anchors": "[[10, 10], [20, 20]]"}),
        ("YOLOV3", {"anchors": "[[10, 10], [20, 20], [30, 30], [40, 40]]"}),
    ],
)
def test_arguments_that_do_not_fit_are_refused_with_what_would(name: str, given: Any) -> None:
    with pytest.raises(BadArgumentError, match=next(iter(given))):
        build(name, **given)


def test_first_stage_matches_anchors_as_torchvision_does() -> None:
    network: DenseDetector = build("RETINANET")
    _, _, anchors = network.look(torch.zeros(1, 3, 128, 96))
    # Whole numbers: many anchors fit equally well.
    corner = (torch.rand(60, 2, generator=torch.Generator().manual_seed(2)) * 80).round()
    truth = torch.cat((corner, corner + 6 + (corner.flip(0) / 3).round()), 1)
    expected = Matcher(0.7, 0.3, allow_low_quality_matches=True)(box_iou(truth, anchors))
    found = match_ties(anchors, truth, 0.3, 0.7)
    assert torch.equal(found, expected)
    assert (found >= 0).sum() > 60
    # What no anchor touches has none.
    assert (match_ties(anchors[:9], truth + 1000, 0.3, 0.7) == BACKGROUND).all()


def test_levels_of_a_single_cell_learn_in_half_precision() -> None:
    coarser = build("FCOS", finest_stride="8").pyramid.joined.extra_blocks
    cell = torch.randn(3, 128, 1, 1, generator=torch.Generator().manual_seed(0))
    gradients = []
    for mixed in (False, True):
        coarser.zero_grad()
        # What lies in memory when it is given out again.
        junk = [torch.full((count,), torch.nan) for count in (300, 5000, 20000, 150000, 300000, 600000)]
        del junk
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
            levels, names = coarser([cell], [cell], ["5"])
        sum(level.float().sum() for level in levels[1:]).backward()
        assert names == ["5", "p6", "p7"]
        gradients.append([coarser.p6.weight.grad.clone(), coarser.p7.weight.grad.clone()])
    for exact, mixed_one in zip(*gradients, strict=True):
        assert torch.allclose(exact, mixed_one, atol=0.05)


def test_objects_between_the_boxes_are_learnt_by_the_nearest() -> None:
    rows, columns = torch.meshgrid(torch.arange(4) * 32.0 + 16, torch.arange(4) * 32.0 + 16, indexing="ij")
    middles = torch.stack([columns.flatten(), rows.flatten()], 1)
    boxes = torch.cat([middles - 3, middles + 3], 1)
    truth = torch.tensor([[98.0, 60, 104, 66], [110, 110, 114, 114]])
    for found in (match(boxes, truth, 0.4, 0.5), assign(boxes, truth, 4, 0.2, 0.4)):
        held = torch.where(found >= 0)[0]
        assert held.tolist() == [7, 15]
        assert found[held].tolist() == [0, 1]
