"""Outlines of instances: true, with holes, one piece, whole across tiles, right-angled where asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from apply_models import write_raster
from detect_models import detect, write_dots
from hypothesis import given, settings
from hypothesis import strategies as st

from swath.engine.applying.outlines import outline_masks, simplify
from swath.engine.applying.squaring import square_outlines
from swath.engine.windows import Window

FULL = np.ones((8, 8))
RING = np.ones((12, 12))
RING[4:8, 4:8] = 0


def dots(folder: Path, places: list[tuple[int, int, float, float]], size: int = 128) -> None:
    """Write a raster of dots: row, column, score, half the side."""
    pixels = np.zeros((2, size, size), np.float32)
    for row, col, score, radius in places:
        pixels[:, row, col] = score, radius
    write_raster(folder / "raster.tif", pixels)


def to_pixels(geometry: np.ndarray) -> np.ndarray:
    return shapely.transform(geometry, lambda xy: np.stack([(xy[:, 0] - 500000) * 2, (5400000 - xy[:, 1]) * 2], axis=1))


def test_outlines_follow_the_mask_with_its_holes(tmp_path: Path) -> None:
    write_dots(tmp_path / "oracle.onnx", mask=RING)
    dots(tmp_path, [(60, 50, 0.75, 24)])
    _, features = detect(tmp_path, tile_size=128)
    (shape,) = to_pixels(features["geometry"])
    assert shape.geom_type == "Polygon"
    assert len(shape.interiors) == 1
    whole = shapely.box(26.5, 36.5, 74.5, 84.5)
    hole = shapely.box(42.5, 52.5, 58.5, 68.5)
    truth = whole - hole
    assert shapely.area(shape & truth) / shapely.area(shape | truth) > 0.9
    assert len(shapely.get_coordinates(shape)) < 40


def test_masks_of_several_pieces_give_the_largest_and_empty_masks_their_box(tmp_path: Path) -> None:
    pieces = np.zeros((10, 10))
    pieces[:3, :3] = pieces[5:, 4:] = 1
    for mask, expected in ((pieces, shapely.box(46.5, 51.5, 70.5, 71.5)), (np.zeros((4, 4)), None)):
        write_dots(tmp_path / "oracle.onnx", mask=mask)
        dots(tmp_path, [(51, 50, 0.75, 20)])
        _, features = detect(tmp_path, tile_size=128)
        (shape,) = to_pixels(features["geometry"])
        truth = shapely.box(30.5, 31.5, 70.5, 71.5) if expected is None else expected
        assert shapely.area(shape & truth) / shapely.area(shape | truth) > 0.85


def test_outlines_in_tiles_equal_those_of_the_whole(tmp_path: Path) -> None:
    write_dots(tmp_path / "oracle.onnx", mask=RING)
    dots(tmp_path, [(r, c, 0.75, 11) for r in range(15, 128, 26) for c in range(14, 128, 27)])
    _, whole = detect(tmp_path, "whole", tile_size=128)
    _, tiled = detect(tmp_path, "tiled", tile_size=64, padding=16)
    assert len(whole["geometry"]) == len(tiled["geometry"]) == 25
    assert sorted(shapely.to_wkt(whole["geometry"])) == sorted(shapely.to_wkt(tiled["geometry"]))


def test_outlines_decide_what_overlaps_not_boxes(tmp_path: Path) -> None:
    triangle = np.tri(16)
    # Two boxes with an IoU of a third; the lower left half of one touches nothing of the other.
    write_dots(tmp_path / "oracle.onnx", mask=triangle)
    dots(tmp_path, [(50, 50, 0.75, 16), (46, 66, 0.875, 16)])
    _, features = detect(tmp_path, tile_size=128)
    assert len(features["geometry"]) == 2
    write_dots(tmp_path / "oracle.onnx", mask=FULL)
    _, features = detect(tmp_path, tile_size=128)
    assert features["Confidence"].tolist() == [0.875]


def test_augmented_outlines_are_turned_back(tmp_path: Path) -> None:
    corner = np.ones((8, 8))
    corner[:4, 4:] = 0
    write_dots(tmp_path / "oracle.onnx", mask=corner)
    dots(tmp_path, [(40, 50, 0.75, 16)])
    _, features = detect(tmp_path, tile_size=128, test_time_augmentation=True)
    (shape,) = to_pixels(features["geometry"])
    # Each quarter is missing in two of eight views: the mean is 0.75 everywhere.
    assert shapely.area(shape & shapely.box(34.5, 24.5, 66.5, 56.5)) > 0.9 * 32 * 32
    assert features["Confidence"].tolist() == [0.75]


def test_parts_of_a_large_outline_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub of a network that sees an L-shaped building in each tile as far as the tile shows it."""
    from swath.engine.applying.finding import Finder
    from swath.engine.detections import Detections

    building = shapely.Polygon([(20, 20), (110, 20), (110, 45), (50, 45), (50, 115), (20, 115)])
    truth = np.zeros((128, 128), np.float32)
    truth[20:115, 20:50] = truth[20:45, 20:110] = 1
    places = np.stack(np.meshgrid(np.arange(128), np.arange(128)))
    write_raster(tmp_path / "raster.tif", np.concatenate([truth[None], places]).astype(np.float32))
    write_dots(tmp_path / "oracle.onnx", mask=FULL)

    def compute(self: Finder, batch: np.ndarray) -> list[np.ndarray]:
        return list(batch)

    def find(self: Finder, image: np.ndarray) -> Detections:
        rows, cols = np.nonzero(image[0])
        if len(rows) == 0:
            return Detections(
                np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, int), np.zeros((0, 56, 56))
            )
        box = np.array([cols.min(), rows.min(), cols.max() + 1, rows.max() + 1], np.float32)
        steps = (np.arange(56) + 0.5) / 56
        ys, xs = (box[1] + steps * (box[3] - box[1])).astype(int), (box[0] + steps * (box[2] - box[0])).astype(int)
        mask = image[0][np.ix_(ys, xs)]
        return Detections(box[None], np.array([0.75], np.float32), np.zeros(1, int), mask[None])

    monkeypatch.setattr(Finder, "compute", compute)
    monkeypatch.setattr(Finder, "find", find)
    for square in (False, True):
        result, features = detect(tmp_path, tile_size=48, padding=10, square=square)
        assert result["tiles"] > 9
        (shape,) = to_pixels(features["geometry"])
        assert shapely.area(shape & building) / shapely.area(shape | building) > 0.93
        assert shape.is_valid
    assert len(shapely.get_coordinates(shape)) == 7


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), side=st.integers(2, 40))
def test_outlines_of_any_mask_are_valid_polygons(seed: int, side: int) -> None:
    random = np.random.default_rng(seed)
    masks = random.random((3, 14, 14)).astype(np.float32) ** random.uniform(0.2, 2)
    low = random.uniform(-5, 30, (3, 2))
    boxes = np.concatenate([low, low + random.uniform(0.3, side, (3, 2))], axis=1)
    clipped = np.clip(boxes, 0, 32)
    kept = (clipped[:, 2:] > clipped[:, :2]).all(1)
    outlines = outline_masks(masks[kept], boxes[kept], clipped[kept], Window(0, 0, 32, 32))
    for shapes in (outlines, simplify(outlines), square_outlines(simplify(outlines))):
        assert shapely.is_valid(shapes).all()
        assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
        assert (shapely.area(shapes) > 0).all()
    bounds = shapely.bounds(outlines).reshape(-1, 4)
    assert (bounds[:, :2] >= -1e-6).all()
    assert (bounds[:, 2:] <= 32 + 1e-6).all()


