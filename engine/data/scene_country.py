"""Blocks of open land: woods, parks with ponds, fields (shapely; metres)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely

from . import scene_plan as pieces
from .scene_plan import Plan, blob, box_at, main_angle, plant, scatter


def wood(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Cover a block with trees of one kind or several, with a clearing now and then."""
    area = shapely.buffer(block, -rng.uniform(1.0, 6.0) * plan.scale)
    if block.area > 4000:
        x, y = shapely.get_coordinates(block.representative_point())[0] + rng.normal(0, 12, 2)
        area = shapely.difference(area, blob(rng, float(x), float(y), rng.uniform(7, 14)))
    plan.lawns.add(block, tone=rng.normal(0, 1))
    points = scatter(rng, area, rng.uniform(3.6, 4.6))
    plant(plan, rng, points[rng.random(len(points)) < 0.93], (1.8, 3.8), rng.choice([0.1, 0.35, 0.6]))


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    """Return the largest polygon of a shape."""
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def park(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Lay out a meadow with a pond, paths and groups of trees."""
    plan.lawns.add(block, tone=rng.normal(0, 1))
    centre, size = block.representative_point(), np.sqrt(block.area)
    x, y = centre.x + rng.uniform(-0.12, 0.12) * size, centre.y + rng.uniform(-0.12, 0.12) * size
    pond = _largest(shapely.intersection(blob(rng, x, y, size * rng.uniform(0.19, 0.26)), block))
    plan.waters.add(pond, tone=rng.random(), wet=rng.random())
    around = shapely.buffer(pond, 5.0 * plan.scale)
    path = shapely.intersection(shapely.buffer(around.boundary, max(1.2 * plan.scale, 0.8)), block)
    ways = [path]
    for _ in range(3):
        gate = block.exterior.interpolate(rng.uniform(0, block.exterior.length))
        near = around.exterior.interpolate(around.exterior.project(gate))
        ways.append(shapely.buffer(shapely.LineString([gate, near]), max(1.2 * plan.scale, 0.8)))
    kind = rng.choice([pieces.GRAVEL, pieces.CONCRETE], p=[0.75, 0.25])
    plan.paved.add(shapely.difference(shapely.union_all(ways), pond), kind=kind, tone=rng.normal(0, 1))
    free = shapely.difference(shapely.buffer(block, -2.0), shapely.buffer(pond, 1.0))
    points = scatter(rng, free, 8.0, 0.5)
    plant(plan, rng, points[rng.random(len(points)) < 0.28], (1.6, 4.4), rng.uniform(0.3, 0.7))


def field(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Divide a block into strips of different crops, with a grass margin and hedgerows."""
    plan.lawns.add(block, tone=rng.normal(0.5, 1))
    area = shapely.buffer(block, -rng.uniform(1.5, 4.0) * plan.scale)
    angle, size = main_angle(block), float(np.sqrt(block.area))
    strips = int(rng.integers(2, 5)) if block.area > 3500 else 1
    centre = block.centroid
    edges = np.sort(np.concatenate([[-2.0, 2.0], rng.uniform(-0.3, 0.3, strips - 1)])) * size
    crops = rng.permutation(pieces.CROPS)
    for index, (low, high) in enumerate(pairwise(edges)):
        middle, width = (low + high) / 2, high - low - rng.uniform(0.6, 2.0)
        x, y = centre.x - np.sin(angle) * middle, centre.y + np.cos(angle) * middle
        strip = shapely.intersection(area, box_at(x, y, angle, 4 * size, width))
        turn = angle if rng.random() < 0.7 else angle + np.pi / 2
        turn += rng.normal(0, 0.04)
        plan.fields.add(strip, angle=turn, crop=crops[index], period=rng.uniform(1.1, 2.3), tone=rng.normal(0, 1))
    if rng.random() < 0.6:
        line = shapely.intersection(block.exterior, box_at(block.bounds[0], centre.y, 0.0, size * 1.2, size * 3))
        at = np.arange(0, line.length, 4.0)
        points = shapely.get_coordinates(shapely.line_interpolate_point(shapely.line_merge(line), at))
        plant(plan, rng, points[rng.random(len(points)) < 0.7] + rng.normal(0, 0.6, 2), (1.3, 3.2), 0.4)
