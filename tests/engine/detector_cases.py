"""Chips, steps and a judge that the tests of networks which find objects share."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pyogrio
import rasterio
import shapely
import torch
from rasterio.transform import from_origin
from safetensors.torch import load_file

from swath.engine import pipeline
from swath.engine.chips import FORMATS
from swath.engine.jobs import DetectJob, ExportJob, TrainJob
from swath.engine.models import ModelType, NetworkSpec
from swath.engine.progress import Silent
from swath.engine.training.detection.base import Detector, Truth
from swath.engine.training.detection.graph import DetectorGraph
from swath.engine.training.network import Scaling, build_network

CLASSES = [{"value": 3, "name": "roof", "color": [220, 60, 40]}, {"value": 7, "name": "pond", "color": [40, 90, 220]}]
_FEW = {"rpn_post_nms_top_n_train": 32, "rpn_post_nms_top_n_test": 50, "box_detections_per_img": 20}
# Networks small enough for a test.
LIGHT: dict[str, dict[str, Any]] = {
    name: {"queries": 20, "hidden_size": 64, "encoder_layers": 1, "decoder_layers": 2}
    for name in ("DETREG", "RTDETRV2")
} | {
    "MMDETECTION": {"model": "fcos"},
    "FASTERRCNN": _FEW,
    "MASKRCNN": {**_FEW, "mask_batch_size_per_image": 4},
}
BACKBONE = "timm:resnet10t"
_SIZE, _TILE = 192, 64


@functools.cache
def scene(bands: int, chip_format: str) -> tuple[Path, Path, Path]:
    """Return a raster with bright and dark rectangles, their outlines, and a folder of chips of 64 pixels."""
    folder = Path(tempfile.mkdtemp(prefix="swath-objects-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng = np.random.default_rng(bands)
    image = rng.normal(110, 12, (bands, _SIZE, _SIZE))
    shapes, values = [], []
    for row in range(0, _SIZE, 32):
        for column in range(0, _SIZE, 32):
            width, height = rng.integers(12, 22, 2)
            top, left = row + int(rng.integers(2, 30 - height)), column + int(rng.integers(2, 30 - width))
            value = int(rng.choice([3, 7]))
            image[:, top : top + height, left : left + width] += 80 if value == 3 else -80
            shapes.append(shapely.box(left, _SIZE - top - height, left + width, _SIZE - top))
            values.append(value)
    raster, labels = folder / "image.tif", folder / "labels.gpkg"
    profile = {"driver": "GTiff", "width": _SIZE, "height": _SIZE, "crs": "EPSG:32632", "dtype": "uint8"}
    with rasterio.open(raster, "w", count=bands, transform=from_origin(0, _SIZE, 1, 1), **profile) as target:
        target.write(image.clip(0, 255).astype(np.uint8))
    names = ["roof" if value == 3 else "pond" for value in values]
    pyogrio.raw.write(
        labels, shapely.to_wkb(shapes), [np.array(values), np.array(names, object)], ["value", "name"],
        geometry_type="Polygon", crs="EPSG:32632",
    )  # fmt: skip
    job = ExportJob(
        str(raster), str(folder / "chips"), chip_format, str(labels), classes=CLASSES, tile_size=[_TILE, _TILE],
        stride=[_TILE, _TILE],
    )  # fmt: skip
    pipeline.export(job, Silent())
    return raster, labels, folder / "chips"


def light_arguments(model_type: ModelType) -> dict[str, Any]:
    """Return arguments that make a small network."""
    return LIGHT.get(model_type.id, {})


def check_shapes(model_type: ModelType, bands: int) -> None:
    """A single picture, and where the type takes any size another shape than a square; no object, too."""
    network = _build(model_type, bands, BACKBONE, light_arguments(model_type), 0)
    width = _TILE if model_type.fixed_tile else _TILE + model_type.multiple
    image = torch.rand(1, bands, _TILE, width)
    for count in (0, 2):
        boxes = torch.tensor([[4.0, 6.0, 30.0, 28.0], [33.0, 20.0, 60.0, 50.0]])[:count]
        losses = network.losses(image, [Truth(boxes, torch.zeros(count, dtype=torch.int64), _masks(boxes, width))])
        torch.stack(list(losses.values())).sum().backward()
    with torch.inference_mode():
        named = dict(zip(network.outputs, network.eval()(image), strict=True))
    assert named["boxes"].shape[0] == 1
    assert named["boxes"].shape[2] == 4


def learn_one_batch(model_type: ModelType, bands: int, steps: int) -> list[float]:
    """Return the losses of some steps on one batch of two pictures."""
    network = _build(model_type, bands, BACKBONE, light_arguments(model_type), 3)
    network = network.to(memory_format=torch.channels_last)
    rng = np.random.default_rng(bands)
    image = torch.from_numpy(rng.normal(0, 0.2, (2, bands, _TILE, _TILE)).astype(np.float32))
    boxes = torch.tensor([[6.0, 8.0, 28.0, 30.0], [36.0, 34.0, 60.0, 56.0]])
    for left, top, right, bottom in boxes.int().tolist():
        image[:, :, top:bottom, left:right] += 2
    truths = [Truth(boxes, torch.tensor([0, 1]), _masks(boxes, _TILE))] * 2
    optimizer = torch.optim.AdamW(network.parameters(), lr=(network.rates or (1e-3,))[0])
    losses = []
    for step in range(steps):
        torch.manual_seed(step)
        loss = torch.stack(list(network.losses(image, truths).values())).sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def go_the_whole_way(
    model_type: ModelType, bands: int, backbone: str, given: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """Train, reload the weights, compare with the ONNX file, find objects with it; return what the training gave."""
    chip_format = model_type.formats[0]
    raster, _, chips = scene(bands, chip_format)
    arguments = light_arguments(model_type) | dict(given)
    job = TrainJob(
        [str(chips)], str(folder / "model"), model_type=model_type.id, backbone=backbone, arguments=arguments,
        max_epochs=1, batch_size=3, learning_rate=1e-3, validation_percentage=20, processor="CPU", augmentation="NONE",
    )  # fmt: skip
    trained = pipeline.train(job, Silent())
    _compare(model_type, bands, backbone, arguments, Path(trained["model"]), FORMATS.all()[chip_format].read(chips))
    found = folder / "found.gpkg"
    # Little is sure after an epoch: all that is thought of comes out.
    result = pipeline.detect(DetectJob(str(raster), trained["model"], str(found), threshold=0.02), Silent())
    meta, _, geometry, columns = pyogrio.raw.read(found)
    assert list(meta["fields"]) == ["Classname", "Classvalue", "Confidence"]
    assert result["objects"] == len(geometry)
    assert set(columns[1]) <= {3, 7}
    assert all(shapely.is_valid(shapely.from_wkb(geometry)))
    return trained


def _compare(model_type: ModelType, bands: int, backbone: str, arguments: Mapping[str, Any], model: Path,
             chip_set: Any) -> None:  # fmt: skip
    """The ONNX file says of real chips what its weights say in a network built anew."""
    network = _build(model_type, bands, backbone, arguments, 9)
    network.load_state_dict(load_file(model.with_name("model_best.safetensors")))
    graph = DetectorGraph(Scaling(chip_set.stats), network).eval()
    pictures = []
    for chip in chip_set.chips[:3]:
        with rasterio.open(chip.image) as source:
            pictures.append(source.read())
    values = np.stack(pictures).astype(np.float32)[: 3 if network.batched else 1]
    if not model_type.fixed_tile:
        values = np.concatenate([values, values[..., : model_type.multiple]], axis=3)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    facts = json.loads(session.get_modelmeta().custom_metadata_map["swath"])
    assert (facts["model_type"], facts["task"]) == (model_type.id, "OBJECTS")
    assert facts["graphs"][0]["outputs"] == list(network.outputs)
    with torch.inference_mode():
        expected = [value.numpy() for value in graph.results(torch.from_numpy(values))]
    found = session.run(list(network.outputs), {"image": values})
    assert graph.difference(expected, found) <= 1e-4


def _build(model_type: ModelType, bands: int, backbone: str, given: Mapping[str, Any], seed: int) -> Detector:
    arguments = model_type.parse_arguments(given)
    network = build_network(model_type, NetworkSpec(bands, 2, backbone, _TILE, arguments=arguments), seed)
    assert isinstance(network, Detector)
    return network


def _masks(boxes: torch.Tensor, width: int) -> torch.Tensor:
    masks = torch.zeros(len(boxes), _TILE, width, dtype=torch.bool)
    for mask, (left, top, right, bottom) in zip(masks, boxes.int().tolist(), strict=True):
        mask[top:bottom, left:right] = True
    return masks
