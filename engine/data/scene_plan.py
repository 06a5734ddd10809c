"""The plan of the sample scene as layers of shapes, and the pieces it is made of (shapely; metres).

x runs to the east and y to the south, from the upper left corner of the scene.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from .scene_network import Network

FLAT, GABLE, HIP = range(3)
ASPHALT, CONCRETE, GRAVEL = range(3)
TILE, BROWN, SLATE, PALE, WHITE, COPPER, BITUMEN = range(7)
CROPS = 7


@dataclass
class Layer:
    """Shapes and the numbers that go with each (columns of equal length)."""

    shapes: list[Any] = field(default_factory=list)
    columns: dict[str, list[float]] = field(default_factory=dict)

    def add(self, shape: shapely.Geometry, **values: float) -> None:
        """Append one shape; every call on a layer gives the same columns."""
        self.shapes.append(shape)
        for name, value in values.items():
            self.columns.setdefault(name, []).append(float(value))


@dataclass
class Plan:
    """The whole scene as shapes; what comes later in a layer lies above what came before."""

    side: float
    scale: float
    network: Network
    fields: Layer = field(default_factory=Layer)
    waters: Layer = field(default_factory=Layer)
    lawns: Layer = field(default_factory=Layer)
    paved: Layer = field(default_factory=Layer)
    buildings: Layer = field(default_factory=Layer)
    trees: Layer = field(default_factory=Layer)
    cars: Layer = field(default_factory=Layer)


def box_at(x: float, y: float, angle: float, length: float, width: float) -> shapely.Polygon:
    """Return a rectangle around (x, y), its length along ``angle`` (radians)."""
    along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    across = np.array([-np.sin(angle), np.cos(angle)]) * width / 2
    corners = [along + across, along - across, -along - across, -along + across]
    return shapely.Polygon([(x + corner[0], y + corner[1]) for corner in corners])


def main_angle(shape: shapely.Geometry) -> float:
    """Return the direction of the longest side of the smallest rectangle around ``shape`` (radians)."""
    ring = shapely.get_coordinates(shapely.oriented_envelope(shape))
    if len(ring) < 4:
        return 0.0
    sides = np.diff(ring, axis=0)
    longest = sides[np.argmax(np.hypot(sides[:, 0], sides[:, 1]))]
    return float(np.arctan2(longest[1], longest[0]))


def blob(rng: np.random.Generator, x: float, y: float, radius: float) -> shapely.Polygon:
    """Return a round, uneven shape around (x, y)."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = sum(rng.uniform(0.04, 0.22) / k * np.cos(k * turn + rng.uniform(0, 6.3)) for k in (2, 3, 4, 5))
    distance = radius * (1 + np.asarray(waves))
    return shapely.Polygon(np.column_stack([x + distance * np.cos(turn), y + distance * np.sin(turn)]))


def plant(plan: Plan, rng: np.random.Generator, points: np.ndarray, size: tuple[float, float], hue: float) -> None:
    """Plant trees at ``points`` (n, 2): crown radius from ``size`` in metres; ``hue`` 0 dark to 1 light."""
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    for x, y in points:
        radius = rng.uniform(*size)
        reach = radius * rng.uniform(0.82, 1.12, 14)
        crown = shapely.Polygon(np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)]))
        height = radius * rng.uniform(1.6, 2.5) + 1.0
        tint = hue + rng.normal(0, 0.22)
        plan.trees.add(crown, x=x, y=y, radius=radius, height=height, hue=tint, rare=rng.random())


def hedge(plan: Plan, rng: np.random.Generator, line: shapely.Geometry) -> None:
    """Plant a clipped hedge along each part of ``line`` that is long enough."""
    for part in shapely.get_parts(line):
        if part.length > 4.0:
            shape, middle = shapely.buffer(part, rng.uniform(0.55, 0.95), cap_style="flat"), part.centroid
            # A hedge is one long, low crown: its radius only has to reach over its whole length.
            values = {"radius": part.length, "height": rng.uniform(1.3, 2.2), "hue": rng.uniform(0.1, 0.8), "rare": 0.5}
            plan.trees.add(shape, x=middle.x, y=middle.y, **values)


def scatter(rng: np.random.Generator, area: shapely.Geometry, spacing: float, jitter: float = 0.35) -> np.ndarray:
    """Return points (n, 2) inside ``area`` on a shifted hexagonal grid with jitter (both in metres, 0 to 1)."""
    if area.is_empty:
        return np.empty((0, 2))
    left, top, right, bottom = area.bounds
    rows = np.arange(top, bottom + spacing, spacing * 0.87)
    cols = np.arange(left, right + spacing, spacing)
    x, y = np.meshgrid(cols, rows)
    x[1::2] += spacing / 2
    points = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-jitter, jitter, (x.size, 2)) * spacing
    return np.asarray(points[shapely.contains_xy(area, points[:, 0], points[:, 1])])
