"""Whole trainings of tiny networks: what they write, that they repeat and resume."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import save_file
from training_support import BACKBONE, Notes, job, make_chips, no_model, same, weights

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.errors import CancelledError
from swath.engine.jobs import TrainJob
from swath.engine.model_info import ModelInfo
from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.progress import Silent
from swath.engine.training.network import Graph, Scaling, build_network
from swath.engine.training.problems import (
    OtherRunError,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainJob, Any, Notes]:
    """Train once for several tests: the job, the result, the notes."""
    output = tmp_path_factory.mktemp("trained") / "model"
    report = output.parent / "report.html"
    task, notes = job(make_chips(stride=16), output, max_epochs=4, report=str(report)), Notes()
    return task, pipeline.train(task, notes), notes


def test_training_learns_a_plain_scene(trained: tuple[TrainJob, Any, Notes]) -> None:
    _, result, notes = trained
    rising = [record["mean_iou"] for record in notes.epochs]
    assert len(rising) == 4
    assert rising[-1] > max(rising[0], 0.8)
    assert result["mean_iou"] > 0.8
    assert notes.epochs[-1]["train_loss"] < notes.epochs[0]["train_loss"]
    assert result["best_metric"] == pytest.approx(max(record["mean_iou"] for record in notes.epochs))
    assert notes.fractions == sorted(notes.fractions)
    assert notes.fractions[-1] == 1.0


def test_training_writes_a_complete_model_folder(trained: tuple[TrainJob, Any, Notes]) -> None:
    task, result, _ = trained
    folder = Path(task.output)
    expected = {
        *("model.onnx", "model_last.onnx", "model.emd", "model.dlpk", "model_best.safetensors"),
        *("model_last.safetensors", "model_metrics.html", "ModelCharacteristics", "run"),
    }
    assert {item.name for item in folder.iterdir()} == expected
    assert not list(folder.rglob("*.partial"))
    assert not folder.with_name("model.partial").exists()
    assert Path(result["model"]) == folder / "model.onnx"
    assert Path(result["last_model"]).is_file()
    characteristics = folder / "ModelCharacteristics"
    losses = json.loads((characteristics / "training_validation_loss.json").read_text())
    assert [item["epoch"] for item in losses["training_validation_loss_per_epoch"]] == [1, 2, 3, 4]
    for name in ("loss_graph.png", "show_results.png"):
        assert (characteristics / name).read_bytes().startswith(b"\x89PNG")
    assert len(list((folder / "run").glob("samples_epoch_*.png"))) == 4
    assert list((folder / "run" / "tensorboard").glob("events.out.tfevents.*"))
    with zipfile.ZipFile(folder / "model.dlpk") as archive:
        assert {"model.onnx", "model.emd", "model_best.safetensors"} <= set(archive.namelist())
        assert archive.testzip() is None


def test_run_folder_tells_start_epochs_and_end(trained: tuple[TrainJob, Any, Notes]) -> None:
    lines = (Path(trained[0].output) / "run" / "run.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [item["event"] for item in records] == ["start", "epoch", "epoch", "epoch", "epoch", "end"]
    start = records[0]
    assert start["job"]["seed"] == 0
    assert (start["task"], start["monitor"], start["headline"]) == (
        "PIXELS",
        ["mean_iou", True],
        ["mean_iou", "mean IoU"],
    )
    assert start["versions"]["torch"] == torch.__version__.split("+")[0]
    assert sum(start["data"]["chips"].values()) == 81
    assert {"train_loss", "valid_loss", "iou", "learning_rate", "seconds", "memory_mb"} <= set(records[1])


def test_report_shows_figures_without_loading_anything(trained: tuple[TrainJob, Any, Notes]) -> None:
    task, result, _ = trained
    text = Path(task.report).read_text(encoding="utf-8")
    assert result["report"] == task.report
    assert text == (Path(task.output) / "model_metrics.html").read_text(encoding="utf-8")
    for part in ("Confusion matrix", "bright", "dark", "Sample results", "Precision", "IoU of each class"):
        assert part in text
    assert text.count("data:image/png;base64") == 5
    assert "http" not in text.replace("http-equiv", "")


def test_onnx_computes_what_the_weights_say(trained: tuple[TrainJob, Any, Notes]) -> None:
    task, result, _ = trained
    network = build_network(MODEL_TYPES.all()["UNET"], NetworkSpec(3, 2, BACKBONE, 32), seed=9)
    network.load_state_dict(weights(Path(task.output)))
    chip_set = FORMATS.all()["CLASSIFIED_TILES"].read(make_chips(stride=16))
    graph = Graph(Scaling(chip_set.stats), network, "softmax").eval()
    session = onnxruntime.InferenceSession(result["model"], providers=["CPUExecutionProvider"])
    assert [(item.name, item.type) for item in session.get_inputs()] == [("image", "tensor(float)")]
    assert [item.name for item in session.get_outputs()] == ["output"]
    rng = np.random.default_rng(0)
    for shape in ((1, 3, 32, 32), (3, 3, 64, 96)):
        image = rng.integers(0, 255, shape).astype(np.float32)
        found = session.run(None, {"image": image})[0]
        with torch.inference_mode():
            np.testing.assert_allclose(found, graph(torch.from_numpy(image)).numpy(), atol=1e-4)
        np.testing.assert_allclose(found.sum(1), 1, atol=1e-4)


def test_onnx_tells_of_itself_for_swath_and_for_deepness(trained: tuple[TrainJob, Any, Notes]) -> None:
    model = onnx.load(trained[1]["model"])
    assert model.ir_version <= 9
    assert {item.domain: item.version for item in model.opset_import}[""] == 17
    values = {item.key: item.value for item in model.metadata_props}
    info = ModelInfo.from_json(values["swath"])
    assert (info.task, info.model_type, info.backbone, info.tile_size, info.bands) == (
        "PIXELS", "UNET", BACKBONE, 32, (1, 2, 3),
    )  # fmt: skip
    assert [(item.value, item.name) for item in info.classes] == [(2, "bright"), (5, "dark")]
    assert info.graphs[0].file == "model.onnx"
    assert info.cell_size == (0.5, 0.5)
    assert info.training["seed"] == 0
    deepness = {key: json.loads(value) for key, value in values.items() if key != "swath"}
    assert deepness["model_type"] == "Segmentor"
    assert deepness["class_names"] == {"0": "bright", "1": "dark"}
    assert deepness["resolution"] == pytest.approx(50)
    assert deepness["tile_size"] == deepness["tiles_size"] == 32
    assert deepness["standardization_std"] == pytest.approx([1 / 255] * 3)


def test_emd_says_what_other_programs_read(trained: tuple[TrainJob, Any, Notes]) -> None:
    values = json.loads((Path(trained[0].output) / "model.emd").read_text())
    assert values["ModelType"] == "ImageClassification"
    assert values["ModelFile"] == "model.onnx"
    assert values["ExtractBands"] == [0, 1, 2]
    assert (values["ImageHeight"], values["ImageWidth"]) == (32, 32)
    assert values["Classes"][0] == {"Value": 2, "Name": "bright", "Color": [250, 220, 60]}
    assert ModelInfo.from_json(json.dumps(values["Swath"])).model_type == "UNET"
    assert json.loads(values["per_class_metrics"])["dark"]["recall"] > 0.5


def test_training_again_with_the_same_seed_gives_the_same_bits(
    trained: tuple[TrainJob, Any, Notes], tmp_path: Path
) -> None:
    """Also: cancelled in its third epoch it leaves no model, and goes on to the same weights as unbroken."""
    task = job(make_chips(stride=16), tmp_path / "again", max_epochs=4)
    with pytest.raises(CancelledError):
        pipeline.train(task, Notes(lambda event: event.get("epoch") == 2))
    assert no_model(tmp_path / "again")
    notes = Notes()
    pipeline.train(task, notes)
    assert any("Going on after epoch 2" in text for text in notes.messages)
    assert [item["epoch"] for item in notes.epochs] == [3, 4]
    for name in ("model_best", "model_last"):
        assert same(weights(tmp_path / "again", name), weights(Path(trained[0].output), name))
    lines = (tmp_path / "again" / "run" / "run.jsonl").read_text().splitlines()
    logged = [json.loads(line) for line in lines]
    assert [item["epoch"] for item in logged if item["event"] == "epoch"] == [1, 2, 3, 4]


def test_unfinished_run_of_another_job_is_refused(tmp_path: Path) -> None:
    chips = make_chips()
    with pytest.raises(CancelledError):
        pipeline.train(job(chips, tmp_path / "m", max_epochs=3), Notes(lambda event: event.get("epoch") == 1))
    with pytest.raises(OtherRunError, match="other settings"):
        pipeline.train(job(chips, tmp_path / "m", max_epochs=3, seed=4), Silent())


def test_stop_file_keeps_the_best_so_far(tmp_path: Path) -> None:
    def stop(event: dict[str, Any]) -> bool:
        if event.get("epoch") == 1:
            (tmp_path / "m.partial" / "run" / "stop").touch()
        return False

    notes = Notes(stop)
    result = pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=500), notes)
    assert len(notes.epochs) <= 2
    assert Path(result["model"]).is_file()
    assert not (tmp_path / "m" / "run" / "stop").exists()


@pytest.mark.parametrize("how", ["reporter", "file"])
def test_cancelling_in_the_first_epoch_leaves_nothing(tmp_path: Path, how: str) -> None:
    def cancel(event: dict[str, Any]) -> bool:
        if event.get("event") == "start" and how == "file":
            (tmp_path / "m.partial" / "run" / "cancel").touch()
        return how == "reporter"

    with pytest.raises(CancelledError, match="training"):
        pipeline.train(job(make_chips(), tmp_path / "m"), Notes(cancel))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("bands", "dtype", "arguments"),
    [
        (1, "float32", {"mixup": True, "background": "TRAIN"}),
        (8, "int16", {"focal_loss": True, "class_balancing": True}),
    ],
)
def test_training_takes_any_bands_and_pixel_type(tmp_path: Path, bands, dtype, arguments) -> None:
    chips = make_chips(bands, dtype, values=(0, 2, 5), size=128, tile=40, stride=40)
    result = pipeline.train(job(chips, tmp_path / "m", arguments=arguments), Silent())
    session = onnxruntime.InferenceSession(result["model"], providers=["CPUExecutionProvider"])
    info = ModelInfo.from_json(session.get_modelmeta().custom_metadata_map["swath"])
    assert info.bands == tuple(range(1, bands + 1))
    assert info.dtype == dtype
    assert info.tile_size == 40
    assert [item.value for item in info.classes] == ([0, 2, 5] if "background" in arguments else [2, 5])
    out = session.run(None, {"image": np.ones((1, bands, 64, 64), np.float32)})[0]
    assert out.shape == (1, len(info.classes), 64, 64)
    assert np.isfinite(out).all()


def test_one_class_learns_the_background_and_a_message_says_so(tmp_path: Path) -> None:
    notes = Notes()
    result = pipeline.train(
        job(make_chips(values=(0, 2), classes=(2,), size=96), tmp_path / "m", batch_size=0, learning_rate=0.0), notes
    )
    model = onnx.load(result["model"])
    info = ModelInfo.from_json(next(item.value for item in model.metadata_props if item.key == "swath"))
    assert [item.value for item in info.classes] == [0, 2]
    assert any("background IGNORE" in text for text in notes.messages)
    assert any("FREEZE acts only on loaded weights" in text for text in notes.messages)
    assert any("Batch size found: 4" in text for text in notes.messages)
    assert any("Learning rate: 0.001" in text for text in notes.messages)


def test_frozen_backbone_keeps_its_loaded_weights(tmp_path: Path) -> None:
    encoder = build_network(MODEL_TYPES.all()["UNET"], NetworkSpec(3, 2, BACKBONE, 32), seed=5).encoder
    before = {key: value.clone().contiguous() for key, value in encoder.state_dict().items()}
    save_file(before, tmp_path / "encoder.safetensors")
    pipeline.train(job(make_chips(), tmp_path / "m", backbone_weights=str(tmp_path / "encoder.safetensors")), Silent())
    after = weights(tmp_path / "m")
    assert same(before, {key: after["encoder." + key] for key in before})


def test_learning_rate_is_found_when_none_is_given(tmp_path: Path) -> None:
    notes = Notes(lambda event: event.get("epoch") == 1)
    task = job(make_chips(), tmp_path / "m", max_epochs=20, learning_rate=0.0, batch_size=2)
    with pytest.raises(CancelledError):
        pipeline.train(task, notes)
    assert any(text.startswith("Learning rate: ") for text in notes.messages)
    state = json.loads((tmp_path / "m.partial" / "run" / "state.json").read_text())
    assert 5e-4 <= state["rate"]["rate"] <= 3e-3
    assert len(state["rate"]["rates"]) >= 10
    assert not list(Path.cwd().glob(".lr_find*"))
