"""Trainings that go on from a model: what stays, what starts anew, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import rasterio
import torch
from rasterio.transform import from_origin
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from training_support import Notes, job, same, weights

from swath.engine import pipeline
from swath.engine.classes import ClassInfo
from swath.engine.errors import CancelledError, InputError
from swath.engine.jobs import ExportJob
from swath.engine.model_info import ModelInfo
from swath.engine.progress import Silent
from swath.engine.training import prepare, run
from swath.engine.training.finetune import pair_bands, pair_classes, plan_transfer
from swath.engine.training.network import build_network
from swath.engine.training.pretrained import open_pretrained
from swath.engine.training.start_problems import OtherModelError, PretrainedError

GREY = {"value": 2, "name": "bright", "color": [250, 220, 60]}
DARK = {"value": 5, "name": "dark", "color": [0, 0, 90]}
STRIPED = {"value": 7, "name": "striped", "color": [0, 160, 0]}


def chips(folder: Path, seed: int, bands: int = 3, classes: tuple[dict[str, Any], ...] = (GREY, DARK),
          light: float = 1.0, names: tuple[str, ...] = ()) -> Path:  # fmt: skip
    """Export chips of a scene of blocks: bright, dark, and (value 7) striped ones."""
    rng = np.random.default_rng(seed)
    values = [int(item["value"]) for item in classes]
    label = np.kron(rng.choice(values, (12, 12)), np.ones((16, 16), int)).astype(np.uint8)
    level = np.where(label == 5, 80, 130) + np.where((label == 7) & (np.arange(192) % 4 < 2), 40, 0)
    image = np.stack([(level + rng.normal(0, 30, level.shape)) * light for _ in range(bands)]).clip(0, 255)
    profile = {"driver": "GTiff", "width": 192, "height": 192, "crs": "EPSG:32632", "dtype": "uint8"}
    profile["transform"] = from_origin(500000 + 1000 * seed, 5000000, 0.5, 0.5)
    folder.mkdir(parents=True)
    with rasterio.open(folder / "image.tif", "w", count=bands, **profile) as target:
        target.write(image.astype(np.uint8))
        for place, name in enumerate(names, 1):
            target.set_band_description(place, name)
    with rasterio.open(folder / "labels.tif", "w", count=1, **profile) as target:
        target.write(label, 1)
    pipeline.export(
        ExportJob(
            str(folder / "image.tif"), str(folder / "chips"), "CLASSIFIED_TILES", str(folder / "labels.tif"),
            labels_are_raster=True, classes=list(classes), tile_size=[32, 32], stride=[32, 32], all_tiles=True,
        ),
        Silent(),
    )  # fmt: skip
    return folder / "chips"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train the model that the others go on from."""
    folder = tmp_path_factory.mktemp("first")
    pipeline.train(
        job(chips(folder / "west", 1), folder / "model", max_epochs=8, arguments={"focal_loss": True}), Silent()
    )
    return folder / "model"


def start(first: Path, data: Path, output: Path, **values: Any) -> tuple[dict[str, Any], Notes]:
    """Train one epoch from a model."""
    notes = Notes()
    given = {"backbone": "", "pretrained_model": str(first)} | values
    return pipeline.train(job(data, output, **given), notes), notes


def test_going_on_beats_starting_anew_and_keeps_the_frozen_backbone(first: Path, tmp_path: Path) -> None:
    east = chips(tmp_path / "east", 2)
    going_on, notes = start(first, east, tmp_path / "m", max_epochs=2)
    anew, _ = start(first, east, tmp_path / "anew", max_epochs=2, pretrained_model="", backbone="mobilenet_v2")
    assert going_on["mean_iou"] > anew["mean_iou"] + 0.1
    assert going_on["mean_iou"] > 0.6
    assert any("bright, dark keep what was learnt" in text for text in notes.messages)
    assert any("as the model was trained" in text for text in notes.messages)
    assert any("loaded backbone stays" in text for text in notes.messages)
    before, after = weights(first), weights(tmp_path / "m")
    encoder = {name for name in before if name.startswith("encoder.")}
    assert any("running_mean" in name for name in encoder)
    assert same({name: before[name] for name in encoder}, {name: after[name] for name in encoder})
    assert not same(before, after)
    values = {item.key: item.value for item in onnx.load(going_on["model"]).metadata_props}
    training = ModelInfo.from_json(values["swath"]).training
    assert training["arguments"]["focal_loss"] is True
    assert training["pretrained"]["model"] == str(first)
    assert training["pretrained"]["kept_scaling"] is True
    emd, old = (json.loads((folder / "model.emd").read_text()) for folder in (tmp_path / "m", first))
    assert emd["Swath"]["training"]["pretrained"]["kept_classes"] == 2
    assert emd["NormalizationStats"]["band_mean_values"] == old["NormalizationStats"]["band_mean_values"]
    with safe_open(tmp_path / "m" / "model_best.safetensors", framework="pt") as file:
        assert ModelInfo.from_json(file.metadata()["swath"]).backbone == "mobilenet_v2"


