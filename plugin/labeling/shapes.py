"""Shapes from clicks: arithmetic on points in map coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.core import QgsGeometry, QgsPointXY

CIRCLE_POINTS = 72  # vertices of a circle: within a thousandth of its radius


def polygon(points: Sequence[QgsPointXY]) -> QgsGeometry:
    """Return the polygon through points, closed."""
    return QgsGeometry.fromPolygonXY([[*points, points[0]]]) if points else QgsGeometry()


def rectangle(corner: QgsPointXY, opposite: QgsPointXY) -> QgsGeometry:
    """Return the upright rectangle between two corners."""
    x0, y0, x1, y1 = corner.x(), corner.y(), opposite.x(), opposite.y()
    return polygon([corner, QgsPointXY(x1, y0), opposite, QgsPointXY(x0, y1)])


def square_corner(corner: QgsPointXY, opposite: QgsPointXY) -> QgsPointXY:
    """Return the corner opposite of ``corner`` that makes a square, on the side of the pointer."""
    dx, dy = opposite.x() - corner.x(), opposite.y() - corner.y()
    side = max(abs(dx), abs(dy))
    return QgsPointXY(corner.x() + math.copysign(side, dx), corner.y() + math.copysign(side, dy))


def across(start: QgsPointXY, end: QgsPointXY, third: QgsPointXY) -> tuple[float, float]:
    """Return the vector square to an edge that leads to the level of a third point."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    length = math.hypot(dx, dy)
    if length == 0:
        return 0.0, 0.0
    width = (dx * (third.y() - start.y()) - dy * (third.x() - start.x())) / length
    return -dy / length * width, dx / length * width


def turned_rectangle(start: QgsPointXY, end: QgsPointXY, third: QgsPointXY) -> QgsGeometry:
    """Return the rectangle on an edge, as wide as the third point is away from it."""
    x, y = across(start, end, third)
    return polygon([start, end, QgsPointXY(end.x() + x, end.y() + y), QgsPointXY(start.x() + x, start.y() + y)])


def ellipse(centre: QgsPointXY, long_axis: tuple[float, float], short_axis: tuple[float, float]) -> QgsGeometry:
    """Return the ellipse with two half axes, given as vectors."""
    points = []
    for step in range(CIRCLE_POINTS):
        angle = 2 * math.pi * step / CIRCLE_POINTS
        cos, sin = math.cos(angle), math.sin(angle)
        points.append(
            QgsPointXY(
                centre.x() + cos * long_axis[0] + sin * short_axis[0],
                centre.y() + cos * long_axis[1] + sin * short_axis[1],
            )
        )
    return polygon(points)


def circle(centre: QgsPointXY, edge: QgsPointXY) -> QgsGeometry:
    """Return the circle about a centre, through a point."""
    dx, dy = edge.x() - centre.x(), edge.y() - centre.y()
    return ellipse(centre, (dx, dy), (-dy, dx))


def ellipse_on_axis(start: QgsPointXY, end: QgsPointXY, third: QgsPointXY) -> QgsGeometry:
    """Return the ellipse with one whole axis from ``start`` to ``end``, reaching the level of the third point."""
    centre = QgsPointXY((start.x() + end.x()) / 2, (start.y() + end.y()) / 2)
    half = ((end.x() - start.x()) / 2, (end.y() - start.y()) / 2)
    return ellipse(centre, half, across(start, end, third))


def at_45_degrees(start: QgsPointXY, pointer: QgsPointXY) -> QgsPointXY:
    """Return the point nearest to the pointer in one of eight directions from ``start``."""
    dx, dy = pointer.x() - start.x(), pointer.y() - start.y()
    angle = round(math.atan2(dy, dx) / (math.pi / 4)) * math.pi / 4
    along = dx * math.cos(angle) + dy * math.sin(angle)
    return QgsPointXY(start.x() + along * math.cos(angle), start.y() + along * math.sin(angle))


def square_third(start: QgsPointXY, end: QgsPointXY, pointer: QgsPointXY, share: float = 1.0) -> QgsPointXY:
    """Return the third point that lies ``share`` of an edge's length away from it, on the side of the pointer."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    side = math.copysign(share, dx * (pointer.y() - start.y()) - dy * (pointer.x() - start.x()))
    return QgsPointXY(end.x() - dy * side, end.y() + dx * side)
