"""Model types with many backbones: all of them in ``make test-all``, a sample in ``make test``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from model_cases import BANDS, FAMILY, TYPES, go_the_whole_way, heavy_backbone, least_side, light_backbone

from swath.engine.models import MODEL_TYPES, ModelType, NetworkSpec
from swath.engine.models._mmdet import FAMILIES as DETECTORS
from swath.engine.models._mmseg import FAMILIES
from swath.engine.training.detection.base import Detector, Truth
from swath.engine.training.network import build_network

MMSEG = MODEL_TYPES.all()["MMSEGMENTATION"]
MMDET = MODEL_TYPES.all()["MMDETECTION"]
# Every backbone that is offered, with arguments under which it is.
PAIRS: list[tuple[ModelType, dict[str, Any], str]] = (
    [(item, {}, name) for item in TYPES if item not in (MMSEG, MMDET) for name in item.backbones]
    + [(MMSEG, {"model": model}, name) for model, family in FAMILIES.items() for name in family.backbones.names]
    + [(MMDET, {"model": model}, name) for model, family in DETECTORS.items() for name in family.backbones.names]
)
VARIANTS: list[tuple[ModelType, dict[str, Any]]] = [(MMSEG, {"model": name}) for name in FAMILIES] + [
    *((MMDET, {"model": name}) for name in DETECTORS),
    (MODEL_TYPES.all()["PSPNET"], {"use_unet": False}),
    (MODEL_TYPES.all()["PSPNET"], {"pyramid_sizes": [2, 5]}),
]


def _name(model_type: ModelType, given: dict[str, Any], *rest: object) -> str:
    return "-".join(str(part) for part in (model_type.id, *given.values(), *rest))


def _sample() -> list[tuple[ModelType, dict[str, Any], str]]:
    """Return one pair a type, of another place in its list each; the largest are left to the full run."""
    chosen = []
    for place, model_type in enumerate(TYPES):
        pairs = [pair for pair in PAIRS if pair[0] is model_type and not pair[2].endswith(("152", "201", "b5", "48"))]
        chosen.append(pairs[(7 * place + 5) % len(pairs)])
    return chosen


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _build(model_type: ModelType, given: dict[str, Any], backbone: str) -> None:
    """Build a pair, and go through it there and back with a single chip."""
    light = FAMILY.get(model_type.id, {}) if model_type.task == "OBJECTS" else {}
    arguments = model_type.parse_arguments(light | given)
    assert model_type.parse_backbone(backbone, arguments) == backbone
    side = least_side(model_type)
    network = build_network(model_type, NetworkSpec(4, 3, backbone, side, arguments=arguments), seed=0)
    if isinstance(network, Detector):
        truth = Truth(torch.tensor([[4.0, 4.0, 30.0, 40.0]]), torch.tensor([1]), torch.ones(1, side, side) > 0)
        torch.stack(list(network.losses(torch.rand(2, 4, side, side), [truth] * 2).values())).sum().backward()
        return
    raw = network(torch.rand(1, 4, side, side))
    assert raw.shape == (1, 3, side, side)
    raw.square().mean().backward()
    assert all(torch.isfinite(value.grad).all() for value in network.parameters() if value.grad is not None)


@pytest.mark.parametrize(
    ("model_type", "given", "backbone"), [pytest.param(*pair, id=_name(*pair)) for pair in _sample()]
)
def test_sampled_backbone_builds(model_type: ModelType, given: dict[str, Any], backbone: str) -> None:
    _build(model_type, given, backbone)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("model_type", "given", "backbone"), [pytest.param(*pair, id=_name(*pair)) for pair in PAIRS])
def test_every_offered_backbone_builds(model_type: ModelType, given: dict[str, Any], backbone: str) -> None:
    _build(model_type, given, backbone)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("bands", BANDS)
@pytest.mark.parametrize("weight", ["light", "heavy"])
@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_goes_the_whole_way(model_type: ModelType, weight: str, bands: int, tmp_path: Path) -> None:
    choose = light_backbone if weight == "light" else heavy_backbone
    go_the_whole_way(model_type, bands, choose(model_type, model_type.parse_arguments({})), {}, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("model_type", "given", "bands"),
    [pytest.param(*item, BANDS[n % 3], id=_name(*item)) for n, item in enumerate(VARIANTS)],
)
def test_variant_goes_the_whole_way(model_type: ModelType, given: dict[str, Any], bands: int, tmp_path: Path) -> None:
    backbone = light_backbone(model_type, model_type.parse_arguments(given))
    go_the_whole_way(model_type, bands, backbone, given, tmp_path)
