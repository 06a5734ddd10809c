"""The names of MMDetection: which network answers to each, and what is said where none does."""

from __future__ import annotations

import pytest
import torch
from selected_cases import LIGHT, TYPES, build

from swath.engine.models._mm import NotCoveredError
from swath.engine.training.detection.base import DENSE, SELECTED

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


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


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
