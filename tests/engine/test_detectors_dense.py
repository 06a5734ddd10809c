"""Networks with candidates all over the picture: RetinaNet, FCOS, SSD and YOLOv3."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from dense_cases import CASES, build, learn, precision, scene

from swath.engine.training.detection.base import DENSE, Truth

types = pytest.mark.parametrize("name", CASES)
NOTHING = Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@types
@pytest.mark.parametrize("bands", [1, 3, 8])
def test_network_gives_as_many_boxes_as_scores_for_any_bands(name: str, bands: int) -> None:
    network = build(name, bands).eval()
    with torch.inference_mode():
        boxes, scores = network(torch.randn(2, bands, 96, 160))
        others, _ = network(torch.randn(1, bands, 96, 160))
    assert network.outputs == DENSE
    assert network.classes == 2
    assert (boxes.shape[0], boxes.shape[2], scores.shape[2]) == (2, 4, 2)
    assert boxes.shape[1] == scores.shape[1] == others.shape[1]
    assert boxes.dtype == scores.dtype == torch.float32
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert boxes.isfinite().all()
    middle = (boxes[..., :2] + boxes[..., 2:]).mean((0, 1)) / 2
    assert torch.allclose(middle, torch.tensor([80.0, 48.0]), atol=24), "boxes lie over the picture, x before y"


@types
@pytest.mark.parametrize("side", [32, 96, 160])
def test_candidates_lie_all_over_a_picture_of_any_size(name: str, side: int) -> None:
    network = build(name).eval()
    with torch.inference_mode():
        boxes, _ = network(torch.zeros(1, 3, side, side))
    middles = (boxes[0, :, :2] + boxes[0, :, 2:]) / 2
    corners = torch.tensor([[8.0, 8.0], [side - 8.0, 8.0], [8.0, side - 8.0], [side - 8.0, side - 8.0]])
    assert (torch.cdist(corners, middles).amin(1) < 12).all()


@types
def test_losses_fall_on_a_batch_that_is_learnt_again_and_again(name: str) -> None:
    images, truths = scene(2, 64, seed=3)
    network = build(name).train()
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    losses = [learn(network, optimizer, images, truths) for _ in range(12)]
    assert min(losses[-3:]) < 0.7 * losses[0]


@types
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_losses_and_gradients_are_finite_with_and_without_objects(name: str, training: bool) -> None:
    images, truths = scene(2, 64, seed=3)
    network = build(name).train(training)
    for given in ([NOTHING, NOTHING], [NOTHING, truths[1]], truths):
        network.zero_grad()
        losses = network.losses(images, given)
        assert all(loss.shape == () and loss.dtype == torch.float32 for loss in losses.values())
        assert all(loss.isfinite() and loss >= 0 for loss in losses.values())
        torch.stack(list(losses.values())).sum().backward()
        assert all(item.grad is None or item.grad.isfinite().all() for item in network.parameters())
    assert any(item.grad is not None and item.grad.abs().sum() > 0 for item in network.parameters())


@types
def test_pictures_without_objects_do_not_outweigh_the_others(name: str) -> None:
    images, truths = scene(4, 64, seed=3)
    network = build(name).eval()
    with torch.inference_mode():
        empty = sum(network.losses(images[:1], [NOTHING]).values())
        full = sum(network.losses(images, truths).values())
    assert empty < 20 * full


@types
def test_half_precision_gives_outputs_and_losses_in_full(name: str) -> None:
    images, truths = scene(2, 64, seed=3)
    network = build(name).eval()
    with torch.inference_mode():
        exact, (boxes, _) = network.judge(images, truths)
        with torch.autocast("cpu", torch.bfloat16):
            losses, outputs = network.judge(images, truths)
    assert all(value.dtype == torch.float32 for value in outputs)
    assert all(abs(losses[name] - exact[name]) < 0.1 * exact[name] + 0.05 for name in exact)
    assert (outputs[0] - boxes).abs().max() < 4, "anchors are not rounded"


@types
def test_judging_gives_what_losses_and_forward_give(name: str) -> None:
    images, truths = scene(2, 64, seed=3)
    network = build(name).eval()
    with torch.inference_mode():
        losses, outputs = network.judge(images, truths)
        alone, forward = network.losses(images, truths), network(images)
    assert losses == alone
    assert all(torch.equal(one, two) for one, two in zip(outputs, forward, strict=True))


@types
def test_the_same_seed_gives_the_same_weights_and_losses(name: str) -> None:
    images, truths = scene(2, 64, seed=3)
    first, second = build(name, seed=7), build(name, seed=7)
    for one, two in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, two)
    for network in (first, second):
        optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
        learn(network, optimizer, images, truths)
    assert first.losses(images, truths) == second.losses(images, truths)


ONNX_CASES = [*((name, {}) for name in CASES), ("SSD", {"grids": "[5, 1]", "ratios": "[[1, 1], [2, 1]]"})]


@pytest.mark.parametrize(("name", "given"), ONNX_CASES, ids=[*CASES, "SSD-own-grids"])
def test_onnx_gives_what_torch_does_for_other_shapes_and_batches(name: str, given: Any, tmp_path: Path) -> None:
    network = build(name, **given).eval()
    path = tmp_path / "model.onnx"
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        axes = {"image": {0: "batch", 2: "height", 3: "width"}, **{key: dict(own) for key, own in DENSE.items()}}
        torch.onnx.export(
            network, (torch.randn(2, 3, 64, 64),), str(path), input_names=["image"], output_names=list(DENSE),
            opset_version=17, dynamo=False, dynamic_axes=axes,
        )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    for shape in ((2, 3, 64, 64), (1, 3, 96, 160), (3, 3, 32, 64)):
        images = torch.randn(shape)
        with torch.inference_mode():
            boxes, scores = (value.numpy() for value in network(images))
        found_boxes, found_scores = session.run(list(DENSE), {"image": images.numpy()})
        np.testing.assert_allclose(found_boxes, boxes, rtol=0, atol=1e-2)
        np.testing.assert_allclose(found_scores, scores, rtol=0, atol=1e-4)


@types
def test_every_object_of_8_to_90_pixels_is_learnt_by_some_candidate(name: str) -> None:
    """Were one not, moving it would not change the losses of boxes."""
    network = build(name, size=128).eval()
    image = torch.zeros(1, 3, 128, 128)
    with torch.inference_mode():
        raw = network.look(image)
    for side in (8.0, 11.0, 16.0, 23.0, 32.0, 45.0, 64.0, 90.0):
        for left in (0.0, 13.0, 37.0):
            truth = Truth(torch.tensor([[left, 19.0, left + side, 19 + side * 0.8]]), torch.tensor([1]))
            assert network.learn(*raw, truths=[truth])["box"] > 0, (side, left)


@pytest.mark.parametrize("backbone", ["mit_b0", "mobilenet_v2", "efficientnet-b0"])
@types
def test_other_kinds_of_backbones_find_and_learn(name: str, backbone: str) -> None:
    images, truths = scene(2, 64, seed=3)
    losses, (boxes, _) = build(name, backbone=backbone).judge(images, truths)
    assert all(loss.isfinite() for loss in losses.values())
    assert boxes.isfinite().all()


@pytest.mark.slow
@types
def test_network_learns_objects_it_has_never_seen(name: str) -> None:
    network = build(name, backbone="resnet18", size=96).train()
    steps = 200
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, steps, pct_start=0.1)
    for step in range(steps):
        learn(network, optimizer, *scene(4, 96, seed=step))
        schedule.step()
    images, truths = scene(40, 96, seed=10_000)
    assert precision(network, images, truths) >= 0.5
