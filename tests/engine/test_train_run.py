"""Whole trainings of tiny networks on chips made here."""

from __future__ import annotations

import dataclasses
import errno
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import rasterio
import torch
from rasterio.transform import from_origin
from safetensors.torch import load_file, save_file

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.errors import CancelledError, DiskFullError, InputError, SwathError
from swath.engine.jobs import ExportJob, TrainJob
from swath.engine.model_info import ModelInfo
from swath.engine.models import MODEL_TYPES, NetworkSpec
from swath.engine.progress import Silent
from swath.engine.training import callbacks, chipdata, lesson, prepare
from swath.engine.training.batches import Batches
from swath.engine.training.network import Graph, Scaling, build_network
from swath.engine.training.problems import (
    BrokenChipError,
    DifferentChipsError,
    DivergedError,
    NoChipsError,
    OneClassError,
    OtherRunError,
    OutputNotEmptyError,
    TooFewChipsError,
)

CLASSES = [{"value": 2, "name": "bright", "color": [250, 220, 60]}, {"value": 5, "name": "dark", "color": [0, 0, 90]}]
BACKBONE = "mobilenet_v2"


class Notes(Silent):
    """Collect what a training tells; ``hook`` is called with each metrics event and may ask to cancel."""

    def __init__(self, hook: Callable[[dict[str, Any]], bool] | None = None) -> None:
        self.messages: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.fractions: list[float] = []
        self._hook, self._cancelled = hook, False

    def message(self, text: str) -> None:
        self.messages.append(text)

    def warning(self, text: str) -> None:
        self.messages.append(text)

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)

    def metrics(self, values: dict[str, Any]) -> None:
        self.events.append(values)
        if self._hook is not None and self._hook(values):
            self._cancelled = True

    def cancelled(self) -> bool:
        return self._cancelled

    @property
    def epochs(self) -> list[dict[str, Any]]:
        return [item for item in self.events if item.get("event") == "epoch"]


