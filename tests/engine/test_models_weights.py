"""Weights of backbones: which file, which tensors, how many bands, and what is refused."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from swath.engine.models import MODEL_TYPES, WEIGHT_INITS, NetworkSpec
from swath.engine.models._smp import library_name
from swath.engine.training import weights
from swath.engine.training.network import build_network
from swath.engine.training.problems import BadWeightsError, NoLibraryWeightsError, WeightsUnavailableError

UNET = MODEL_TYPES.all()["UNET"]


def _spec(bands: int = 3, backbone: str = "resnet18", file: Path | str = "", **values: object) -> NetworkSpec:
    return NetworkSpec(bands, 2, backbone, 64, str(file), **values)


@pytest.fixture(scope="module")
def donor() -> torch.nn.Module:
    return build_network(UNET, _spec(), seed=5).encoder


def _tensors(network: torch.nn.Module, prefix: str = "") -> dict[str, torch.Tensor]:
    return {prefix + name: value.clone().contiguous() for name, value in network.state_dict().items()}


@pytest.fixture
def file(tmp_path: Path, donor: torch.nn.Module) -> Path:
    path = tmp_path / "weights.safetensors"
    save_file(_tensors(donor), path)
    return path


@pytest.mark.parametrize("prefix", ["", "encoder.", "network.encoder.", "backbone.", "module."])
def test_weights_of_a_file_reach_the_backbone_whatever_their_prefix(tmp_path: Path, donor, prefix: str) -> None:
    save_file(_tensors(donor, prefix), tmp_path / "w.safetensors")
    network = build_network(UNET, _spec(file=tmp_path / "w.safetensors"), seed=0)
    for name, value in donor.state_dict().items():
        assert torch.equal(network.encoder.state_dict()[name], value)


def test_weights_of_a_pytorch_file_are_read_too(tmp_path: Path, donor) -> None:
    torch.save({"epoch": 3, "state_dict": _tensors(donor, "model.")}, tmp_path / "w.pth")
    network = build_network(UNET, _spec(file=tmp_path / "w.pth"), seed=0)
    assert torch.equal(network.encoder.conv1.weight, donor.conv1.weight)


@pytest.mark.parametrize("scheme", WEIGHT_INITS)
@pytest.mark.parametrize("bands", [1, 2, 3, 4, 8])
def test_first_layer_is_made_for_the_bands(file: Path, donor, bands: int, scheme: str) -> None:
    network = build_network(UNET, _spec(bands, file=file, weight_init=scheme), seed=0)
    random = build_network(UNET, _spec(bands), seed=0).encoder.conv1.weight
    found, loaded = network.encoder.conv1.weight, donor.conv1.weight
    assert found.shape == (64, bands, 7, 7)
    torch.testing.assert_close(network.encoder.layer4[0].conv1.weight, donor.layer4[0].conv1.weight)
    if scheme == "ALL_RANDOM":
        assert torch.equal(found, random)
    elif bands >= 3:
        assert torch.equal(found[:, :3], loaded)
        extra = random[:, 3:] if scheme == "RANDOM" else loaded[:, :1].expand(-1, bands - 3, -1, -1)
        assert torch.equal(found[:, 3:], extra)
    else:
        # A grey picture excites the filters as a coloured one with three equal bands does.
        grey = torch.rand(1, 1, 16, 16)
        expected = torch.nn.functional.conv2d(grey.expand(-1, 3, -1, -1), loaded)
        if bands == 1:
            torch.testing.assert_close(torch.nn.functional.conv2d(grey, found), expected)


def test_weight_init_acts_only_on_loaded_weights() -> None:
    one, two = (build_network(UNET, _spec(5, weight_init=item), seed=0).state_dict() for item in ("RANDOM", "RED_BAND"))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_weights_for_as_many_bands_as_ours_are_taken_as_they_are(tmp_path: Path) -> None:
    donor = build_network(UNET, _spec(6), seed=5)
    save_file(_tensors(donor), tmp_path / "model_best.safetensors")
    network = build_network(UNET, _spec(6, file=tmp_path / "model_best.safetensors"), seed=0)
    assert torch.equal(network.encoder.conv1.weight, donor.encoder.conv1.weight)


def test_weights_for_other_bands_than_three_or_ours_are_refused(tmp_path: Path) -> None:
    save_file(_tensors(build_network(UNET, _spec(6), seed=5)), tmp_path / "w.safetensors")
    with pytest.raises(BadWeightsError, match="first layer is not for 3 bands"):
        build_network(UNET, _spec(4, file=tmp_path / "w.safetensors"), seed=0)


@pytest.mark.parametrize(
    ("backbone", "published"),
    [
        ("resnet18", "torchvision"),
        ("densenet121", "torchvision"),
        ("vgg11_bn", "torchvision"),
        ("mobilenet_v2", "torchvision"),
        ("darknet53", "timm"),
        ("timm:resnest14d", "timm"),
        ("timm:mobilenetv3_small_050", "timm"),
    ],
)
def test_weights_of_whole_classifiers_fit_their_backbones(tmp_path: Path, backbone: str, published: str) -> None:
    import timm
    import torchvision

    make = torchvision.models.get_model if published == "torchvision" else timm.create_model
    whole = make(backbone.removeprefix("timm:"))
    save_file(_tensors(whole), tmp_path / "model.safetensors")
    encoder = build_network(UNET, _spec(4, backbone, tmp_path), seed=0).encoder
    state, given = encoder.state_dict(), [value for value in whole.state_dict().values() if value.ndim == 4]
    convolutions = [value for value in state.values() if value.ndim == 4]
    equal = sum(any(a.shape == b.shape and torch.equal(a, b) for b in given) for a in convolutions[1:])
    assert equal == len(convolutions) - 1
    assert any(torch.equal(convolutions[0][:, :3], item) for item in given if item.shape[1] == 3)


def test_folder_gives_its_file_of_weights(tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "readme.txt").write_text("no weights")
    with pytest.raises(BadWeightsError, match="holds no"):
        weights.find_file(str(folder), "resnet18")
    for name, wanted in [
        ("one.pth", "one.pth"),
        ("two.safetensors", "two.safetensors"),
        ("resnet18.safetensors", "resnet18.safetensors"),
        ("model_best.safetensors", "model_best.safetensors"),
        ("model.safetensors", "model.safetensors"),
    ]:
        shutil.copy(file, folder / name)
        assert weights.find_file(str(folder), "resnet18").name == wanted


def test_folder_with_a_choice_of_weights_is_refused(tmp_path: Path, file: Path) -> None:
    for name in ("one.safetensors", "two.safetensors"):
        shutil.copy(file, tmp_path / name)
    with pytest.raises(BadWeightsError, match="3 files of weights, name one"):
        build_network(UNET, _spec(file=tmp_path), seed=0)


class _Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("kind", ["zip", "plain pickle"])
def test_pickles_are_refused_unread(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "evil.pth"
    if kind == "zip":
        torch.save({"state_dict": _Evil(tmp_path / "ran")}, file)
    else:
        file.write_bytes(pickle.dumps(_Evil(tmp_path / "ran")))
    with pytest.raises(BadWeightsError, match="pickle with more than plain tensors"):
        build_network(UNET, _spec(file=file), seed=0)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_truncated_weights_are_refused(tmp_path: Path, donor, suffix: str, share: float) -> None:
    file = tmp_path / f"w{suffix}"
    save_file(_tensors(donor), file) if suffix == ".safetensors" else torch.save(_tensors(donor), file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadWeightsError, match=r"resnet18.*cannot be read"):
        build_network(UNET, _spec(file=file), seed=0)


def test_files_that_hold_other_things_are_refused(tmp_path: Path) -> None:
    cases = {
        "list.pth": [torch.zeros(3)],
        "numbers.pth": {1: torch.zeros(3), "a": 5},
        "other.pth": {"conv1.weight": torch.zeros(64, 3, 7, 7)},
    }
    for name, value in cases.items():
        torch.save(value, tmp_path / name)
        with pytest.raises(BadWeightsError, match="resnet18"):
            build_network(UNET, _spec(file=tmp_path / name), seed=0)
    with pytest.raises(BadWeightsError, match="there is no such file"):
        build_network(UNET, _spec(file=tmp_path / "missing.pth"), seed=0)


def test_weights_of_another_backbone_are_refused(file: Path) -> None:
    with pytest.raises(BadWeightsError, match=r"only \d+% of its"):
        build_network(UNET, _spec(backbone="vgg11", file=file), seed=0)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub as hub

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(hub, "hf_hub_download", lambda *_, **__: fail())
    monkeypatch.setattr(hub, "get_session", fail)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("model", ["UNET", "SEGFORMER", "MMSEGMENTATION"])
def test_without_a_network_it_says_which_file_goes_where(tmp_path: Path, model: str) -> None:
    model_type = MODEL_TYPES.all()[model]
    for backbone in ("resnet18", "densenet121", "vgg16_bn", "mobilenet_v2", "darknet53", "mit_b0", "timm:hrnet_w18"):
        if backbone in model_type.backbones or (backbone.startswith("timm:") and model == "UNET"):
            with pytest.raises(WeightsUnavailableError, match="no route to host") as caught:
                weights.library_file(library_name(backbone), backbone)
            text = str(caught.value)
            assert str(tmp_path / "torch" / "hub" / "checkpoints" / backbone.removeprefix("timm:")) in text
            assert "model.safetensors of " in text
            assert "BACKBONE_WEIGHTS" in text
            assert "None" not in text


@pytest.mark.usefixtures("_no_network")
def test_file_that_was_put_there_is_the_librarys(tmp_path: Path, file: Path, donor) -> None:
    place = tmp_path / "torch" / "hub" / "checkpoints"
    with pytest.raises(WeightsUnavailableError):
        build_network(UNET, _spec(file="DEFAULT"), seed=0)
    place.mkdir(parents=True)
    shutil.copy(file, place / "resnet18.safetensors")
    network = build_network(UNET, _spec(file="DEFAULT"), seed=0)
    assert torch.equal(network.encoder.conv1.weight, donor.conv1.weight)


def test_downloaded_weights_reach_the_backbone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file, donor) -> None:
    import huggingface_hub as hub

    asked = []

    def download(repository: str, name: str, **_: object) -> str:
        asked.append((repository, name))
        return str(file)

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(hub, "hf_hub_download", download)
    network = build_network(UNET, _spec(file="DEFAULT"), seed=0)
    assert asked == [("smp-hub/resnet18.imagenet", "model.safetensors")]
    assert torch.equal(network.encoder.conv1.weight, donor.conv1.weight)


@pytest.mark.usefixtures("_no_network")
def test_backbone_without_library_weights_is_refused_by_name() -> None:
    with pytest.raises(NoLibraryWeightsError, match="resnet10t_none"):
        weights.library_file("tu-resnet10t_none", "timm:resnet10t_none")