def moved(first: Path, data: Path, **values: Any) -> tuple[dict[str, torch.Tensor], set[str], str]:
    """Return the weights that a training would start from, the names of those that learn, and what is told."""
    given = {"backbone": "", "pretrained_model": str(first)} | values
    choice = prepare.understand(job(data, data.parent / "m", **given))
    spec = run._spec(choice)
    plan = plan_transfer(
        choice.pretrained, choice.model_type, spec, choice.chip_set, choice.classes, kept_scaling=choice.kept_scaling
    )
    assert plan is not None
    network = build_network(choice.model_type, spec, 0)
    plan.apply(network)
    frozen = plan.freeze(network)
    assert frozen is network.encoder
    learning = {name for name, value in network.named_parameters() if value.requires_grad}
    return network.state_dict(), learning, " ".join(plan.sentences(choice.classes))


def test_other_classes_and_bands_keep_what_both_have(first: Path, tmp_path: Path) -> None:
    renumbered = {**DARK, "value": 3}
    data = chips(tmp_path / "more", 4, bands=5, classes=(STRIPED, GREY, DARK), light=0.3)
    other = chips(tmp_path / "less", 5, bands=2, classes=(renumbered, STRIPED))
    a, learning, text = moved(first, data)
    b, learning_b, _ = moved(first, other)
    c, learning_c, _ = moved(first, data, weight_init_scheme="RED_BAND")
    d, _, _ = moved(first, data, weight_init_scheme="ALL_RANDOM")
    old = weights(first)
    head, conv = "segmentation_head.0.weight", "encoder.features.0.0.weight"
    assert torch.equal(a[head][[0, 1]], old[head])
    assert not torch.equal(a[head][2], old[head][0])
    assert torch.equal(b[head][0], old[head][1])
    assert torch.equal(a[conv][:, :3], old[conv])
    assert torch.equal(b[conv], old[conv][:, :2])
    assert torch.equal(c[conv][:, 3:], old[conv][:, :1].expand(-1, 2, -1, -1))
    assert not torch.equal(d[conv][:, :3], old[conv])
    same_everywhere = [name for name in old if name not in (conv, head, "segmentation_head.0.bias")]
    assert all(torch.equal(old[name], each[name]) for name in same_everywhere for each in (a, b, c, d))
    assert "by the new chips" in text
    assert "3 of 5 bands" in text
    assert "new: striped" in text
    assert {name for name in learning if name.startswith("encoder.")} == {conv}
    assert conv not in learning_c
    assert not any(name.startswith("encoder.") for name in learning_c | learning_b - {conv})


def test_every_form_of_a_model_gives_the_same_weights(first: Path, tmp_path: Path) -> None:
    forms = [first, first / "model.emd", first / "model.dlpk", first / "model.onnx", first / "model_best.safetensors"]
    read = [open_pretrained(str(path)) for path in forms]
    assert len({item.digest for item in read}) == 1
    assert all(item.classes == read[0].classes and item.mean == read[0].mean and item.std for item in read)
    assert {item.model_type for item in read} == {"UNET"}
    last = open_pretrained(str(first / "model_last.onnx"))
    assert same(last.state, load_file(first / "model_last.safetensors"))
    alone = tmp_path / "alone.safetensors"
    shutil.copy(first / "model_best.safetensors", alone)
    assert open_pretrained(str(alone)).digest == read[0].digest


def test_unfinished_run_can_be_gone_on_from(tmp_path: Path) -> None:
    data = chips(tmp_path / "data", 6)
    with pytest.raises(CancelledError):
        pipeline.train(job(data, tmp_path / "m", max_epochs=3), Notes(lambda event: event.get("epoch") == 1))
    for path in (tmp_path / "m.partial", tmp_path / "m.partial" / "run" / "checkpoints" / "last.ckpt"):
        found = open_pretrained(str(path))
        assert (found.model_type, found.backbone, found.bands) == ("UNET", "mobilenet_v2", 3)
        assert len(found.mean) == 3


def refused(path: Path) -> str:
    """Return why a model is refused."""
    with pytest.raises(PretrainedError, match="PRETRAINED_MODEL") as caught:
        open_pretrained(str(path))
    return str(caught.value)


