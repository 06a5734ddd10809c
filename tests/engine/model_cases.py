"""Chips and steps that the tests of model types share."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import detector_cases
import numpy as np
import onnxruntime
import rasterio
import torch
from rasterio.transform import from_origin
from safetensors.torch import load_file

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.jobs import ClassifyJob, ExportJob, TrainJob
from swath.engine.models import MODEL_TYPES, ModelType, NetworkSpec
from swath.engine.progress import Silent
from swath.engine.tasks import TASKS
from swath.engine.training.network import Graph, Scaling, build_network

BANDS = (1, 3, 8)
TYPES = list(MODEL_TYPES.all().values())
PIXEL_TYPES = [item for item in TYPES if item.task == "PIXELS"]
OBJECT_TYPES = [item for item in TYPES if item.task == "OBJECTS"]
# The lightest network of a family of networks.
FAMILY: dict[str, dict[str, Any]] = {"MMSEGMENTATION": {"model": "mobilenet_v3"}} | detector_cases.LIGHT
LIGHT = ("mobilenet_v2", "timm:mobilenetv3_small_100", "resnet18", "mit_b0", "timm:resnest14d")
# These convolve all channels of the coarsest features, of which MobileNetV2 has many.
LIGHTEST = dict.fromkeys(("MANET", "PSPNET", "UPERNET", "DEEPLAB"), "timm:resnet10t") | {"SEGFORMER": "mit_b0"}
HEAVY = ("resnet101", "resnet50", "mit_b5", "timm:hrnet_w48", "timm:resnest101e", "timm:mobilenetv3_large_100")
CLASSES = [{"value": 1, "name": "bright", "color": [255, 255, 0]}, {"value": 2, "name": "dark", "color": [0, 0, 90]}]
_SIZE, _TILE = 160, 64


def light_backbone(model_type: ModelType, arguments: Mapping[str, Any] | None = None) -> str:
    """Return a small backbone that the model type takes with these arguments."""
    names = model_type.offered(arguments).names
    if model_type.task == "OBJECTS" and model_type.timm and model_type.backbones_for is None:
        return detector_cases.BACKBONE
    return LIGHTEST.get(model_type.id) or next((name for name in LIGHT if name in names), names[0])


def heavy_backbone(model_type: ModelType, arguments: Mapping[str, Any] | None = None) -> str:
    """Return a large backbone that the model type takes with these arguments."""
    names = model_type.offered(arguments).names
    return next((name for name in HEAVY if name in names), names[-1])


def least_side(model_type: ModelType) -> int:
    """Return the side of a small chip in pixels."""
    return max(_TILE, model_type.multiple)


@functools.cache
def scene(bands: int) -> tuple[Path, Path, Path]:
    """Return a raster of bright and dark squares, its label raster, and a folder of chips of 64 pixels."""
    folder = Path(tempfile.mkdtemp(prefix="swath-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng = np.random.default_rng(bands)
    label = np.kron(rng.integers(1, 3, (_SIZE // 32, _SIZE // 32)), np.ones((32, 32), int)).astype(np.uint8)
    image = np.where(label == 1, 190, 60)[None] + rng.normal(0, 15, (bands, _SIZE, _SIZE))
    profile = {"driver": "GTiff", "width": _SIZE, "height": _SIZE, "crs": "EPSG:32632", "dtype": "uint8"}
    profile["transform"] = from_origin(500000, 5000000, 0.5, 0.5)
    raster, labels = folder / "image.tif", folder / "labels.tif"
    with rasterio.open(raster, "w", count=bands, **profile) as target:
        target.write(image.clip(0, 255).astype(np.uint8))
    with rasterio.open(labels, "w", count=1, **profile) as target:
        target.write(label, 1)
    job = ExportJob(
        str(raster), str(folder / "chips"), "CLASSIFIED_TILES", str(labels), labels_are_raster=True, classes=CLASSES,
        tile_size=[_TILE, _TILE], stride=[32, 32],
    )  # fmt: skip
    pipeline.export(job, Silent())
    return raster, labels, folder / "chips"


def go_the_whole_way(
    model_type: ModelType, bands: int, backbone: str, given: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """Train, reload the weights, compare with the ONNX file, apply it; return what the training gave."""
    if model_type.task == "OBJECTS":
        return detector_cases.go_the_whole_way(model_type, bands, backbone, given, folder)
    raster, labels, chips = scene(bands)
    job = TrainJob(
        [str(chips)], str(folder / "model"), model_type=model_type.id, backbone=backbone, arguments=dict(given),
        max_epochs=1, batch_size=4, learning_rate=1e-3, validation_percentage=20, processor="CPU", augmentation="NONE",
    )  # fmt: skip
    trained = pipeline.train(job, Silent())
    assert compare(model_type, bands, backbone, given, Path(trained["model"]), chips) <= 1e-4
    result = folder / "result.tif"
    pipeline.apply(ClassifyJob(str(raster), trained["model"], str(result), tile_size=128), Silent())
    with rasterio.open(result) as classified, rasterio.open(labels) as truth:
        assert classified.transform == truth.transform
        assert set(np.unique(classified.read(1))) <= {1, 2}
    return trained


def check_shapes(model_type: ModelType, bands: int, arguments: Mapping[str, Any]) -> None:
    """A single chip goes through in training, and so does another shape than a square."""
    if model_type.task == "OBJECTS":
        detector_cases.check_shapes(model_type, bands)
        return
    side = least_side(model_type)
    spec = NetworkSpec(bands, 3, light_backbone(model_type, arguments), side, arguments=arguments)
    network = build_network(model_type, spec, seed=0)
    assert network.training
    raw = network(torch.rand(1, bands, side, side + model_type.multiple))
    assert raw.shape == (1, 3, side, side + model_type.multiple)
    raw.square().mean().backward()


def learn_one_batch(
    model_type: ModelType, bands: int, backbone: str, arguments: Mapping[str, Any], steps: int
) -> list[float]:
    """Return the losses of some steps on one batch of two chips, laid out in memory as a training does it."""
    if model_type.task == "OBJECTS":
        return detector_cases.learn_one_batch(model_type, bands, steps)
    side = least_side(model_type)
    spec = NetworkSpec(bands, 2, backbone, side, arguments=arguments)
    network = build_network(model_type, spec, seed=3).to(memory_format=torch.channels_last)
    rng = np.random.default_rng(bands)
    target = np.kron(rng.integers(0, 2, (2, side // 32, side // 32)), np.ones((32, 32), int))
    image = (target * 2 - 1)[:, None] + rng.normal(0, 0.2, (2, bands, side, side))
    values = torch.from_numpy(image.astype(np.float32)).contiguous(memory_format=torch.channels_last)
    truth = torch.from_numpy(target)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(network(values), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def compare(
    model_type: ModelType, bands: int, backbone: str, given: Mapping[str, Any], model: Path, chips: Path
) -> float:
    """Return the largest difference between the ONNX file and its weights in a network built anew.

    Seen on another batch and, where the model takes any size, another shape than the export's own check.
    """
    chip_set = FORMATS.all()["CLASSIFIED_TILES"].read(chips)
    arguments = model_type.parse_arguments(given)
    network = build_network(model_type, NetworkSpec(bands, 2, backbone, _TILE, arguments=arguments), seed=9)
    network.load_state_dict(load_file(model.with_name("model_best.safetensors")))
    activation = TASKS.all()[model_type.task].activation
    graph = Graph(Scaling(chip_set.stats), network, activation).eval()
    side = least_side(model_type)
    width = side if model_type.fixed_tile else side + model_type.multiple
    values = np.random.default_rng(0).integers(0, 255, (3, bands, side, width)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    facts = json.loads(session.get_modelmeta().custom_metadata_map["swath"])
    assert facts["model_type"] == model_type.id
    with torch.inference_mode():
        expected = graph(torch.from_numpy(values)).numpy()
    found = session.run(["output"], {"image": values})[0]
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)
    return float(np.abs(found - expected).max())
