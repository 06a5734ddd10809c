"""Roads, river and the blocks of land between them (shapely; metres, x to the east, y to the south)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

RIVER, MAIN, STREET, LANE = range(4)
WIDTHS = {MAIN: 10.5, STREET: 6.5, LANE: 4.2}  # metres, kerb to kerb
PAVEMENTS = {MAIN: 2.4, STREET: 1.6, LANE: 0.0}
BLOCK, SMALL_BLOCK = 118.0, 38.0  # metres between roads; the least, in small scenes


@dataclass(frozen=True)
class Network:
    """Edges between crossings with their kind and tone, the river and the blocks of land.

    Attributes:
        edges: line strings; ``kinds`` and ``tones`` (grey of the surface, 0 to 255) go with them.
        river: polygon, or an empty one.
        blocks: polygons without roads, pavements and banks.
    """

    edges: np.ndarray
    kinds: np.ndarray
    tones: np.ndarray
    river: shapely.Geometry
    blocks: list[shapely.Polygon]


def _spline(points: np.ndarray, steps: int) -> np.ndarray:
    """Return Catmull-Rom curves (edges, steps + 1, 2) through points (n, 2): one for each inner interval."""
    before, start, stop, after = points[:-3], points[1:-2], points[2:-1], points[3:]
    t = np.linspace(0.0, 1.0, steps + 1)[None, :, None]
    p0, p1, p2, p3 = (item[:, None, :] for item in (before, start, stop, after))
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return np.asarray(0.5 * curve)


def _nodes(rng: np.random.Generator, side: float) -> tuple[np.ndarray, int]:
    """Return jittered crossings (n, n, 2) that reach beyond a square of ``side`` metres, and the middle row."""
    cells = round(side / BLOCK) if side > 4 * BLOCK else int(np.clip(round(side / SMALL_BLOCK), 2, 4))
    step = side / cells
    reach = cells // 2 + 3
    axis = np.arange(-reach, reach + 1) * step
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    grid = grid + rng.uniform(-0.24, 0.24, grid.shape) * step
    turn = np.deg2rad(rng.uniform(9, 17) * rng.choice([-1, 1]))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # Off the middle by some of a block, so that no crossing sits in the centre of the picture.
    shift = side / 2 + rng.uniform(0.2, 0.45, 2) * step
    return np.asarray(grid @ rotation.T + shift), reach


def _edges(rng: np.random.Generator, nodes: np.ndarray, middle: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return curves (n, 13, 2), kinds and tones of the edges of the grid; the middle row is the river."""
    curves, kinds, tones = [], [], []
    for lines, is_row in ((nodes, True), (nodes.transpose(1, 0, 2), False)):
        for index, line in enumerate(lines):
            curve = _spline(line, 12)
            if is_row and index == middle:
                kind = RIVER
            elif (index - middle) % 3 == (1 if is_row else 2):
                kind = MAIN
            else:
                kind = STREET if rng.random() < 0.65 else LANE
            # Lanes and streets end here and there, which makes blocks of several sizes.
            gap = {RIVER: 0.0, MAIN: 0.0, STREET: 0.1, LANE: 0.35}[kind]
            kept = curve[rng.random(len(curve)) >= gap]
            curves.append(kept)
            kinds.append(np.full(len(kept), kind))
            tones.append(np.clip(rng.normal(118, 26) + rng.normal(0, 8, len(kept)), 70, 178))
    return np.concatenate(curves), np.concatenate(kinds), np.concatenate(tones)


def _river(rng: np.random.Generator, curves: np.ndarray, scale: float) -> shapely.Geometry:
    """Return the river: pieces of changing width along the curves of its edges."""
    if not len(curves):
        return shapely.Polygon()
    path = curves.reshape(-1, 2)
    half = (6.5 + 2.5 * np.sin(np.linspace(0, 9, len(path)) + rng.uniform(0, 6))) * scale
    discs = shapely.buffer(shapely.points(path), half, quad_segs=8)
    hulls = shapely.convex_hull(shapely.union(discs[:-1], discs[1:]))
    return shapely.union_all(hulls)


def half_widths(kinds: np.ndarray, pavement: bool, scale: float) -> np.ndarray:
    """Return half the width in metres of edges of these kinds, with pavements or without."""
    table = np.array([0.0] + [WIDTHS[kind] / 2 + pavement * PAVEMENTS[kind] for kind in (MAIN, STREET, LANE)])
    return np.asarray(table[kinds] * scale)


def make_network(rng: np.random.Generator, side: float) -> Network:
    """Draw the network of a square scene of ``side`` metres; small scenes get narrower roads."""
    nodes, middle = _nodes(rng, side)
    curves, kinds, tones = _edges(rng, nodes, middle)
    scale = road_scale(side)
    lines = shapely.linestrings(curves)
    frame = shapely.box(-60, -60, side + 60, side + 60)
    seen = shapely.intersects(lines, frame)
    lines, kinds, tones, curves = lines[seen], kinds[seen], tones[seen], curves[seen]
    river = _river(rng, curves[kinds == RIVER], scale)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(np.append(lines, frame.exterior))]))
    faces = faces[shapely.intersects(faces, shapely.box(0, 0, side, side))]
    is_road = kinds != RIVER
    taken = shapely.buffer(lines[is_road], half_widths(kinds[is_road], True, scale) + 0.8)
    taken = np.append(taken, shapely.buffer(river, 3.0 * scale))
    blocks = _free(faces, taken, 120.0 * scale**2)
    return Network(lines[is_road], kinds[is_road], tones[is_road], river, blocks)


def _free(faces: np.ndarray, taken: np.ndarray, smallest: float) -> list[shapely.Polygon]:
    """Return what is left of each face, in pieces of at least ``smallest`` square metres."""
    tree = shapely.STRtree(taken)
    blocks: list[shapely.Polygon] = []
    for face in faces:
        near = taken[np.sort(tree.query(face, predicate="intersects"))]
        rest = shapely.difference(face, shapely.union_all(near))
        parts = shapely.get_parts(shapely.buffer(shapely.buffer(rest, -1.0), 1.0))
        blocks.extend(part for part in parts if part.area >= smallest)
    # GEOS may give faces in another order in another version; the order decides the use of the land.
    return sorted(blocks, key=lambda block: (round(block.centroid.x, 3), round(block.centroid.y, 3)))


def road_scale(side: float) -> float:
    """Return by how much roads and river shrink where a small scene has small blocks (1 from 470 m on)."""
    return float(np.clip(side / 470.0, 0.35, 1.0))