class Danger:
    """Leave a trace when it is unpickled."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("pwned"),))


def test_models_that_cannot_be_gone_on_from_are_refused(first: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no such file" in refused(tmp_path / "nothing.emd")
    (tmp_path / "empty").mkdir()
    assert "no model is in it" in refused(tmp_path / "empty")
    shutil.copy(first / "model.onnx", tmp_path / "bare.onnx")
    assert "an ONNX file cannot learn" in refused(tmp_path / "bare.onnx")
    cut = (first / "model_best.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(cut[: len(cut) // 2])
    assert "cut short" in refused(tmp_path / "cut.safetensors")
    (tmp_path / "cut.dlpk").write_bytes((first / "model.dlpk").read_bytes()[:5000])
    assert "broken" in refused(tmp_path / "cut.dlpk")
    (tmp_path / "seven.dlpk").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    assert "7-Zip" in refused(tmp_path / "seven.dlpk")
    (tmp_path / "w.pth").write_bytes(b"")
    assert "does not say which network" in refused(tmp_path / "w.pth")
    save_file({"a": torch.zeros(1)}, tmp_path / "stranger.safetensors")
    assert "do not say which network" in refused(tmp_path / "stranger.safetensors")
    (tmp_path / "text.emd").write_text("[1")
    assert "no JSON" in refused(tmp_path / "text.emd")


def test_models_of_arcgis_are_read_as_plain_tensors_and_never_run(first: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    esri = {
        "Framework": "arcgis.learn.models._inferencing", "ModelConfiguration": "_unet", "ModelFile": "model.pth",
        "InferenceFunction": "ArcGISImageClassifier.py", "ExtractBands": [0, 1, 2], "ImageHeight": 32,
        "ModelParameters": {"backbone": "mobilenet_v2"},
        "Classes": [{"Value": item["value"], "Name": item["name"], "Color": item["color"]} for item in (GREY, DARK)],
    }  # fmt: skip
    (tmp_path / "ArcGISImageClassifier.py").write_text("open('pwned', 'w')")
    emd = tmp_path / "model.emd"
    emd.write_text(json.dumps(esri))
    assert "not there" in refused(emd)
    (tmp_path / "model.pth").write_bytes(pickle.dumps({"model": Danger()}))
    assert "are not opened" in refused(emd) or "broken" in refused(emd)
    torch.save({"model": {"layers.0.weight": torch.zeros(3)}, "opt": {}}, tmp_path / "model.pth")
    data = chips(tmp_path / "data", 7)
    with pytest.raises(PretrainedError, match="not of this UNET"):
        start(emd, data, tmp_path / "m")
    torch.save({"model": weights(first), "opt": {}}, tmp_path / "model.pth")
    assert torch.equal(moved(emd, data)[0]["segmentation_head.0.bias"], weights(first)["segmentation_head.0.bias"])
    emd.write_text(json.dumps(esri | {"ModelConfiguration": "_maxdeeplab"}))
    assert "only its own code can run" in refused(emd)
    assert not (tmp_path / "pwned").exists()


def test_other_types_and_backbones_are_refused_before_any_work(first: Path, tmp_path: Path) -> None:
    data = chips(tmp_path / "data", 8)
    before = sorted(tmp_path.iterdir())
    for values, kind, text in (
        ({"model_type": "FPN"}, OtherModelError, "set MODEL_TYPE to AUTO or UNET"),
        ({"backbone": "resnet18"}, OtherModelError, "leave BACKBONE empty"),
        ({"arguments": {"colour": 1}}, InputError, "MODEL_ARGUMENTS"),
        ({"pretrained_model": str(tmp_path / "gone")}, PretrainedError, "no such file"),
    ):
        with pytest.raises(kind, match=text):
            start(first, data, tmp_path / "m", **values)
    changed = tmp_path / "changed.safetensors"
    with safe_open(first / "model_best.safetensors", framework="pt") as file:
        head = file.metadata()
    save_file({k: v for k, v in weights(first).items() if "decoder" not in k}, changed, metadata=head)
    with pytest.raises(PretrainedError, match="tensors are not in its weights"):
        start(changed, data, tmp_path / "m")
    changed.unlink()
    assert sorted(tmp_path.iterdir()) == before


def test_bands_and_classes_are_paired_by_name_before_place(first: Path) -> None:
    old = dataclasses.replace(open_pretrained(str(first)), band_names=("Red", "Green", "Blue"))
    assert pair_bands(old, ("blue", "green", "red", "nir"), 4) == ((0, 2), (1, 1), (2, 0))
    assert pair_bands(old, ("Band_1", "Band_2"), 2) == ((0, 0), (1, 1))
    assert pair_bands(old, ("", "", "", ""), 4) == ((0, 0), (1, 1), (2, 2))
    one, two = ClassInfo(1, "Water", (0, 0, 0)), ClassInfo(2, "water", (0, 0, 0))
    assert pair_classes([one, two], [two, one]) == ((0, 1), (1, 0))
    assert pair_classes([ClassInfo(0, "Background", (0, 0, 0)), one], [ClassInfo(0, "", (0, 0, 0)), two]) == (
        (0, 0), (1, 1),
    )  # fmt: skip