def write_scene(folder: Path, bands: int, dtype: str, size: int, values: tuple[int, ...]) -> tuple[Path, Path]:
    """Write a raster whose classes differ in brightness, and its labels (0 where there are none)."""
    rng = np.random.default_rng(bands)
    label = np.kron(rng.choice(values, (size // 16, size // 16)), np.ones((16, 16), int)).astype(np.uint8)
    image = np.where(label == 2, 180, 70)[None] + rng.normal(0, 15, (bands, size, size))
    profile = {"driver": "GTiff", "width": size, "height": size, "crs": "EPSG:32632"}
    profile["transform"] = from_origin(500000, 5000000, 0.5, 0.5)
    raster, labels = folder / "image.tif", folder / "labels.tif"
    image = image.clip(0, 255) / 255 if dtype == "float32" else (image * (40 if dtype == "int16" else 1)).clip(0, 10000)
    with rasterio.open(raster, "w", count=bands, dtype=dtype, **profile) as target:
        target.write((image.clip(0, 255) if dtype == "uint8" else image).astype(dtype))
    with rasterio.open(labels, "w", count=1, dtype="uint8", **profile) as target:
        target.write(label, 1)
    return raster, labels


@pytest.fixture(scope="session")
def make_chips(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a maker of chip folders, each made once."""
    made: dict[Any, Path] = {}

    def make(
        bands: int = 3, dtype: str = "uint8", size: int = 160, tile: int = 32, stride: int = 32,
        values: tuple[int, ...] = (2, 5), classes: tuple[int, ...] = (2, 5),
    ) -> Path:  # fmt: skip
        key = (bands, dtype, size, tile, stride, values, classes)
        if key not in made:
            folder = tmp_path_factory.mktemp("scene")
            raster, labels = write_scene(folder, bands, dtype, size, values)
            pipeline.export(
                ExportJob(
                    str(raster), str(folder / "chips"), labels=str(labels), labels_are_raster=True,
                    classes=[item for item in CLASSES if item["value"] in classes],
                    tile_size=[tile, tile], stride=[stride, stride], all_tiles=True,
                ),
                Silent(),
            )  # fmt: skip
            made[key] = folder / "chips"
        return made[key]

    return make


def job(chips: Path, output: Path, **values: Any) -> TrainJob:
    """Return a job that trains quickly."""
    given = {"backbone": BACKBONE, "max_epochs": 1, "batch_size": 4, "learning_rate": 2e-3, "processor": "CPU"}
    return TrainJob([str(chips)], str(output), **(given | values))


def weights(folder: Path, name: str = "model_best") -> dict[str, torch.Tensor]:
    """Return the tensors that a training wrote."""
    return load_file(folder / f"{name}.safetensors")


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> bool:
    """Tell whether all tensors are the same to the last bit."""
    return one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)


def no_model(output: Path) -> bool:
    """Tell whether nothing that looks like a model is left."""
    return not output.exists() and not list(output.parent.rglob("*.onnx"))


@pytest.fixture(scope="module")
def trained(make_chips: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainJob, Any, Notes]:
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
    assert result["best_metric"] == pytest.approx(min(record["valid_loss"] for record in notes.epochs))
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
    assert text.count("data:image/png;base64") == 4
    assert "http" not in text.replace("http-equiv", "")


def test_onnx_computes_what_the_weights_say(trained: tuple[TrainJob, Any, Notes], make_chips: Any) -> None:
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


def test_training_again_with_the_same_seed_gives_the_same_bits(trained: tuple[TrainJob, Any, Notes], make_chips,
                                                               tmp_path: Path) -> None:  # fmt: skip
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


def test_unfinished_run_of_another_job_is_refused(make_chips, tmp_path: Path) -> None:
    chips = make_chips()
    with pytest.raises(CancelledError):
        pipeline.train(job(chips, tmp_path / "m", max_epochs=3), Notes(lambda event: event.get("epoch") == 1))
    with pytest.raises(OtherRunError, match="other settings"):
        pipeline.train(job(chips, tmp_path / "m", max_epochs=3, seed=4), Silent())


def test_stop_file_keeps_the_best_so_far(make_chips, tmp_path: Path) -> None:
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
def test_cancelling_in_the_first_epoch_leaves_nothing(make_chips, tmp_path: Path, how: str) -> None:
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
def test_training_takes_any_bands_and_pixel_type(make_chips, tmp_path: Path, bands, dtype, arguments) -> None:
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


def test_one_class_learns_the_background_and_a_message_says_so(make_chips, tmp_path: Path) -> None:
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


def test_frozen_backbone_keeps_its_loaded_weights(make_chips, tmp_path: Path) -> None:
    encoder = build_network(MODEL_TYPES.all()["UNET"], NetworkSpec(3, 2, BACKBONE, 32), seed=5).encoder
    before = {key: value.clone().contiguous() for key, value in encoder.state_dict().items()}
    save_file(before, tmp_path / "encoder.safetensors")
    pipeline.train(job(make_chips(), tmp_path / "m", backbone_weights=str(tmp_path / "encoder.safetensors")), Silent())
    after = weights(tmp_path / "m")
    assert same(before, {key: after["encoder." + key] for key in before})


def test_learning_rate_is_found_when_none_is_given(make_chips, tmp_path: Path) -> None:
    notes = Notes(lambda event: event.get("epoch") == 1)
    task = job(make_chips(), tmp_path / "m", max_epochs=20, learning_rate=0.0, batch_size=2)
    with pytest.raises(CancelledError):
        pipeline.train(task, notes)
    assert any(text.startswith("Learning rate: ") for text in notes.messages)
    state = json.loads((tmp_path / "m.partial" / "run" / "state.json").read_text())
    assert 5e-4 <= state["rate"]["rate"] <= 3e-3
    assert len(state["rate"]["rates"]) >= 10
    assert not list(Path.cwd().glob(".lr_find*"))


def test_chips_that_do_not_fit_into_memory_are_read_ahead_alike(make_chips, tmp_path: Path, monkeypatch) -> None:
    choice = prepare.understand(job(make_chips(tile=40, stride=40), tmp_path / "m"))
    kept, split = prepare.gather(choice, Silent())
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 0)
    read, _ = prepare.gather(choice, Silent())
    assert kept.images is not None
    assert read.images is None
    for shuffle in (True, False):
        one, two = (Batches(data, split.train, 2, 32, shuffle=shuffle, seed=1) for data in (kept, read))
        for batches in (one, two):
            batches.set_epoch(3)
        pairs = list(zip(one, two, strict=True))
        assert len(pairs) == len(one)
        for (image, target, number), (other, truth, place) in pairs:
            assert torch.equal(image, other)
            assert torch.equal(target, truth)
            assert number == place
            assert image.shape[2:] == (64, 64)
            assert (target[:, 40:] == 255).all()
    broken = dataclasses.replace(read.chips[0], image=tmp_path / "gone.tif")
    read.chips = (broken, *read.chips[1:])
    with pytest.raises(BrokenChipError, match=r"gone\.tif"):
        list(Batches(read, np.arange(len(read.chips)), 2, 32, shuffle=False))


def test_too_large_a_batch_is_halved_and_said(make_chips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = lesson.Lesson.training_step

    def greedy(self: Any, batch: Any, batch_idx: int) -> Any:
        if len(batch[0]) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return step(self, batch, batch_idx)

    monkeypatch.setattr(lesson.Lesson, "training_step", greedy)
    notes = Notes()
    result = pipeline.train(job(make_chips(size=96), tmp_path / "m", batch_size=4), notes)
    assert any("going on with 2" in text for text in notes.messages)
    assert Path(result["model"]).is_file()


def test_full_disk_is_told_and_keeps_the_best(make_chips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = torch.save, []

    def full(values: Any, file: Any) -> None:
        calls.append(1)
        if len(calls) > 2:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        save(values, file)

    monkeypatch.setattr(callbacks.torch, "save", full)
    with pytest.raises(DiskFullError, match=r"m\.partial"):
        pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=3), Silent())
    checkpoints = tmp_path / "m.partial" / "run" / "checkpoints"
    assert {item.name for item in checkpoints.iterdir()} == {"best.ckpt", "last.ckpt"}
    assert torch.load(checkpoints / "best.ckpt", weights_only=True)["epoch"] == 0


def test_diverging_training_says_to_take_a_smaller_rate(make_chips, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lesson.Lesson, "_scaled", lambda self, image: image.float() * torch.nan)
    with pytest.raises(DivergedError, match="LEARNING_RATE"):
        pipeline.train(job(make_chips(), tmp_path / "m"), Silent())


def test_chips_that_all_overlap_train_without_validation_and_say_so(make_chips, tmp_path: Path) -> None:
    notes = Notes()
    result = pipeline.train(job(make_chips(size=64, tile=48, stride=16), tmp_path / "m"), notes)
    assert any(text.startswith("No validation") for text in notes.messages)
    assert result["monitor"] == "train_loss"
    assert "nothing was set apart" in (tmp_path / "m" / "model_metrics.html").read_text(encoding="utf-8")


BAD: list[tuple[dict[str, Any], type[SwathError] | None, str]] = [
    ({"model_type": "NOPE"}, None, "MODEL_TYPE"),
    ({"backbone": "resnet19"}, None, "BACKBONE"),
    ({"arguments": {"colour": 1}}, None, "MODEL_ARGUMENTS"),
    ({"arguments": {"mixup": "maybe"}}, None, "true or false"),
    ({"arguments": {"ignore_classes": [9]}}, None, "no class 9"),
    ({"arguments": {"ignore_classes": [2]}}, None, "learnt"),
    ({"max_epochs": 0}, None, "MAX_EPOCHS"),
    ({"batch_size": -1}, None, "BATCH_SIZE"),
    ({"learning_rate": -0.1}, None, "LEARNING_RATE"),
    ({"validation_percentage": 95}, None, "VALIDATION_PERCENTAGE"),
    ({"monitor": "LUCK"}, None, "MONITOR"),
    ({"augmentation": "SOME"}, None, "AUGMENTATION"),
    ({"processor": "TPU"}, None, "PROCESSOR"),
    ({"name": "../up"}, None, "MODEL_NAME"),
    ({"inputs": []}, NoChipsError, "INPUT"),
    ({"inputs": ["/nowhere/at/all"]}, NoChipsError, "/nowhere/at/all"),
    ({"backbone_weights": "/nowhere.pth"}, None, "no such file"),
]


@pytest.mark.parametrize(("values", "kind", "text"), BAD, ids=[str(values) for values, _, _ in BAD])
def test_bad_input_is_refused_with_one_sentence_and_leaves_nothing(make_chips, tmp_path, values, kind, text) -> None:
    if values == {"arguments": {"ignore_classes": [2]}}:
        values = {"arguments": {"ignore_classes": [2, 5]}}
    task = job(make_chips(), tmp_path / "m")
    task = TrainJob(**(task.to_dict() | values))
    with pytest.raises(kind or InputError, match=text):
        pipeline.train(task, Silent())
    assert not list(tmp_path.iterdir())


def test_gpu_that_is_not_there_is_refused(make_chips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(SwathError, match="GPU_ID"):
        pipeline.train(job(make_chips(), tmp_path / "m", processor="GPU"), Silent())


def test_output_that_holds_other_things_is_left_alone(make_chips, tmp_path: Path) -> None:
    output = tmp_path / "m"
    output.mkdir()
    (output / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputNotEmptyError):
        pipeline.train(job(make_chips(), output), Silent())
    assert [item.name for item in tmp_path.rglob("*")] == ["m", "thesis.txt"]


def test_chips_that_teach_nothing_are_refused(make_chips, tmp_path: Path) -> None:
    with pytest.raises(TooFewChipsError, match="1 chip"):
        pipeline.train(job(make_chips(size=32), tmp_path / "m"), Silent())
    only = make_chips(values=(2,), classes=(2,))
    with pytest.raises(OneClassError, match="bright"):
        pipeline.train(job(only, tmp_path / "m"), Silent())


def test_folders_that_differ_are_refused(make_chips, tmp_path: Path) -> None:
    first, second = make_chips(), make_chips(bands=1, size=96)
    task = TrainJob(**(job(first, tmp_path / "m").to_dict() | {"inputs": [str(first), str(second)]}))
    with pytest.raises(DifferentChipsError, match="number of bands"):
        pipeline.train(task, Silent())


def test_broken_chip_is_named_before_work_starts(make_chips, tmp_path: Path) -> None:
    import shutil

    chips = tmp_path / "chips"
    shutil.copytree(make_chips(size=96), chips)
    broken = sorted((chips / "images").glob("*.tif"))[-1]
    broken.write_bytes(b"II*\0 nothing")
    with pytest.raises((BrokenChipError, InputError), match=broken.name):
        pipeline.train(job(chips, tmp_path / "m"), Silent())
    assert [item.name for item in tmp_path.iterdir()] == ["chips"]
