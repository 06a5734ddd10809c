"""Detectors of others: every layout of the YOLO families that Deepness names, from graphs with known candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from apply_models import write_raster
from detect_models import boxes_in_pixels, detect, save
from onnx import helper

from swath.engine.errors import InputError
from swath.engine.model_files import describe_model, open_model

FACTS: dict[str, Any] = {
    "model_type": "Detector",
    "class_names": {"0": "ship", "1": "crane"},
    "resolution": 50,
    "tile_size": 64,
    "tiles_overlap": 0,
    "det_conf": 0.4,
    "det_iou_thresh": 0.3,
}
# Centre x, y, width, height, and what the two classes get.
CANDIDATES = np.array(
    [
        [20, 16, 16, 8, 0.75, 0.125],
        [21, 16, 16, 8, 0.5, 0.25],
        [22, 17, 12, 8, 0.125, 0.625],
        [44, 40, 10, 24, 0.0625, 0.875],
        [44, 12, 10, 10, 0.25, 0.125],
    ],
    np.float32,
)
# The second overlaps the first, the third is of another class, the last is below det_conf.
EXPECTED = [("crane", 2, 0.625), ("crane", 2, 0.875), ("ship", 1, 0.75)]


def write_yolo(path: Path, kind: str, outputs: dict[str, np.ndarray], *, shape: Any = None, **facts: Any) -> Path:
    """Write a graph that gives the same candidates for each tile, moved to the right by ten times its mean."""
    shape = shape or (None, 3, 64, 64)
    columns = kind in {"YOLO_v9", "YOLO_Ultralytics", "YOLO_Ultralytics_segmentation", "YOLO_Ultralytics_obb"}
    nodes = [helper.make_node("ReduceMean", ["image", "axes"], ["mean"], keepdims=1)]
    constants: dict[str, np.ndarray] = {"axes": np.array([1, 2, 3]), "line": np.array([-1, 1, 1])}
    nodes.append(helper.make_node("Reshape", ["mean", "line"], ["mean_line"]))
    for number, (name, values) in enumerate(outputs.items()):
        move = np.zeros_like(values)
        if number == 0:
            move[:, 0] = 10
        stored, moved = (item.T if columns and number == 0 else item for item in (values, move))
        constants |= {f"{name}_values": stored[None].astype(np.float32), f"{name}_move": moved[None].astype(np.float32)}
        factor = "mean_line" if values.ndim == 2 else "mean"
        nodes.append(helper.make_node("Mul", [f"{name}_move", factor], [f"{name}_by"]))
        nodes.append(helper.make_node("Add", [f"{name}_values", f"{name}_by"], [name]))
    named = {name: [None, *constants[f"{name}_values"].shape[1:]] for name in outputs}
    return save(path, nodes, constants, shape, named, metadata={**FACTS, "det_type": kind, **facts})


def plain_raster(path: Path, size: int = 64) -> None:
    write_raster(path, np.zeros((3, size, size), np.uint8))


def layout(kind: str) -> dict[str, np.ndarray]:
    """Return the outputs of a family for the candidates; masks fill the upper half of the tile."""
    if kind in {"YOLO_v5_or_v7_default", "YOLO_v6"}:
        sure = CANDIDATES[:, 4:].max(1, keepdims=True)
        return {"output0": np.concatenate([CANDIDATES[:, :4], sure, CANDIDATES[:, 4:] / sure], axis=1)}
    if kind == "YOLO_Ultralytics_segmentation":
        weights = np.zeros((5, 32), np.float32)
        weights[:, 0], weights[:, 3] = 4, -1
        prototypes = np.zeros((32, 16, 16), np.float32)
        prototypes[0, :, :], prototypes[3, 8:] = 1, 10
        return {"output0": np.concatenate([CANDIDATES, weights], axis=1), "output1": prototypes}
    if kind == "YOLO_Ultralytics_obb":
        angles = np.array([0, 0, np.pi / 6, np.pi / 2, 0], np.float32)[:, None]
        return {"output0": np.concatenate([CANDIDATES, angles], axis=1)}
    return {"output0": CANDIDATES}


KINDS = (
    "YOLO_v5_or_v7_default",
    "YOLO_v6",
    "YOLO_v9",
    "YOLO_Ultralytics",
    "YOLO_Ultralytics_segmentation",
    "YOLO_Ultralytics_obb",
)


def found(features: dict[str, np.ndarray]) -> list[tuple[str, int, float]]:
    rows = zip(features["Classname"], features["Classvalue"], features["Confidence"], strict=True)
    return sorted((str(name), int(value), round(float(score), 5)) for name, value, score in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_and_candidates_of_each_family_are_read(tmp_path: Path, kind: str) -> None:
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind))
    with open_model(tmp_path / "oracle.onnx") as model:
        assert model.decoder == kind
        about = model.info
    assert (about.task, about.threshold, about.overlap, about.tile_size) == ("OBJECTS", 0.4, 0.3, 64)
    assert [(item.value, item.name) for item in about.classes] == [(1, "ship"), (2, "crane")]
    plain_raster(tmp_path / "raster.tif")
    result, features = detect(tmp_path, nms_overlap=about.overlap, max_overlap_ratio=0.5)
    assert found(features) == EXPECTED
    assert result["threshold"] == 0.4
    if kind not in {"YOLO_Ultralytics_segmentation", "YOLO_Ultralytics_obb"}:
        assert sorted(boxes_in_pixels(features).tolist()) == [[12, 12, 28, 20], [16, 13, 28, 21], [39, 28, 49, 52]]


def test_masks_are_the_weighted_prototypes_inside_the_box(tmp_path: Path) -> None:
    kind = "YOLO_Ultralytics_segmentation"
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind))
    plain_raster(tmp_path / "raster.tif")
    _, features = detect(tmp_path)
    box = boxes_in_pixels(features)[features["Confidence"].argmax()]
    # The box goes from row 28 to 52, the masks from 0 to 32.
    assert np.abs(box - [39, 28, 49, 32]).max() <= 1.5


@pytest.mark.parametrize("kind", ["YOLO_v6", "YOLO_Ultralytics", "YOLO_Ultralytics_obb"])
def test_right_angles_are_for_outlines(kind: str, tmp_path: Path) -> None:
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind))
    plain_raster(tmp_path / "raster.tif")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="leave SQUARE off"):
        detect(tmp_path, square=True)
    assert sorted(tmp_path.iterdir()) == before


def test_turned_boxes_are_turned_polygons(tmp_path: Path) -> None:
    kind = "YOLO_Ultralytics_obb"
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind))
    plain_raster(tmp_path / "raster.tif")
    _, features = detect(tmp_path, run_nms=False)
    shapes = features["geometry"][np.argsort(features["Confidence"])]
    quarter, turned = shapes[2], shapes[0]
    # A quarter turn makes 10 x 24 pixels lie.
    assert np.allclose(boxes_in_pixels({"geometry": np.array([quarter], object)}), [[32, 35, 56, 45]], atol=1e-3)
    assert abs(turned.area - 12 * 8 / 4) < 1e-3
    sides = np.hypot(*np.diff(shapely.get_coordinates(turned), axis=0).T)
    assert np.allclose(sorted(sides), [4, 4, 6, 6], atol=1e-4)
    edge = np.diff(shapely.get_coordinates(turned), axis=0)[np.argmax(sides)]
    # Pixels count downwards: 30 degrees clockwise in the picture.
    assert abs(abs(edge[1] / edge[0]) - np.tan(np.pi / 6)) < 1e-4
    assert edge[1] / edge[0] < 0


@pytest.mark.parametrize("kind", ["YOLO_v5_or_v7_default", "YOLO_Ultralytics", "YOLO_Ultralytics_segmentation"])
@pytest.mark.parametrize("batch", [1, 3])
def test_every_tile_of_a_batch_is_decoded(tmp_path: Path, kind: str, batch: int) -> None:
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind))
    pixels = np.zeros((3, 128, 128), np.uint8)
    for number, (row, col) in enumerate([(0, 0), (0, 64), (64, 0), (64, 64)]):
        pixels[:, row : row + 64, col : col + 64] = 51 * number
    write_raster(tmp_path / "raster.tif", pixels)
    result, features = detect(tmp_path, batch_size=batch, padding=0)
    assert result["tiles"] == 4
    # Standardised to 0, 0.2, 0.4 and 0.6, each tile moves its boxes by 2 pixels more than the one before.
    boxes = boxes_in_pixels(features)[features["Confidence"] == 0.75]
    expected = [[12, 12], [78, 12], [16, 76], [82, 76]]
    assert np.abs(np.array(sorted(boxes[:, :2].tolist())) - np.array(sorted(expected))).max() < 1.5


def test_a_detector_without_det_type_is_read_as_the_oldest_family(tmp_path: Path) -> None:
    path = write_yolo(tmp_path / "oracle.onnx", "YOLO_v6", layout("YOLO_v6"))
    import onnx

    model = onnx.load(path)
    entries = {item.key: item.value for item in model.metadata_props if item.key != "det_type"}
    helper.set_model_props(model, entries)
    onnx.save(model, path)
    with open_model(path) as opened:
        assert opened.decoder == "YOLO_v5_or_v7_default"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"det_type": "YOLO_v99"}, "det_type is YOLO_v99, and only YOLO_Ultralytics"),
        ({"class_names": {}}, "class_names"),
        ({"det_conf": "high"}, "det_conf"),
        ({"det_iou_thresh": 45}, "det_iou_thresh"),
    ],
)
def test_broken_metadata_of_a_detector_is_refused(tmp_path: Path, wrong: dict[str, Any], words: str) -> None:
    facts = dict(wrong)
    kind = facts.pop("det_type", "YOLO_v6")
    path = write_yolo(tmp_path / "oracle.onnx", kind, layout("YOLO_v6"), **facts)
    with pytest.raises(InputError, match=words):
        describe_model(path)


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_that_are_not_as_det_type_says_are_refused(tmp_path: Path, kind: str) -> None:
    plain_raster(tmp_path / "raster.tif")
    names = {"class_names": {"0": "a", "1": "b", "2": "c"}}
    write_yolo(tmp_path / "oracle.onnx", kind, layout(kind), **names)
    with pytest.raises(InputError, match="for 3 classes, as its det_type says"):
        detect(tmp_path)


def test_turned_boxes_cut_by_tiles_come_out_once_and_turned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from swath.engine.applying.finding import Finder
    from swath.engine.detections import Detections

    ships = [shapely.affinity.rotate(shapely.box(x, y, x + 40, y + 9), 35) for x, y in ((20, 30), (60, 70), (90, 20))]
    places = np.stack(np.meshgrid(np.arange(160), np.arange(128)))
    write_raster(tmp_path / "raster.tif", np.concatenate([places, places[:1]]).astype(np.uint8))
    write_yolo(tmp_path / "oracle.onnx", "YOLO_Ultralytics_obb", layout("YOLO_Ultralytics_obb"))

    def find(self: Finder, image: np.ndarray) -> Detections:
        """What the tile shows of each ship, as a box around it in the ship's direction."""
        origin = np.array([image[0, 0, 0], image[1, 0, 0]]) * 255
        tile = shapely.box(*origin, *(origin + 64))
        turned = [shapely.affinity.rotate(ship & tile, -35, origin=(0, 0)) for ship in ships if (ship & tile).area > 1]
        parts = [shapely.affinity.rotate(shapely.envelope(part), 35, origin=(0, 0)) for part in turned]
        corners = np.array([shapely.get_coordinates(part)[:4] - origin for part in parts], np.float32).reshape(-1, 4, 2)
        boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
        return Detections(boxes, np.full(len(parts), 0.75, np.float32), np.zeros(len(parts), int), corners=corners)

    monkeypatch.setattr(Finder, "compute", lambda self, batch: list(batch))
    monkeypatch.setattr(Finder, "find", find)
    result, features = detect(tmp_path, padding=10, run_nms=False)
    assert result["tiles"] > 6
    assert len(features["geometry"]) == 3
    back = shapely.transform(
        features["geometry"], lambda xy: np.stack([(xy[:, 0] - 500000) * 2, (5400000 - xy[:, 1]) * 2], axis=1)
    )
    for ship in ships:
        assert max(shapely.area(ship & other) / shapely.area(ship | other) for other in back) > 0.9
