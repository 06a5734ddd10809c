"""What every model type must do, whatever it is: drop a file into ``engine/models`` and it is tested here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.jobs import ClassifyJob, ExportJob, TrainJob
from swath.engine.models import (
    MODEL_TYPES,
    BadArgumentError,
    BadBackboneError,
    ModelType,
    NetworkSpec,
    UnknownArgumentError,
)
from swath.engine.progress import Silent
from swath.engine.tasks import TASKS

LIGHT_BACKBONES = ("resnet18", "mobilenet_v2")
CLASSES = [{"value": 1, "name": "bright", "color": [255, 255, 0]}, {"value": 2, "name": "dark", "color": [0, 0, 90]}]
TYPES = list(MODEL_TYPES.all().values())


def _light_backbone(model_type: ModelType) -> str:
    return next((name for name in LIGHT_BACKBONES if name in model_type.backbones), model_type.default_backbone)


def _scene(folder: Path, bands: int, size: int = 256) -> tuple[Path, Path]:
    """Write a raster of bright and dark squares and its label raster, full cover."""
    rng = np.random.default_rng(bands)
    label = np.kron(rng.integers(1, 3, (size // 32, size // 32)), np.ones((32, 32), int)).astype(np.uint8)
    image = np.where(label == 1, 190, 60)[None] + rng.normal(0, 15, (bands, size, size))
    profile = {"driver": "GTiff", "width": size, "height": size, "crs": "EPSG:32632", "dtype": "uint8"}
    profile["transform"] = from_origin(500000, 5000000, 0.5, 0.5)
    raster, labels = folder / "image.tif", folder / "labels.tif"
    with rasterio.open(raster, "w", count=bands, **profile) as target:
        target.write(image.clip(0, 255).astype(np.uint8))
    with rasterio.open(labels, "w", count=1, **profile) as target:
        target.write(label, 1)
    return raster, labels


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_describes_itself_completely(model_type: ModelType) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", model_type.id)
    assert model_type.title
    assert model_type.help
    assert model_type.task in TASKS.ids()
    assert model_type.formats
    assert set(model_type.formats) <= set(FORMATS.ids())
    assert model_type.default_backbone in model_type.backbones
    assert model_type.parse_backbone("") == model_type.default_backbone
    for argument in model_type.arguments:
        assert argument.help, f"{argument.name} has no help"
        assert argument.parse(model_type.id, argument.default) == argument.default
    json.dumps(model_type.parse_arguments({}))


@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_model_type_refuses_what_it_does_not_take(model_type: ModelType) -> None:
    with pytest.raises(UnknownArgumentError, match="no_such_argument"):
        model_type.parse_arguments({"no_such_argument": 1})
    with pytest.raises(BadBackboneError, match="no_such_backbone"):
        model_type.parse_backbone("no_such_backbone")
    for argument in model_type.arguments:
        with pytest.raises(BadArgumentError, match=argument.name):
            argument.parse(model_type.id, "nonsense!")


@pytest.mark.parametrize("bands", [1, 3, 8])
@pytest.mark.parametrize("model_type", TYPES, ids=lambda item: item.id)
def test_network_takes_any_number_of_bands(model_type: ModelType, bands: int) -> None:
    torch = pytest.importorskip("torch")
    spec = NetworkSpec(bands, 3, _light_backbone(model_type), 64, arguments=model_type.parse_arguments({}))
    network = model_type.build(spec).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, bands, 64, 64)).shape == (2, 3, 64, 64)


@pytest.mark.parametrize(("model_type", "bands"), [(item, (1, 3, 8)[n % 3]) for n, item in enumerate(TYPES)], ids=str)
def test_model_type_goes_the_whole_way(model_type: ModelType, bands: int, tmp_path: Path) -> None:
    raster, labels = _scene(tmp_path, bands)
    chips, model, result = tmp_path / "chips", tmp_path / "model", tmp_path / "result.tif"
    job = ExportJob(
        str(raster), str(chips), model_type.formats[0], str(labels), labels_are_raster=True, classes=CLASSES
    )
    pipeline.export(ExportJob(**{**job.to_dict(), "tile_size": [64, 64], "stride": [32, 32]}), Silent())
    trained = pipeline.train(
        TrainJob(
            [str(chips)],
            str(model),
            model_type=model_type.id,
            backbone=_light_backbone(model_type),
            max_epochs=3,
            batch_size=8,
            learning_rate=1e-3,
            validation_percentage=20,
        ),
        Silent(),
    )
    epochs = [json.loads(line) for line in (model / "run" / "run.jsonl").read_text().splitlines()]
    losses = [line["train_loss"] for line in epochs if "train_loss" in line]
    assert losses[-1] < losses[0]
    pipeline.apply(ClassifyJob(str(raster), trained["model"], str(result), tile_size=128), Silent())
    with rasterio.open(result) as classified, rasterio.open(labels) as truth:
        assert classified.transform == truth.transform
        agreement = float((classified.read(1) == truth.read(1)).mean())
    assert agreement > 0.8
