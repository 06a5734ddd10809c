"""Detectors that are exact, and scenes for them, for the tests of detecting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyogrio
import pytest
import shapely
from apply_models import Collector, write_raster
from onnx import TensorProto, helper, numpy_helper

from swath.engine.applying.detect import detect_objects
from swath.engine.classes import ClassInfo
from swath.engine.jobs import DetectJob
from swath.engine.model_info import METADATA_KEY, GraphInfo, GraphInput, ModelInfo

VEHICLES = (ClassInfo(1, "car", (230, 0, 0)), ClassInfo(5, "truck & bus", (0, 0, 230)))
# What the bands of a scene tell of the object that a pixel belongs to.
BANDS = ("id", "left", "top", "right", "bottom", "channel", "score", "x", "y")


def info(classes: tuple[ClassInfo, ...] = VEHICLES, bands: int = len(BANDS), **changes: Any) -> ModelInfo:
    """Describe a detector."""
    outputs = changes.pop("outputs", ("boxes", "scores"))
    values: dict[str, Any] = {
        "task": "OBJECTS",
        "model_type": "ORACLE",
        "backbone": "",
        "graphs": (GraphInfo("oracle.onnx", (GraphInput("image", tuple(range(1, bands + 1))),), outputs),),
        "classes": classes,
        "tile_size": 64,
        "padding": 16,
        "tile_multiple": 1,
        "dtype": "float32",
    }
    return ModelInfo(**{**values, **changes})


def write_scene(path: Path, objects: np.ndarray, width: int, height: int, **options: Any) -> Path:
    """Write rectangles (xmin, ymin, xmax, ymax, channel, score) as a raster that the oracle reads."""
    pixels = np.zeros((len(BANDS), height, width), np.float32)
    pixels[7], pixels[8] = np.meshgrid(np.arange(width), np.arange(height))
    # An empty place is valid, too.
    pixels[5] = -1
    for number, (left, top, right, bottom, channel, score) in enumerate(objects, start=1):
        window = pixels[:, int(top) : int(bottom), int(left) : int(right)]
        window[:7] = np.array([number, left, top, right, bottom, channel, score])[:, None, None]
    return write_raster(path, pixels, **options)


def write_oracle(path: Path, about: ModelInfo | None = None, shape: tuple[Any, ...] = (None, 9, None, None)) -> Path:
    """Write a network that reports, in each tile, the visible part of every object: exactly, and once.

    The first pixel of an object that the tile shows is its candidate; all other candidates have the score 0.
    """
    about = about or info()
    classes = len(about.classes)
    nodes: list[onnx.NodeProto] = []
    constants: dict[str, np.ndarray] = {
        "one": np.ones((1, 1, 1, 1), np.float32),
        "zero": np.zeros((1, 1, 1, 1), np.float32),
        "axis_x": np.array(3),
        "axis_y": np.array(2),
        "list": np.array([0, -1, 4]),
        "list_scores": np.array([0, -1, classes]),
        "flat": np.array([0, -1, 1]),
        "first": np.array([0]),
        "second": np.array([1]),
        "x_axes": np.array([3]),
        "y_axes": np.array([2]),
        "pad_x": np.array([0, 0, 0, 1, 0, 0, 0, 0]),
        "pad_y": np.array([0, 0, 1, 0, 0, 0, 0, 0]),
        "cut_x": np.array([0, 0, 0, 0, 0, 0, 0, -1]),
        "cut_y": np.array([0, 0, 0, 0, 0, 0, -1, 0]),
        "channels": np.arange(classes, dtype=np.float32).reshape(1, classes, 1, 1),
    }

    def node(kind: str, *inputs: str, count: int = 1, **options: Any) -> str:
        name = f"v{len(nodes)}"
        outputs = [name] if count == 1 else [f"{name}_{item}" for item in range(count)]
        nodes.append(helper.make_node(kind, list(inputs), outputs, **options))
        return outputs[0] if count == 1 else name

    bands = node("Split", "image", count=9, axis=1, num_outputs=9)
    ident, left, top, right, bottom, channel, score, px, py = (f"{bands}_{item}" for item in range(9))
    ones = node("Add", node("Mul", ident, "zero"), "one")
    x = node("Sub", node("CumSum", ones, "axis_x"), "one")
    y = node("Sub", node("CumSum", ones, "axis_y"), "one")
    seen = node("Greater", ident, "zero")
    marks = []
    for pad, cut in (("pad_x", "cut_x"), ("pad_y", "cut_y")):
        before = node("Pad", node("Pad", ident, pad), cut)
        marks.append(node("Not", node("Equal", before, ident)))
    # Where the tile reaches beyond the raster, what is mirrored is left out.
    origins = []
    for places, own in ((px, x), (py, y)):
        origin = node("Sub", places, own)
        corner = node("Slice", node("Slice", origin, "first", "second", "y_axes"), "first", "second", "x_axes")
        marks.append(node("Equal", origin, corner))
        origins.append(corner)
    mark = seen
    for item in marks:
        mark = node("And", mark, item)
    sides = []
    for place, origin, own in (
        (left, origins[0], x),
        (top, origins[1], y),
        (right, origins[0], x),
        (bottom, origins[1], y),
    ):
        last = node("Add", node("ReduceMax", own, keepdims=1), "one")
        inside = node("Min", node("Max", node("Sub", place, origin), "zero"), last)
        # Candidates that are none have some box, too.
        sides.append(node("Reshape", inside, "flat"))
    nodes.append(helper.make_node("Concat", sides, ["boxes"], axis=2))
    sure = node("Mul", score, node("Cast", mark, to=TensorProto.FLOAT))
    own = node("Cast", node("Equal", channel, "channels"), to=TensorProto.FLOAT)
    nodes.append(
        helper.make_node(
            "Reshape", [node("Transpose", node("Mul", sure, own), perm=[0, 2, 3, 1]), "list_scores"], ["scores"]
        )
    )
    outputs = {"boxes": 4, "scores": classes}
    return save(path, nodes, constants, shape, {name: [None, None, last] for name, last in outputs.items()}, about)


def write_dots(path: Path, mask: np.ndarray | None = None, *, label: int = 0, **about: Any) -> Path:
    """Write a network that reports a box around each pixel of a score: band 1 is the score, band 2 half the side.

    A dot is missed where the pixel on its left is negative. With ``mask`` (m, m) it is a selected graph, whose
    objects all have that mask; else a dense one.
    """
    outputs = ("boxes", "scores", "labels", "masks") if mask is not None else ("boxes", "scores")
    described = info(bands=2, outputs=outputs, **about)
    constants = {
        "zero": np.zeros((1, 1, 1, 1), np.float32),
        "one": np.ones((1, 1, 1, 1), np.float32),
        "half": np.full((1, 1, 1, 1), 0.5, np.float32),
        "axis_x": np.array(3),
        "axis_y": np.array(2),
        "pad": np.array([0, 0, 0, 1, 0, 0, 0, -1]),
        "flat": np.array([0, -1, 1]),
    }
    make = helper.make_node
    nodes = [
        make("Split", ["image"], ["score", "radius"], axis=1, num_outputs=2),
        make("Pad", ["score", "pad"], ["before"]),
        make("Less", ["before", "zero"], ["hidden"]),
        make("Where", ["hidden", "zero", "score"], ["sure"]),
        make("Mul", ["score", "zero"], ["nothing"]),
        make("Add", ["nothing", "one"], ["ones"]),
    ]
    for axis in ("x", "y"):
        nodes += [
            make("CumSum", ["ones", f"axis_{axis}"], [f"end_{axis}"]),
            make("Sub", [f"end_{axis}", "half"], [f"middle_{axis}"]),
            make("Sub", [f"middle_{axis}", "radius"], [f"low_{axis}"]),
            make("Add", [f"middle_{axis}", "radius"], [f"high_{axis}"]),
        ]
    sides = ("low_x", "low_y", "high_x", "high_y")
    shape: tuple[Any, ...] = (None, 2, None, None)
    if mask is None:
        for name in (*sides, "sure", "nothing"):
            nodes.append(make("Reshape", [name, "flat"], [f"{name}_flat"]))
        nodes.append(make("Concat", [f"{side}_flat" for side in sides], ["boxes"], axis=2))
        nodes.append(make("Concat", ["sure_flat", "nothing_flat"], ["scores"], axis=2))
        return save(path, nodes, constants, shape, {"boxes": [None, None, 4], "scores": [None, None, 2]}, described)
    constants |= {
        "line": np.array([-1]),
        "row": np.array([1, -1]),
        "table": np.array([1, -1, 4]),
        "mask": mask[None, None].astype(np.float32),
        "label": np.array([label]),
        "tail": np.array([*mask.shape]),
        "none": np.array(0.0, np.float32),
        "first": np.array([1]),
    }
    nodes += [
        make("Reshape", ["sure", "line"], ["sure_line"]),
        make("Greater", ["sure_line", "none"], ["found"]),
        make("Compress", ["sure_line", "found"], ["scores_line"], axis=0),
        make("Reshape", ["scores_line", "row"], ["scores"]),
        make("Shape", ["scores"], ["size"]),
        make("Expand", ["label", "size"], ["labels"]),
        make("Concat", ["size", "tail"], ["masks_size"], axis=0),
        make("Expand", ["mask", "masks_size"], ["masks"]),
    ]
    for side in sides:
        nodes.append(make("Reshape", [side, "line"], [f"{side}_line"]))
        nodes.append(make("Compress", [f"{side}_line", "found"], [f"{side}_found"], axis=0))
        nodes.append(make("Unsqueeze", [f"{side}_found", "first"], [f"{side}_column"]))
    nodes.append(make("Concat", [f"{side}_column" for side in sides], ["box_table"], axis=1))
    nodes.append(make("Reshape", ["box_table", "table"], ["boxes"]))
    named = {"boxes": [1, None, 4], "scores": [1, None], "labels": [1, None], "masks": [1, None, *mask.shape]}
    return save(path, nodes, constants, shape, named, described)


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, np.ndarray],
    shape: tuple[Any, ...],
    outputs: dict[str, list[Any]],
    about: ModelInfo | None = None,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """Write a graph with its metadata."""
    free = ("batch", "bands", "height", "width")
    sides = [name if side is None else side for name, side in zip(free, shape, strict=True)]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, sides)],
        [
            helper.make_tensor_value_info(
                name,
                TensorProto.INT64 if name == "labels" else TensorProto.FLOAT,
                [f"{name}{axis}" if side is None else side for axis, side in enumerate(sides_out)],
            )
            for name, sides_out in outputs.items()
        ],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    entries = {METADATA_KEY: about.to_json()} if about else {}
    entries |= {key: json.dumps(value) for key, value in (metadata or {}).items()}
    helper.set_model_props(model, entries)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path


def detect(
    folder: Path, name: str = "out", reporter: Any = None, **job: Any
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Run a job on ``raster.tif`` with ``oracle.onnx``; return the result and the features by column."""
    values = {"raster": str(folder / "raster.tif"), "model": str(folder / "oracle.onnx"), "threads": 1, **job}
    output = folder / f"{name}.gpkg"
    result = detect_objects(DetectJob(output=str(output), **values), reporter or Collector())
    assert not output.with_name(output.name + ".partial").exists()
    return result, read(output)


