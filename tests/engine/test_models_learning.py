"""Each model type really learns: judged on a scene that it has never seen, against always saying the same."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import pyogrio
import pytest
import rasterio
import torch
from model_cases import PIXEL_TYPES as TYPES

from swath.engine import pipeline
from swath.engine.jobs import ExportJob, LabelJob, TrainJob
from swath.engine.models import ModelType
from swath.engine.progress import Silent

STEPS, BATCH, CHIP = 150, 4, 128
QUICK = {"LINKNET": "resnet18", "SEGFORMER": "mit_b0"}


@functools.cache
def _chips(seed: int, size: int) -> Path:
    """Return the chips of a sample scene with 0.6 m pixels."""
    folder = Path(tempfile.mkdtemp(prefix="swath-scene-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    raster, drawn, labels = folder / "scene.tif", folder / "drawn.gpkg", folder / "labels.gpkg"
    pipeline.label(LabelJob(str(raster), str(drawn), size=size, seed=seed, cell_size=0.6), Silent())
    meta, _, geometry, columns = pyogrio.raw.read(drawn)
    fields = dict(zip(meta["fields"], columns, strict=True))
    values, names = fields["Classvalue"], fields["Classname"]
    pyogrio.raw.write(
        labels, geometry, [values, names], ["value", "name"], geometry_type=meta["geometry_type"], crs=meta["crs"]
    )
    classes = [
        {"value": int(value), "name": str(names[values == value][0]), "color": [40 * int(value), 0, 0]}
        for value in np.unique(values)
    ]
    job = ExportJob(
        str(raster), str(folder / "chips"), "CLASSIFIED_TILES", str(labels), classes=classes,
        tile_size=[CHIP, CHIP], stride=[CHIP, CHIP],
    )  # fmt: skip
    pipeline.export(job, Silent())
    return folder / "chips"


def _read(folder: str, chips: Path) -> np.ndarray:
    """Return (chips, bands, height, width)."""
    arrays = []
    for path in sorted((chips / folder).glob("*.tif")):
        with rasterio.open(path) as image:
            arrays.append(image.read())
    return np.stack(arrays)


def mean_iou(said: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean over the true classes of intersection over union."""
    known = truth > 0
    shares = []
    for value in np.unique(truth[known]):
        one, two = said[known] == value, truth[known] == value
        shares.append((one & two).sum() / (one | two).sum())
    return float(np.mean(shares))


def learn(
    model_type: ModelType, backbone: str, folder: Path, size: int, steps: int, **arguments: object
) -> list[float]:
    """Train for about ``steps`` steps; return the mean IoU on another scene, and that of its commonest class."""
    chips = _chips(0, size)
    chips_count = len(list((chips / "images").glob("*.tif")))
    epochs = max(round(steps / (chips_count * 0.85 // BATCH)), 1)
    job = TrainJob(
        [str(chips)], str(folder / "model"), model_type=model_type.id, backbone=backbone, arguments=dict(arguments),
        max_epochs=epochs, batch_size=BATCH, learning_rate=2e-3, validation_percentage=10, stop_early=False,
        processor="CPU",
    )  # fmt: skip
    trained = pipeline.train(job, Silent())
    images, truth = _read("images", _chips(1, 512)), _read("labels", _chips(1, 512))[:, 0]
    session = onnxruntime.InferenceSession(trained["model"], providers=["CPUExecutionProvider"])
    said = np.concatenate(
        [session.run(["output"], {"image": item[None].astype(np.float32)})[0].argmax(1) for item in images]
    )
    commonest = np.full_like(truth, np.bincount(truth[truth > 0]).argmax())
    return [mean_iou(said + 1, truth), mean_iou(commonest, truth)]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", list(QUICK))
def test_model_type_learns_the_sample_scene_quickly(name: str, tmp_path: Path) -> None:
    model_type = next(item for item in TYPES if item.id == name)
    found, baseline = learn(model_type, QUICK[name], tmp_path, 512, 40)
    assert found >= baseline + 0.2


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_learns_the_sample_scene(model_type: ModelType, tmp_path: Path) -> None:
    backbone = "mit_b0" if model_type.default_backbone.startswith("mit") else "resnet18"
    found, baseline = learn(model_type, backbone, tmp_path, 1024, STEPS)
    print(f"{model_type.id}: mean IoU {found:.3f}, always the commonest class {baseline:.3f}")
    assert found >= baseline + 0.2
