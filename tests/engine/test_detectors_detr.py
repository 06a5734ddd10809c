"""Networks with queries (DETREG, RTDETRV2): they build, learn, export and find again what they have learnt."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from detr_cases import SIDE, TYPES, build, chips, nothing
from torch import Tensor

from swath.engine.models import ModelType, rtdetrv2
from swath.engine.review.average_precision import Picture, curves
from swath.engine.training.detection.base import DENSE, Detector, Truth
from swath.engine.training.detection.chosen import chosen_difference


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=TYPES, ids=lambda item: item.id)
def model_type(request: pytest.FixtureRequest) -> ModelType:
    """Return each model type in turn."""
    found: ModelType = request.param
    return found


def average_precision(network: Detector, images: Tensor, truths: list[Truth]) -> float:
    """Return the mean AP50 of both classes."""
    network.eval()
    with torch.inference_mode():
        boxes, scores = (value.double().numpy() for value in network(images))
    network.train()
    pictures = []
    for box, score, truth in zip(boxes, scores, truths, strict=True):
        rows, channels = np.nonzero(np.ones(score.shape))
        true = truth.boxes.double().numpy(), truth.labels.numpy()
        pictures.append(Picture(box[rows], score[rows, channels], channels, *true))
    return float(np.mean([curve.ap for curve in curves(pictures, 2, 0.5)]))


@pytest.mark.parametrize("bands", [1, 3, 8])
def test_building_for_any_bands_gives_boxes_and_scores(model_type: ModelType, bands: int) -> None:
    network = build(model_type, bands, finest_stride="4" if bands == 8 else "8").eval()

    with torch.inference_mode():
        boxes, scores = network(torch.randn(2, bands, SIDE, SIDE))

    assert network.outputs == DENSE
    assert (network.classes, network.fixed, model_type.fixed_tile) == (2, True, True)
    assert (boxes.shape, scores.shape) == ((2, 20, 4), (2, 20, 2))
    assert (boxes.dtype, scores.dtype) == (torch.float32, torch.float32)
    assert bool((boxes[..., 2:] >= boxes[..., :2]).all())
    assert bool(((scores >= 0) & (scores <= 1)).all())
    assert sum(parameter.numel() for parameter in network.get_submodule("network.backbone.encoder").parameters()) > 1e6


def test_a_transformer_backbone_and_one_of_timm_work(model_type: ModelType) -> None:
    for backbone in ("mit_b0", "timm:mobilenetv3_small_050"):
        network = build(model_type, backbone=backbone)
        losses = network.losses(*chips(SIDE, 2))
        assert bool(torch.isfinite(sum(losses.values())))


def test_more_queries_than_cells_are_as_many_as_cells(model_type: ModelType) -> None:
    network = build(model_type, queries=300).eval()

    with torch.inference_mode():
        boxes, _ = network(torch.randn(1, 3, SIDE, SIDE))

    assert boxes.shape[1] == sum((SIDE // stride) ** 2 for stride in (8, 16, 32))


def test_building_asks_no_host(model_type: ModelType, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"it asks {given[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    build(model_type)


def test_arguments_shape_the_network(model_type: ModelType) -> None:
    def layers(network: Detector, part: str) -> int:
        pattern = re.compile(rf"{part}[.\w]*\.layers\.(\d+)\.self_attn")
        found = [pattern.search(name) for name, _ in network.named_parameters()]
        return len({match[1] for match in found if match})

    plain, rich = build(model_type), build(model_type, encoder_layers=2, decoder_layers=4, hidden_size="128")

    assert (layers(plain, "encoder"), layers(plain, "decoder")) == (1, 2)
    assert (layers(rich, "encoder"), layers(rich, "decoder")) == (2, 4)
    assert rich.get_parameter("network.decoder.layers.0.self_attn.q_proj.weight").shape == (128, 128)


def test_rtdetr_learns_without_attention_and_without_noisy_copies() -> None:
    network = build(rtdetrv2.MODEL_TYPE, encoder_layers=0, denoising=0)

    losses = network.losses(*chips(SIDE, 2))
    sum(losses.values()).backward()

    assert not any("denoising" in name for name, _ in network.named_parameters())
    assert bool(torch.isfinite(sum(losses.values())))


@pytest.mark.parametrize("training", [True, False])
def test_losses_with_and_without_objects_are_finite_and_reach_the_weights(
    model_type: ModelType, training: bool
) -> None:
    network = build(model_type).train(training)
    images, truths = chips(SIDE, 2)
    for learnt in (truths, [truths[0], nothing()], [nothing(), nothing()]):
        network.zero_grad()
        losses = network.losses(images, learnt)
        sum(losses.values()).backward()
        gradients = {name: item.grad for name, item in network.named_parameters() if item.grad is not None}

        assert set(losses) == {"class", "box", "overlap"}
        assert all(loss.shape == () and loss.dtype == torch.float32 for loss in losses.values())
        assert all(bool(torch.isfinite(gradient).all()) for gradient in gradients.values())
        assert any(name.startswith("network.backbone") and bool(item.any()) for name, item in gradients.items())


def test_half_precision_around_it_leaves_losses_and_boxes_in_float32(model_type: ModelType) -> None:
    network, (images, truths) = build(model_type), chips(SIDE, 2)

    torch.manual_seed(1)
    exact = network.losses(images, truths)
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        half, (boxes, scores) = network.judge(images, truths)

    assert (boxes.dtype, scores.dtype) == (torch.float32, torch.float32)
    for name, loss in half.items():
        assert loss.dtype == torch.float32
        assert loss.item() == pytest.approx(exact[name].item(), rel=0.2)
        assert loss.item() != exact[name].item(), "the backbone did not use half precision"


def test_judging_gives_the_losses_and_the_outputs(model_type: ModelType) -> None:
    network, (images, truths) = build(model_type).eval(), chips(SIDE, 2)

    with torch.inference_mode():
        losses, outputs = network.judge(images, truths)
        alone, found = network.losses(images, truths), network(images)

    assert {name: float(loss) for name, loss in losses.items()} == pytest.approx(
        {name: float(loss) for name, loss in alone.items()}
    )
    for one, two in zip(outputs, found, strict=True):
        torch.testing.assert_close(one, two)


def test_the_same_seed_gives_the_same_network_and_losses(model_type: ModelType) -> None:
    def run(seed: int) -> tuple[Mapping[str, Tensor], list[float]]:
        network = build(model_type, seed=seed)
        optimizer = torch.optim.SGD(network.parameters(), 1e-3)
        seen = []
        for _ in range(2):
            loss = sum(network.losses(*chips(SIDE, 2)).values())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append(float(loss.detach()))
        return network.state_dict(), seen

    (weights, losses), (others, again), (_, different) = run(0), run(0), run(1)

    assert losses == again
    assert all(torch.equal(value, others[name]) for name, value in weights.items())
    assert losses != different


def test_validation_between_steps_leaves_training_working(model_type: ModelType) -> None:
    network, (images, truths) = build(model_type), chips(SIDE, 2)
    # The libraries keep anchors of a size; those of inference mode must not come back in a step.
    network.eval()
    with torch.inference_mode():
        network(images)
    network.train()

    sum(network.losses(images, truths).values()).backward()


def test_learning_one_batch_lowers_its_loss(model_type: ModelType) -> None:
    network, (images, truths) = build(model_type, queries=40), chips(SIDE, 2)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    seen = []
    for _ in range(10):
        torch.manual_seed(0)
        losses = network.losses(images, truths)
        loss = sum(losses.values())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        seen.append(float(loss.detach()))

    assert seen[-1] < 0.9 * seen[0]


def test_a_network_that_has_lost_its_way_says_so_by_its_loss(model_type: ModelType) -> None:
    network = build(model_type)
    with torch.no_grad():
        for parameter in network.get_submodule("network.decoder").parameters():
            parameter.fill_(float("nan"))

    losses = network.losses(*chips(SIDE, 2))

    assert not bool(torch.isfinite(sum(losses.values())))


def test_the_parameters_that_learn_slowly_are_those_of_the_backbone(model_type: ModelType) -> None:
    network = build(model_type)
    slow = {name for name, _ in network.named_parameters() if name.startswith(network.slow)}
    own = {f"network.backbone.encoder.{name}" for name, _ in network.encoder.named_parameters()}

    assert slow == own
    assert network.rates is not None
    assert network.rates[1] <= network.rates[0] <= network.rates[2]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("side", [64, *(pytest.param(side, marks=pytest.mark.slow) for side in (32, 128))])
def test_the_onnx_file_gives_what_torch_gives_for_any_batch(model_type: ModelType, side: int, tmp_path: Path) -> None:
    network = build(model_type, side=side, queries=max(side // 4, 10))
    images, truths = chips(side, 3)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    for _ in range(3):
        optimizer.zero_grad()
        sum(network.losses(images, truths).values()).backward()
        optimizer.step()
    path = tmp_path / "network.onnx"

    torch.onnx.export(
        network.eval(), (images[:2],), str(path), input_names=["image"], output_names=list(network.outputs),
        opset_version=17, dynamo=False,
        dynamic_axes={"image": {0: "batch"}, **{name: {0: "batch"} for name in network.outputs}},
    )  # fmt: skip

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for batch in (images, images[:1]):
        with torch.inference_mode():
            expected = [value.numpy() for value in network(batch)]
        found = session.run(list(network.outputs), {"image": batch.numpy()})
        box, score = chosen_difference(*expected, *found)
        assert box <= 1e-2
        assert score <= 1e-4


def test_comparing_matches_swapped_candidates_and_lets_a_few_go() -> None:
    random = np.random.default_rng(0)
    boxes, scores = random.uniform(0, 100, (1, 100, 4)), random.uniform(0, 1, (1, 100, 2))
    order = random.permutation(100)

    assert chosen_difference(boxes, scores, boxes[:, order], scores[:, order]) == (0.0, 0.0)
    assert chosen_difference(boxes, scores, boxes + 0.5, scores) == pytest.approx((0.5, 0.0))
    assert chosen_difference(boxes, scores, boxes[:, :50], scores[:, :50]) == (float("inf"), float("inf"))
    others = boxes.copy()
    others[0, :2] += 50
    assert chosen_difference(boxes, scores, others, scores) == (0.0, 0.0)
    others[0, :3] += 50
    assert chosen_difference(boxes, scores, others, scores) == (float("inf"), float("inf"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_four_chips_are_found_again(model_type: ModelType) -> None:
    side, steps, rate = 128, 120, 2e-3
    network = build(model_type, side=side, queries=50, backbone="resnet18", encoder_layers=1, decoder_layers=3)
    images, truths = chips(side, 4, objects=4)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        sum(network.losses(images, truths).values()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()

    assert average_precision(network, images, truths) >= 0.8