def read(path: Path) -> dict[str, np.ndarray]:
    """Return the features of a result by column."""
    facts, _, geometry, columns = pyogrio.raw.read(path, layer="detections")
    found = dict(zip(facts["fields"], columns, strict=True))
    assert list(found) == ["Classname", "Classvalue", "Confidence"]
    return {**found, "geometry": np.asarray(shapely.from_wkb(geometry), object), "crs": facts["crs"]}


def boxes_in_pixels(features: dict[str, np.ndarray]) -> np.ndarray:
    """Return the boxes (n, 4) of features of a raster that ``write_raster`` has placed."""
    bounds = shapely.bounds(features["geometry"]).reshape(-1, 4)
    x, y = (bounds[:, [0, 2]] - 500000) / 0.5, (5400000 - bounds[:, [3, 1]]) / 0.5
    return np.round(np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1), 3)


def random_objects(
    random: np.random.Generator, width: int, height: int, count: int, largest: int, gap: int = 1
) -> np.ndarray:
    """Return rectangles that keep apart: (n, 6) xmin, ymin, xmax, ymax, channel, score."""
    taken = np.zeros((height, width), bool)
    found = []
    for _ in range(count):
        side = np.minimum(np.exp(random.uniform(np.log(3), np.log(largest), 2)).astype(int) + 1, [width, height])
        left, top = random.integers(0, width - side[0] + 1), random.integers(0, height - side[1] + 1)
        around = taken[max(top - gap, 0) : top + side[1] + gap, max(left - gap, 0) : left + side[0] + gap]
        if around.any():
            continue
        taken[top : top + side[1], left : left + side[0]] = True
        # Scores of six digits, as they are written, all different.
        score = round((600 + len(found)) / 1024, 6)
        found.append((left, top, left + side[0], top + side[1], random.integers(0, 2), score))
    return np.asarray(found, np.float64).reshape(-1, 6)


OBJECTS = random_objects(np.random.default_rng(11), 200, 180, 40, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the detector oracle.onnx and raster.tif, which shows OBJECTS."""
    write_oracle(tmp_path / "oracle.onnx")
    write_scene(tmp_path / "raster.tif", OBJECTS, 200, 180)
    return tmp_path