def building(kind: str) -> shapely.Polygon:
    shapes = {
        "rectangle": [(0, 0), (40, 0), (40, 22), (0, 22)],
        "L": [(0, 0), (60, 0), (60, 20), (25, 20), (25, 50), (0, 50)],
        "U": [(0, 0), (60, 0), (60, 50), (42, 50), (42, 18), (18, 18), (18, 50), (0, 50)],
    }
    return shapely.Polygon(shapes[kind])


@pytest.mark.parametrize("angle", [0, 11, 30, 45, 77])
@pytest.mark.parametrize("kind", ["rectangle", "L", "U"])
def test_square_outlines_of_buildings_are_right_angled_at_any_angle(kind: str, angle: float) -> None:
    import rasterio.features

    truth = shapely.affinity.translate(shapely.affinity.rotate(building(kind), angle), 40, 40)
    burnt = rasterio.features.rasterize([truth], (140, 140)).astype(bool)
    pieces = [shapely.geometry.shape(g) for g, v in rasterio.features.shapes(burnt.astype(np.uint8), mask=burnt)]
    outline = simplify(np.array([max(pieces, key=shapely.area)], object))
    (squared,) = square_outlines(outline)
    ring = shapely.get_coordinates(squared.exterior)
    steps = np.diff(ring, axis=0)
    turns = (steps * np.roll(steps, 1, axis=0)).sum(1) / np.hypot(*steps.T) / np.hypot(*np.roll(steps, 1, axis=0).T)
    assert np.abs(turns).max() < 1e-6
    assert len(steps) == len(building(kind).exterior.coords) - 1
    assert abs(squared.area / truth.area - 1) < 0.06
    assert shapely.area(squared & truth) / shapely.area(squared | truth) > 0.9


def test_square_leaves_round_outlines_and_keeps_holes() -> None:
    circle = shapely.Point(50, 50).buffer(30)
    yard = shapely.box(0, 0, 60, 50) - shapely.box(20, 15, 40, 35)
    kept, squared = square_outlines(np.array([circle, yard], object))
    assert kept.equals(circle)
    assert len(squared.interiors) == 1
    assert squared.symmetric_difference(yard).area < 1e-6
