"""Make outlines right-angled, as buildings are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from .found import Outlines

Points = npt.NDArray[np.float64]
# A wall shorter than this share of the object's size is a step of the outline, not of the building; in pixels at least.
_SHORT_SHARE, _SHORT = 0.08, 2.0
_AREA_CHANGE = 0.05


def square_outlines(outlines: Outlines) -> Outlines:
    """Return right-angled outlines.

    Each edge is taken to run along the outline's main direction or across it, and edges that follow each other in
    the same direction become one at their mean. An outline stays as it is where that gives no valid polygon or
    changes its area by more than 5 %, as of a round building.
    """
    found: Outlines = np.empty(len(outlines), object)
    for place, outline in enumerate(outlines):
        squared = _square(outline)
        good = squared is not None and squared.is_valid and squared.geom_type == "Polygon"
        good = good and abs(squared.area - outline.area) <= _AREA_CHANGE * outline.area
        found[place] = squared if good else outline
    return found


def _square(outline: Any) -> Any:
    outer = shapely.get_coordinates(outline.exterior)
    angle, middle = _main_direction(outer), outer.mean(0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    short = max(_SHORT, _SHORT_SHARE * float(np.sqrt(outline.area)))
    rings: list[Points] = []
    for ring in (outline.exterior, *outline.interiors):
        straight = _right_angled((shapely.get_coordinates(ring) - middle) @ turn, short)
        if straight is not None:
            rings.append(straight @ turn.T + middle)
        elif not rings:
            return None
    return shapely.Polygon(rings[0], rings[1:])


def _main_direction(ring: Points) -> float:
    """Return the direction of the edges in radians, modulo a right angle, each counted by its length."""
    steps = np.diff(ring, axis=0)
    lengths, angles = np.hypot(*steps.T), np.arctan2(steps[:, 1], steps[:, 0])
    # Four times the angle makes the four directions of a right-angled outline one.
    return float(np.arctan2((lengths * np.sin(4 * angles)).sum(), (lengths * np.cos(4 * angles)).sum()) / 4)


def _right_angled(ring: Points, short: float) -> Points | None:
    """Return a closed ring of edges along x and y only, None where there are fewer than four."""
    steps, middles = np.diff(ring, axis=0), (ring[1:] + ring[:-1]) / 2
    across = np.abs(steps[:, 1]) > np.abs(steps[:, 0])
    turns = np.flatnonzero(across != np.roll(across, 1))
    if len(turns) < 4:
        return None
    # Walls: edges in one direction that follow each other, with their place, weight, and where they begin and end.
    walls = []
    for begin, end in zip(turns, np.append(turns[1:], turns[0] + len(steps)), strict=True):
        edges = np.arange(begin, end) % len(steps)
        axis = 1 if across[edges[0]] else 0
        weight = np.abs(steps[edges, axis])
        place = float((middles[edges, 1 - axis] * weight).sum() / max(weight.sum(), 1e-9))
        walls.append((bool(axis), place, float(weight.sum())))
    while len(walls) > 4:
        lengths = _lengths(walls)
        least = int(np.argmin(lengths))
        if lengths[least] >= short:
            break
        walls = _without(walls, least)
    places = [wall[1] for wall in walls]
    corners = [(places[i], places[i - 1]) if wall[0] else (places[i - 1], places[i]) for i, wall in enumerate(walls)]
    return np.asarray([*corners, corners[0]], np.float64)


def _lengths(walls: list[tuple[bool, float, float]]) -> Points:
    """Return how long each wall is between the walls before and after it."""
    places = np.asarray([wall[1] for wall in walls])
    lengths: Points = np.abs(np.roll(places, -1) - np.roll(places, 1))
    return lengths


def _without(walls: list[tuple[bool, float, float]], gone: int) -> list[tuple[bool, float, float]]:
    """Return the walls without one, those beside it made one."""
    count = len(walls)
    before, after = walls[gone - 1], walls[(gone + 1) % count]
    weight = before[2] + after[2]
    place = (before[1] * before[2] + after[1] * after[2]) / max(weight, 1e-9)
    rest = [walls[(gone + step) % count] for step in range(2, count - 1)]
    return [(before[0], place, weight), *rest]
