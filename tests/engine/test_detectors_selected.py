"""Networks that suppress inside: Faster R-CNN, Mask R-CNN, and those that answer to names of MMDetection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from selected_cases import assert_partners, build, empty, learnt, scene, train, write
from torch import Tensor

from swath.engine.detections import decode
from swath.engine.models import BadArgumentError
from swath.engine.review.average_precision import Picture, evaluate
from swath.engine.training.detection.base import SELECTED, Truth

CASES = [("FASTERRCNN", ""), ("MASKRCNN", ""), ("MMDETECTION", "double_heads")]
types = pytest.mark.parametrize(("name", "model"), CASES, ids=lambda item: item or None)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("bands", [1, 3, 8])
@types
def test_outputs_keep_the_contract_for_any_number_of_bands(name: str, model: str, bands: int) -> None:
    network = build(name, model, bands)
    assert (network.classes, network.batched, network.fixed) == (2, False, False)
    wanted = (*SELECTED, "masks") if name == "MASKRCNN" else tuple(SELECTED)
    assert tuple(network.outputs) == wanted
    with torch.no_grad():
        outputs = dict(zip(network.outputs, network.eval()(torch.randn(1, bands, 64, 96)), strict=True))
    number = outputs["scores"].shape[1]
    assert number > 0
    assert outputs["boxes"].shape == (1, number, 4)
    assert outputs["labels"].shape == (1, number)
    assert outputs["labels"].dtype == torch.int64
    assert set(outputs["labels"].unique().tolist()) <= {0, 1}
    assert outputs["boxes"].dtype == outputs["scores"].dtype == torch.float32
    assert (outputs["boxes"][..., 2:] >= outputs["boxes"][..., :2]).all()
    assert (outputs["boxes"] >= 0).all()
    assert (outputs["boxes"] <= torch.tensor([96, 64, 96, 64])).all()
    assert ((outputs["scores"] >= 0) & (outputs["scores"] <= 1)).all()
    if name == "MASKRCNN":
        assert outputs["masks"].shape == (1, number, 28, 28)
        assert ((outputs["masks"] >= 0) & (outputs["masks"] <= 1)).all()


@types
def test_losses_fall_on_two_pictures(name: str, model: str) -> None:
    _, losses, _ = learnt(name, model)
    assert all(np.isfinite(losses))
    assert min(losses[-4:]) < 0.7 * losses[0]


@types
def test_losses_are_finite_in_training_and_validation_with_and_without_objects(name: str, model: str) -> None:
    network = build(name, model)
    images, truths = scene(2, 64, 2)
    bare = Truth(truths[0].boxes, truths[0].labels)
    for given in (truths, [truths[0], empty()], [empty(), empty()], [bare, Truth(*(empty().boxes, empty().labels))]):
        losses = network.train().losses(images, given)
        assert {"objectness", "proposal", "class", "box"} <= set(losses)
        assert all(loss.shape == () and loss.dtype == torch.float32 for loss in losses.values())
        network.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        gradients = [item.grad for item in network.parameters() if item.grad is not None]
        assert gradients
        assert all(gradient.isfinite().all() for gradient in gradients)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    network.eval()
    with torch.no_grad():
        losses, outputs = network.judge(images, truths)
    assert all(loss.isfinite() and loss > 0 for loss in losses.values())
    assert len(outputs) == len(network.outputs)
    assert not any(module.training for module in network.modules())
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


@types
def test_same_seed_gives_the_same_losses(name: str, model: str) -> None:
    network = build(name, model).train()
    images, truths = scene(2, 64, 3)
    runs = []
    for seed in (5, 5):
        torch.manual_seed(seed)
        runs.append({key: float(loss.detach()) for key, loss in network.losses(images, truths).items()})
    assert runs[0] == runs[1]


@types
def test_half_precision_gives_nearly_the_same_losses_and_full_boxes(name: str, model: str) -> None:
    network, _, images = learnt(name, model)
    _, truths = scene(2, 64, 1)
    network.eval()
    losses = []
    for half in (False, True):
        torch.manual_seed(0)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            losses.append(network.losses(images, truths))
            outputs = network(images[:1])
    assert all(loss.dtype == torch.float32 for loss in losses[1].values())
    assert outputs[0].dtype == outputs[1].dtype == torch.float32
    whole, half_loss = (float(sum(item.values())) for item in losses)
    assert half_loss == pytest.approx(whole, rel=0.15)


@types
def test_batch_finds_what_single_pictures_do(name: str, model: str) -> None:
    network, _, images = learnt(name, model)
    network.eval()
    with torch.no_grad():
        together = network.find(images)
        padded = network(images)
        for place, found in enumerate(together):
            (alone,) = network.find(images[place : place + 1])
            assert len(alone["scores"]) == len(found["scores"]) > 0
            torch.testing.assert_close(alone["boxes"], found["boxes"], atol=1e-2, rtol=0)
    arrays = {key: value.numpy() for key, value in zip(network.outputs, padded, strict=True)}
    assert arrays["scores"].shape[1] == max(len(found["scores"]) for found in together)
    decoded = decode(arrays, 0.05, None)
    assert [len(one) for one in decoded] == [int((found["scores"] >= 0.05).sum()) for found in together]


@types
def test_onnx_equals_torch_on_other_sizes_and_where_nothing_is_found(name: str, model: str, tmp_path: Path) -> None:
    network, _, images = learnt(name, model)
    session = write(network, tmp_path / "model.onnx")
    larger = torch.nn.functional.pad(images[:1], (0, 96, 0, 32), "replicate")
    counts = []
    for image in (images[:1], images[1:], larger, torch.zeros(1, 3, 96, 64)):
        with torch.no_grad():
            expected = [item.numpy() for item in network(image)]
        found = session.run(list(network.outputs), {"image": image.numpy()})
        assert_partners(
            dict(zip(network.outputs, expected, strict=True)), dict(zip(network.outputs, found, strict=True))
        )
        counts.append(len(expected[1][0]))
    assert counts[0] > 0
    assert counts[2] > 0
    # A network that is sure of nothing, written while it finds nothing.
    bias = network.heads.box_predictor.cls_score.bias
    kept = bias.detach().clone()
    try:
        bias.data[0] += 50
        session = write(network, tmp_path / "empty.onnx")
        for image in (images[:1], larger):
            outputs = session.run(list(network.outputs), {"image": image.numpy()})
            assert all(item.shape[:2] == (1, 0) for item in outputs)
            assert [tuple(item.shape) for item in network(image)] == [item.shape for item in outputs]
            assert len(decode(dict(zip(network.outputs, outputs, strict=True)), 0.5, 0.1)[0]) == 0
    finally:
        bias.data.copy_(kept)


def test_boxes_that_are_equally_sure_are_chosen_alike_by_each_runtime(tmp_path: Path) -> None:
    network = build("FASTERRCNN", box_score_thresh=0, rpn_pre_nms_top_n_test=40, rpn_post_nms_top_n_test=60)
    head = network.proposals.head
    for layer in (head.cls_logits, head.bbox_pred):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    session = write(network, tmp_path / "model.onnx")
    image = torch.randn(1, 3, 128, 160, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = dict(zip(network.outputs, (item.numpy() for item in network(image)), strict=True))
    found = dict(zip(network.outputs, session.run(list(network.outputs), {"image": image.numpy()}), strict=True))
    assert expected["scores"].shape[1] > 10
    assert_partners(expected, found)


@pytest.mark.parametrize("name", ["FASTERRCNN", "MASKRCNN"])
def test_arguments_act(name: str) -> None:
    image = torch.randn(1, 3, 64, 64)

    def found(**given: Any) -> Tensor:
        with torch.no_grad():
            return build(name, seed=1, box_score_thresh=0, **given).eval()(image)[1][0]

    plain = found()
    assert len(found(box_detections_per_img=7)) == 7
    torch.testing.assert_close(found(box_detections_per_img=7), plain[:7])
    assert len(found(rpn_post_nms_top_n_test=5)) <= 5 * 2
    assert len(found(box_nms_thresh=0)) < len(plain) <= len(found(box_nms_thresh=1))
    network = build(name, scales=[1, 2], ratios=[0.25, 0.5, 1, 2, 4])
    assert network.proposals.head.cls_logits.out_channels == 10


def test_share_of_boxes_with_objects_acts() -> None:
    images, truths = scene(2, 64, 4)
    losses = []
    for share in (0.02, 1.0):
        network = build("FASTERRCNN", seed=2, box_positive_fraction=share, box_batch_size_per_image=64).train()
        losses.append(float(network.losses(images, truths)["box"].detach()))
    assert losses[0] < losses[1]


@pytest.mark.parametrize("stage", ["box", "rpn"])
def test_box_cannot_be_object_and_background_at_once(stage: str) -> None:
    given = {f"{stage}_bg_iou_thresh": 0.8, f"{stage}_fg_iou_thresh": 0.6}
    with pytest.raises(BadArgumentError, match=f"{stage}_bg_iou_thresh.*at most"):
        build("FASTERRCNN", **given)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "model"), CASES)
def test_network_learns_to_find_objects_of_other_pictures(name: str, model: str) -> None:
    network = build(name, model, rpn_post_nms_top_n_train=48, box_batch_size_per_image=64)
    train(network, *scene(96, 96, 10), 160, 4)
    images, truths = scene(16, 96, 11)
    network.eval()
    pictures, shares = [], []
    with torch.no_grad():
        for place, truth in enumerate(truths):
            outputs = network(images[place : place + 1])
            (one,) = decode({key: item.numpy() for key, item in zip(network.outputs, outputs, strict=True)}, 0.05, 0.3)
            pictures.append(Picture(one.boxes, one.scores, one.channels, truth.boxes.numpy(), truth.labels.numpy()))
            if one.masks is not None:
                # An ellipse fills pi / 4 of its box, a rectangle all of it.
                sure = one.scores > 0.5
                shares += list(zip(one.channels[sure], (one.masks[sure] > 0.5).mean((1, 2)), strict=True))
    assert evaluate(pictures, 2)["average_precision"] >= 0.5
    if name == "MASKRCNN":
        full, round_ = ([share for channel, share in shares if channel == label] for label in (0, 1))
        assert np.median(full) > 0.88
        assert 0.65 < np.median(round_) < 0.88
