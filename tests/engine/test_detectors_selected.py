"""Networks that suppress inside: Faster R-CNN, Mask R-CNN, and those that answer to names of MMDetection."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from swath.engine.detections import decode
from swath.engine.models import MODEL_TYPES, BadArgumentError, NetworkSpec
from swath.engine.models._mm import NotCoveredError
from swath.engine.review.average_precision import Picture, evaluate
from swath.engine.training.detection.base import DENSE, SELECTED, Detector, Truth
from swath.engine.training.parts import make_robust

TYPES = MODEL_TYPES.all()
LIGHT = "timm:resnet10t"
CASES = [("FASTERRCNN", ""), ("MASKRCNN", ""), ("MMDETECTION", "double_heads")]
# As ArcGIS Pro lists them.
NAMES = (
    *("atss", "carafe", "cascade_rcnn", "cascade_rpn", "dcn", "detectors", "double_heads", "dynamic_rcnn"),
    *("empirical_attention", "fcos", "foveabox", "fsaf", "ghm", "hrnet", "libra_rcnn", "nas_fcos", "pafpn", "pisa"),
    *("regnet", "reppoints", "res2net", "sabl", "vfnet"),
)
COVERED = {
    "double_heads": LIGHT,
    "fcos": LIGHT,
    "hrnet": "timm:hrnet_w18_small",
    "regnet": "timm:regnetx_004",
    "res2net": "timm:res2net50_14w_8s",
}
# As little as a test needs: few boxes to learn from and to find, and those that are not sure as well.
FEW = {"rpn_post_nms_top_n_train": 24, "rpn_post_nms_top_n_test": 60, "box_detections_per_img": 30}
FEW |= {"box_batch_size_per_image": 32, "box_score_thresh": 0.02, "mask_batch_size_per_image": 4}
types = pytest.mark.parametrize(("name", "model"), CASES, ids=lambda item: item or None)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def build(name: str, model: str = "", bands: int = 3, seed: int = 0, backbone: str = LIGHT, **given: Any) -> Detector:
    """Return a light network of two classes for pieces of 64 pixels."""
    arguments = {**FEW, **TYPES[name].parse_arguments({"model": model})} if model else FEW
    arguments = {**arguments, **given}
    torch.manual_seed(seed)
    network = make_robust(TYPES[name].build(NetworkSpec(bands, 2, backbone, 64, arguments=arguments)))
    assert isinstance(network, Detector)
    return network


def scene(count: int, side: int, seed: int, bands: int = 3) -> tuple[Tensor, list[Truth]]:
    """Return pictures with bright rectangles (class 0) and dark ellipses (1) on noise, and their truths."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:side, :side] + 0.5
    images = rng.normal(0, 0.3, (count, bands, side, side)).astype(np.float32)
    truths = []
    for image in images:
        boxes, labels, masks = [], [], []
        taken = np.zeros((side, side), bool)
        for _ in range(rng.integers(1, 6)):
            width, height = rng.uniform(10, 36, 2)
            left, top = rng.uniform(0, side - width), rng.uniform(0, side - height)
            label = int(rng.integers(2))
            mask = (across > left) & (across < left + width) & (down > top) & (down < top + height)
            if label:
                middle = (across - left - width / 2) / width, (down - top - height / 2) / height
                mask = middle[0] ** 2 + middle[1] ** 2 < 0.25
            if (mask & taken).any():
                continue
            taken |= mask
            image[:, mask] += -1.5 if label else 1.5
            boxes.append((left, top, left + width, top + height))
            labels.append(label)
            masks.append(mask)
        truths.append(
            Truth(torch.tensor(np.asarray(boxes, np.float32)), torch.tensor(labels), torch.tensor(np.stack(masks)))
        )
    return torch.from_numpy(images), truths


def empty(side: int = 64) -> Truth:
    """Return the truth of a picture without objects."""
    return Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(0, side, side, dtype=torch.bool))


