"""Each network that finds objects really learns: judged on a scene it has never seen, or on four chips by heart."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import torch
from model_cases import OBJECT_TYPES

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.jobs import AssessObjectsJob, DetectJob, ExportJob, LabelJob, TrainJob
from swath.engine.models import ModelType
from swath.engine.progress import Silent

CHIP, EPOCHS = 128, 25
# Networks with queries need thousands of steps before they say anything of what they have not seen.
BY_HEART = {"DETREG", "RTDETRV2"}
LIGHT = {"hidden_size": 64, "queries": 50}
GIVEN: dict[str, dict[str, Any]] = {"MMDETECTION": {"model": "fcos"}, "DETREG": LIGHT, "RTDETRV2": LIGHT}


@functools.cache
def _scene(seed: int, size: int) -> tuple[Path, Path, list[dict[str, Any]]]:
    """Return a sample scene with 0.6 m pixels, its buildings (id, class, value, name), and their class."""
    folder = Path(tempfile.mkdtemp(prefix="swath-scene-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    raster, drawn, labels = folder / "scene.tif", folder / "drawn.gpkg", folder / "labels.gpkg"
    pipeline.label(LabelJob(str(raster), str(drawn), size=size, seed=seed, cell_size=0.6), Silent())
    meta, _, geometry, columns = pyogrio.raw.read(drawn)
    fields = dict(zip(meta["fields"], columns, strict=True))
    kept = fields["Classname"] == "Building"
    names, values = fields["Classname"][kept], fields["Classvalue"][kept]
    pyogrio.raw.write(
        labels, geometry[kept], [np.arange(len(names)), names, values, names], ["id", "class", "value", "name"],
        geometry_type=meta["geometry_type"], crs=meta["crs"],
    )  # fmt: skip
    return raster, labels, [{"value": int(values[0]), "name": "Building", "color": [200, 60, 40]}]


@functools.cache
def _chips(chip_format: str) -> Path:
    raster, labels, classes = _scene(0, 768)
    folder = raster.parent / chip_format
    job = ExportJob(
        str(raster), str(folder), chip_format, str(labels), classes=classes, tile_size=[CHIP, CHIP],
        stride=[CHIP, CHIP], all_tiles=True,
    )  # fmt: skip
    pipeline.export(job, Silent())
    return folder


def _four(chips: Path, chip_format: str, folder: Path) -> Path:
    """Return a copy of the chip set with the four richest chips only."""
    shutil.copytree(chips, folder)
    found = FORMATS.all()[chip_format].read(folder).chips
    count = {chip.stem: chip.label.read_text().count("<object>") if chip.label else 0 for chip in found}
    for chip in sorted(found, key=lambda item: count[item.stem])[:-4]:
        chip.image.unlink()
        if chip.label is not None:
            chip.label.unlink()
    return folder


def _ap50(model: str, folder: Path) -> float:
    """Return the average precision on a scene that no training has seen."""
    raster, labels, _ = _scene(1, 512)
    found, named = folder / "found.gpkg", folder / "named.gpkg"
    pipeline.detect(DetectJob(str(raster), model, str(found), threshold=0.05), Silent())
    meta, _, geometry, columns = pyogrio.raw.read(found)
    fields = dict(zip(meta["fields"], columns, strict=True))
    pyogrio.raw.write(
        named, geometry, [np.arange(len(geometry)), fields["Classname"], fields["Confidence"]],
        ["id", "class", "confidence"], geometry_type=meta["geometry_type"], crs=meta["crs"],
    )  # fmt: skip
    job = AssessObjectsJob(str(named), str(labels), str(folder / "table.csv"))
    return float(pipeline.review_objects(job, Silent())["ap50"])


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("model_type", OBJECT_TYPES, ids=lambda item: item.id)
def test_model_type_learns_to_find_buildings(model_type: ModelType, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    chip_format = model_type.formats[0]
    arguments = GIVEN.get(model_type.id, {})
    by_heart = model_type.id in BY_HEART
    chips = _four(_chips(chip_format), chip_format, tmp_path / "four") if by_heart else _chips(chip_format)
    job = TrainJob(
        [str(chips)], str(tmp_path / "model"), model_type=model_type.id, backbone="resnet18", arguments=arguments,
        max_epochs=200 if by_heart else EPOCHS, batch_size=4, learning_rate=2e-3,
        validation_percentage=0 if by_heart else 10, stop_early=False, processor="CPU",
        augmentation="NONE" if by_heart else "DEFAULT",
    )  # fmt: skip
    trained = pipeline.train(job, Silent())
    found = trained["average_precision"] if by_heart else _ap50(trained["model"], tmp_path)
    print(f"{model_type.id}: AP50 {found:.3f} after {trained['seconds']:.0f} s")
    assert found >= (0.8 if by_heart else 0.5)
