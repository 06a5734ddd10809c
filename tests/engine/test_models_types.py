"""What single model types take: arguments, the names of MMSegmentation, backbones that go together."""

from __future__ import annotations

import pytest
import torch

from swath.engine.models import MODEL_TYPES, BadArgumentError, BadBackboneError, NetworkSpec, split_arguments
from swath.engine.models._mm import NotCoveredError
from swath.engine.training.network import build_network

TYPES = MODEL_TYPES.all()
MMSEG = TYPES["MMSEGMENTATION"]
PSPNET = TYPES["PSPNET"]
# As ArcGIS Pro lists them.
NAMES = (
    *("ann", "apcnet", "ccnet", "cgnet", "danet", "deeplabv3", "deeplabv3plus"),
    *("dmnet", "dnlnet", "emanet", "encnet", "fastscnn", "fcn", "gcnet"),
    *("hrnet", "mobilenet_v2", "mobilenet_v3", "nonlocal_net", "ocrnet", "ocrnet_base", "pointrend"),
    *("psanet", "pspnet", "resnest", "sem_fpn", "unet", "upernet"),
)
COVERED = (
    *("deeplabv3", "deeplabv3plus", "fcn", "gcnet", "hrnet", "mobilenet_v2", "mobilenet_v3"),
    *("nonlocal_net", "pspnet", "resnest", "sem_fpn", "unet", "upernet"),
)


def test_unet_is_the_first_for_classified_tiles() -> None:
    assert next(iter(TYPES)) == "UNET"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_mmsegmentation_has_a_network_or_a_remedy(name: str) -> None:
    if name in COVERED:
        for text in (name, name.upper(), f" {name} "):
            assert MMSEG.parse_arguments({"model": text})["model"] == name
        return
    with pytest.raises(NotCoveredError, match=f"'{name}'") as caught:
        MMSEG.parse_arguments({"model": name})
    nearest = str(caught.value).split("use ")[1].split(", which")[0].split(" or ")
    assert set(nearest) <= set(COVERED)


@pytest.mark.parametrize("name", COVERED)
def test_network_of_the_family_is_built_with_the_default_of_its_name(name: str) -> None:
    arguments = MMSEG.parse_arguments({"model": name})
    backbone = MMSEG.parse_backbone("", arguments)
    own = {"hrnet": "timm:hrnet_w18", "resnest": "timm:resnest50d", "mobilenet_v2": "mobilenet_v2"}
    own["mobilenet_v3"] = "timm:mobilenetv3_large_100"
    assert backbone == own.get(name, "resnet50")
    light = backbone if name in own and name != "resnest" else MMSEG.offered(arguments).names[-1]
    light = "resnet18" if "resnet18" in MMSEG.offered(arguments).names else light
    network = build_network(MMSEG, NetworkSpec(4, 3, light, 64, arguments=arguments), seed=0)
    assert network(torch.rand(1, 4, 64, 96)).shape == (1, 3, 64, 96)


@pytest.mark.parametrize(
    ("name", "backbone"),
    [
        ("deeplabv3", "densenet121"),
        ("fcn", "vgg16"),
        ("hrnet", "resnet50"),
        ("hrnet", "timm:resnet50"),
        ("resnest", "resnet50"),
        ("mobilenet_v2", "resnet50"),
        ("mobilenet_v2", "timm:mobilenetv2_100"),
        ("mobilenet_v3", "mobilenet_v2"),
    ],
)
def test_backbone_that_a_network_of_the_family_cannot_take_is_refused(name: str, backbone: str) -> None:
    with pytest.raises(BadBackboneError, match="MMSEGMENTATION"):
        MMSEG.parse_backbone(backbone, MMSEG.parse_arguments({"model": name}))


def test_backbone_of_the_same_family_is_taken() -> None:
    assert MMSEG.parse_backbone("timm:hrnet_w30", {"model": "hrnet"}) == "timm:hrnet_w30"
    assert MMSEG.parse_backbone("VGG16", {"model": "unet"}) == "vgg16"


@pytest.mark.parametrize("value", [False, "False", "false", 0])
def test_model_weight_may_be_false(value: object) -> None:
    assert MMSEG.parse_arguments({"model_weight": value})["model_weight"] is False


@pytest.mark.parametrize("value", [True, "true", "configs/unet.py"])
def test_model_weight_names_the_parameters_for_weights(value: object) -> None:
    with pytest.raises(BadArgumentError, match="BACKBONE_WEIGHTS"):
        MMSEG.parse_arguments({"model_weight": value})


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("pyramid_sizes [1,2,4]", [1, 2, 4]), ('{"pyramid_sizes": [3]}', [3]), ("pyramid_sizes 1,2", [1, 2])],
)
@pytest.mark.parametrize("use_unet", [True, False])
def test_pyramid_has_the_sizes_that_are_given(text: str, sizes: list[int], use_unet: bool) -> None:
    arguments = PSPNET.parse_arguments(split_arguments(text) | {"use_unet": use_unet})
    network = build_network(PSPNET, NetworkSpec(3, 2, "resnet18", 64, arguments=arguments), seed=0)
    pools = [module.size for module in network.modules() if type(module).__name__ == "AdaptivePool"]
    assert pools == [(size, size) for size in sizes if size > 1]
    assert ("unet" in dict(network.decoder.named_children())) == use_unet


@pytest.mark.parametrize("value", ["[]", "[0, 1]", "[1, 99]", "[1.5]", "many"])
def test_pyramid_sizes_that_make_no_sense_are_refused(value: str) -> None:
    with pytest.raises(BadArgumentError, match="pyramid_sizes"):
        PSPNET.parse_arguments({"pyramid_sizes": value})


def test_spellings_of_older_help_pages_are_understood() -> None:
    found = PSPNET.parse_arguments({"use_net": "False", "focus_loss": "True"})
    assert found["use_unet"] is False
    assert found["focal_loss"] is True
    assert "use_net" not in found


@pytest.mark.parametrize("backbone", ["densenet121", "vgg11", "mit_b0", "mobilenet_v2"])
def test_plain_pspnet_takes_backbones_without_dilation(backbone: str) -> None:
    arguments = PSPNET.parse_arguments({"use_unet": False})
    network = build_network(PSPNET, NetworkSpec(3, 2, backbone, 64, arguments=arguments), seed=0)
    assert network(torch.rand(1, 3, 96, 64)).shape == (1, 2, 96, 64)
