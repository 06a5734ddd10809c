"""The networks by themselves: names of backbones, building, freezing, single chips, pooling in ONNX."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from swath.engine.models import MODEL_TYPES, BadBackboneError, ModelType, NetworkSpec
from swath.engine.models._smp import BACKBONES, CONVOLUTIONAL, DILATED, TRANSFORMERS, library_name
from swath.engine.training.network import build_network, freeze_encoder
from swath.engine.training.parts import AdaptivePool, PatientBatchNorm, Pyramid, make_robust
from swath.engine.training.problems import BackboneFailedError

UNET = MODEL_TYPES.all()["UNET"]


def _spec(bands: int = 3, backbone: str = "resnet18", **values: object) -> NetworkSpec:
    return NetworkSpec(bands, 2, backbone, 64, **values)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("RESNET34", "resnet34"),
        ("ResNet-101", "resnet101"),
        ("DenseNet121", "densenet121"),
        ("DENSENET_201", "densenet201"),
        ("VGG16_BN", "vgg16_bn"),
        ("vgg-16-bn", "vgg16_bn"),
        ("VGG16", "vgg16"),
        ("mobilenetv2", "mobilenet_v2"),
        ("MOBILENETV2", "mobilenet_v2"),
        ("DARKNET53", "darknet53"),
        ("DarkNet-53", "darknet53"),
        ("RESNEXT50", "resnext50_32x4d"),
        (" timm: regnety_002 ", "timm:regnety_002"),
        ("TIMM:regnety_002", "timm:regnety_002"),
    ],
)
def test_backbone_names_of_other_programs_are_understood(name: str, known: str) -> None:
    assert UNET.parse_backbone(name) == known


@pytest.mark.parametrize(
    "name", ["timm:", "timm:../x", "timm:hf-hub:some/thing", "timm:local-dir:here", "resnet", "vgg"]
)
def test_names_that_are_no_backbones_are_refused(name: str) -> None:
    with pytest.raises(BadBackboneError, match="timm:NAME"):
        UNET.parse_backbone(name)


def test_every_backbone_that_arcgis_names_is_offered_for_the_unet() -> None:
    named = [f"RESNET{depth}" for depth in (18, 34, 50, 101, 152)]
    named += [f"DENSENET{depth}" for depth in (121, 161, 169, 201)]
    named += [f"VGG{depth}{ending}" for depth in (11, 13, 16, 19) for ending in ("", "_BN")]
    named += ["MOBILENETV2", "DARKNET53"]
    found = [UNET.parse_backbone(name) for name in named]
    assert len(set(found)) == len(named)
    assert set(found) <= set(UNET.backbones)


def test_every_backbone_is_known_to_the_library() -> None:
    import segmentation_models_pytorch as smp
    import timm

    for name in BACKBONES:
        library = library_name(name)
        known = timm.list_models() if library.startswith("tu-") else smp.encoders.encoders
        assert library.removeprefix("tu-") in known


def test_backbones_that_a_network_cannot_take_are_not_offered() -> None:
    types = MODEL_TYPES.all()
    for name in ("DEEPLAB", "DEEPLABV3PLUS", "PAN"):
        assert set(types[name].backbones) == set(DILATED)
        assert not any(item.startswith(("vgg", "densenet", "mit")) for item in types[name].backbones)
    for name in ("UNETPLUSPLUS", "LINKNET"):
        assert set(types[name].backbones) == set(CONVOLUTIONAL)
        assert not set(types[name].backbones) & set(TRANSFORMERS)


@pytest.mark.parametrize("backbone", ["timm:mobilenetv3_small_050", "darknet53", "vgg11", "densenet121"])
def test_networks_of_several_families_are_built_and_run(backbone: str) -> None:
    network = build_network(UNET, _spec(5, UNET.parse_backbone(backbone)), seed=0)
    assert network.training


@pytest.mark.parametrize("model_type", [UNET, MODEL_TYPES.all()["PSPNET"]], ids=["UNET", "PSPNET"])
def test_network_of_a_backbone_that_does_not_exist_is_refused(model_type: ModelType) -> None:
    with pytest.raises(BackboneFailedError, match="no_such_net"):
        build_network(model_type, _spec(backbone="timm:no_such_net"), seed=0)


def test_timm_backbone_that_does_not_suit_the_network_is_refused_by_name() -> None:
    with pytest.raises(BackboneFailedError, match="timm:swin_tiny"):
        build_network(MODEL_TYPES.all()["DEEPLAB"], _spec(backbone="timm:swin_tiny_patch4_window7_224"), seed=0)


@pytest.mark.parametrize(
    ("bands", "scheme", "learns"),
    [(3, "RANDOM", False), (5, "RANDOM", True), (5, "RED_BAND", False), (3, "ALL_RANDOM", True), (1, "RANDOM", False)],
)
def test_frozen_backbone_learns_only_in_a_first_layer_with_random_numbers(bands, scheme, learns) -> None:
    spec = _spec(bands, weight_init=scheme)
    network = build_network(UNET, spec, seed=0)
    encoder = freeze_encoder(network, spec)
    assert encoder is network.encoder
    names = [name for name, value in encoder.named_parameters() if value.requires_grad]
    assert names == (["conv1.weight"] if learns else [])
    assert all(value.requires_grad for value in network.decoder.parameters())


@settings(max_examples=60, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), rows=st.integers(1, 9), columns=st.integers(1, 9))
def test_pooling_for_onnx_gives_what_adaptive_pooling_gives(height: int, width: int, rows: int, columns: int) -> None:
    feature = torch.rand(2, 3, height, width)
    pool = AdaptivePool(rows, columns)
    expected = nn.functional.adaptive_avg_pool2d(feature, (rows, columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.onnx, "is_in_onnx_export", lambda: True)
        torch.testing.assert_close(pool(feature), expected, atol=1e-6, rtol=1e-5)
    assert torch.equal(pool(feature), expected)


@pytest.mark.parametrize("sizes", [[1, 2, 3, 6], [1], [2, 5, 7], [8, 8, 8]])
def test_pyramid_has_a_level_for_each_size(sizes: list[int]) -> None:
    pyramid = Pyramid(64, sizes).eval()
    assert pyramid(torch.rand(2, 64, 9, 7)).shape == (2, pyramid.channels, 9, 7)
    assert [level[0].output_size for level in pyramid.levels] == sizes


def test_batch_normalisation_takes_single_values_and_is_otherwise_unchanged() -> None:
    plain = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    robust = make_robust(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)))
    assert type(robust[1]) is PatientBatchNorm
    assert list(robust.state_dict()) == list(plain.state_dict())
    robust.load_state_dict(plain.state_dict())
    several = torch.rand(2, 3, 5, 5)
    torch.testing.assert_close(robust(several), plain(several))
    torch.testing.assert_close(robust[1].running_var, plain[1].running_var)
    with pytest.raises(ValueError, match="more than 1 value"):
        plain(torch.rand(1, 3, 1, 1))
    before = robust[1].running_mean.clone()
    robust(torch.rand(1, 3, 1, 1)).sum().backward()
    assert torch.equal(robust[1].running_mean, before)
    assert robust[1].training


def test_pooling_to_one_value_is_left_to_the_library() -> None:
    network = make_robust(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Sequential(nn.AdaptiveAvgPool2d((3, 5)))))
    assert type(network[0]) is nn.AdaptiveAvgPool2d
    assert type(network[1][0]) is AdaptivePool
    assert network(torch.rand(1, 2, 4, 4)).shape == (1, 2, 3, 5)
