"""The networks by themselves: names of backbones, building, weights of files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.models._smp import BACKBONES, library_name
from swath.engine.training.network import build_network
from swath.engine.training.problems import (
    BackboneFailedError,
    BadWeightsError,
    WeightsUnavailableError,
)

UNET = MODEL_TYPES.all()["UNET"]


def _spec(bands: int = 3, backbone: str = "resnet18", weights: str = "") -> NetworkSpec:
    return NetworkSpec(bands, 2, backbone, 64, weights)


@pytest.mark.parametrize("name", ["RESNET34", "DenseNet121", "VGG16_BN", "mobilenetv2", "DARKNET53", "ResNeXt50_32x4d"])
def test_backbone_names_of_other_programs_are_understood(name: str) -> None:
    assert UNET.parse_backbone(name) in UNET.backbones


def test_every_backbone_is_known_to_the_library() -> None:
    import segmentation_models_pytorch as smp
    import timm

    for name in BACKBONES:
        library = library_name(name)
        known = timm.list_models() if library.startswith("tu-") else smp.encoders.encoders
        assert library.removeprefix("tu-") in known


@pytest.mark.parametrize("backbone", ["timm:mobilenetv3_small_050", "darknet53", "vgg11", "densenet121"])
def test_networks_of_several_families_are_built_and_run(backbone: str) -> None:
    network = build_network(UNET, _spec(5, UNET.parse_backbone(backbone)), seed=0)
    assert network.training


def test_network_of_a_backbone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BackboneFailedError, match="no_such_net"):
        build_network(UNET, _spec(backbone="timm:no_such_net"), seed=0)


@pytest.mark.parametrize("bands", [1, 3, 6])
def test_weights_of_a_file_reach_the_backbone(tmp_path: Path, bands: int) -> None:
    donor = build_network(UNET, _spec(), seed=5).encoder
    file = tmp_path / "weights.safetensors"
    save_file({"encoder." + key: value.contiguous() for key, value in donor.state_dict().items()}, file)
    network = build_network(UNET, _spec(bands, weights=str(file)), seed=0)
    torch.testing.assert_close(network.encoder.layer4[0].conv1.weight, donor.layer4[0].conv1.weight)
    assert network.encoder.conv1.weight.shape[1] == bands
    if bands == 3:
        torch.testing.assert_close(network.encoder.conv1.weight, donor.conv1.weight)


def test_weights_that_are_no_plain_tensors_are_refused_unread(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "ran",))  # type: ignore[return-value]

    file = tmp_path / "evil.pth"
    torch.save({"state_dict": Evil()}, file)
    with pytest.raises(BadWeightsError, match="cannot be read"):
        build_network(UNET, _spec(weights=str(file)), seed=0)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", ["other", "missing"])
def test_weights_of_another_network_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.safetensors"
    if content == "other":
        save_file({"conv1.weight": torch.zeros(64, 3, 7, 7)}, file)
    with pytest.raises(BadWeightsError, match="resnet18"):
        build_network(UNET, _spec(weights=str(file)), seed=0)


def test_library_weights_without_a_network_name_the_file_to_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    from segmentation_models_pytorch import encoders

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(encoders, "hf_hub_download", fail)
    with pytest.raises(WeightsUnavailableError, match="resnet18") as caught:
        build_network(UNET, _spec(weights="DEFAULT"), seed=0)
    assert "model.safetensors" in str(caught.value)
    assert "BACKBONE_WEIGHTS" in str(caught.value)