def train(network: Detector, images: Tensor, truths: list[Truth], steps: int, batch: int) -> list[float]:
    """Return the losses of some steps."""
    rate = 1e-3
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    picks = torch.Generator().manual_seed(0)
    losses = []
    network.train()
    for _ in range(steps):
        chosen = torch.randperm(len(images), generator=picks)[:batch].tolist()
        loss = torch.stack(list(network.losses(images[chosen], [truths[place] for place in chosen]).values())).sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    return losses


@functools.cache
def learnt(name: str, model: str) -> tuple[Detector, list[float], Tensor]:
    """Return a network that learnt two pictures for a few steps, the losses, and the pictures."""
    network = build(name, model)
    images, truths = scene(2, 64, 1)
    losses = train(network, images, truths, 12, 2)
    # So few steps leave the averages of batch normalisation behind the weights.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.losses(images, truths)
    return network, losses, images


def write(network: Detector, path: Path, bands: int = 3) -> onnxruntime.InferenceSession:
    """Write a network as ONNX as a training does it, and open it."""
    axes: dict[str, Mapping[int, str]] = {"image": {2: "height", 3: "width"}, **network.outputs}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), (torch.randn(1, bands, 64, 64),), str(path), input_names=["image"],
            output_names=list(network.outputs), opset_version=17, dynamo=False, dynamic_axes=axes,
        )  # fmt: skip
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def assert_partners(expected: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> None:
    """Each object has a partner of the same class, as sure, in the same place and with the same outline."""
    assert {name: item.shape for name, item in expected.items()} == {name: item.shape for name, item in found.items()}
    for place in range(expected["scores"].shape[1]):
        near = (
            (found["labels"][0] == expected["labels"][0, place])
            & (np.abs(found["scores"][0] - expected["scores"][0, place]) < 1e-3)
            & (np.abs(found["boxes"][0] - expected["boxes"][0, place]) < 0.05).all(1)
        )
        assert near.any()
        if "masks" in expected:
            off = np.abs(found["masks"][0][near] - expected["masks"][0, place]).max((1, 2))
            assert off.min() < 1e-3


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


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_mmdetection_has_a_network_or_a_remedy(name: str) -> None:
    if name in COVERED:
        for text in (name, name.upper(), f" {name} "):
            assert TYPES["MMDETECTION"].parse_arguments({"model": text})["model"] == name
        described = next(item.help for item in TYPES["MMDETECTION"].arguments if item.name == "model")
        assert f"{name} is " in described
        return
    with pytest.raises(NotCoveredError, match=f"'{name}' of MMDetection") as caught:
        TYPES["MMDETECTION"].parse_arguments({"model": name})
    nearest = str(caught.value).split("use ")[1].split(", which")[0].split(" or ")
    others = {item.removeprefix("the model type ") for item in nearest}
    assert others <= {*COVERED, *TYPES}


@pytest.mark.parametrize("name", COVERED)
def test_network_of_the_family_is_built_and_says_what_it_gives(name: str) -> None:
    arguments = TYPES["MMDETECTION"].parse_arguments({"model": name})
    backbone = TYPES["MMDETECTION"].parse_backbone(COVERED[name], arguments)
    network = build("MMDETECTION", name, 4, backbone=backbone).eval()
    assert tuple(network.outputs) == tuple(DENSE if name == "fcos" else SELECTED)
    with torch.no_grad():
        outputs = network(torch.randn(1, 4, 64, 64))
    assert outputs[0].shape[-1] == 4


@pytest.mark.slow
@pytest.mark.parametrize(("name", "model"), CASES)
def test_network_learns_to_find_objects_of_other_pictures(name: str, model: str) -> None:
    torch.set_num_threads(2)
    network = build(name, model, backbone="resnet18")
    train(network, *scene(96, 128, 10), 160, 4)
    images, truths = scene(16, 128, 11)
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
