"""Blocks of the town: houses with gardens, blocks of flats, halls on paved yards (shapely; metres)."""

from __future__ import annotations

import numpy as np
import shapely

from . import scene_plan as pieces
from .scene_plan import Plan, box_at, hedge, main_angle, plant, scatter

# Forms and materials of roofs of houses and of halls, drawn with these chances.
_HOUSE_ROOFS = {
    pieces.TILE: 0.44,
    pieces.BROWN: 0.18,
    pieces.SLATE: 0.22,
    pieces.PALE: 0.08,
    pieces.COPPER: 0.03,
    pieces.BITUMEN: 0.05,
}
_HALL_ROOFS = {
    pieces.BITUMEN: 0.3,
    pieces.PALE: 0.22,
    pieces.WHITE: 0.24,
    pieces.COPPER: 0.06,
    pieces.BROWN: 0.08,
    pieces.SLATE: 0.1,
}
Place = tuple[float, float, float]  # x, y, angle
Size = tuple[float, float]  # length, width


def _material(rng: np.random.Generator, roofs: dict[int, float]) -> int:
    return int(rng.choice(list(roofs), p=list(roofs.values())))


class _Site:
    """The buildings put on one block so far, so that no two touch."""

    def __init__(self, plan: Plan, rng: np.random.Generator, area: shapely.Geometry) -> None:
        self.plan, self.rng, self.area = plan, rng, area
        shapely.prepare(self.area)
        self.placed: list[shapely.Polygon] = []

    def build(self, place: Place, size: Size, gap: float, **values: float) -> bool:
        """Put a building at (x, y, angle) if it fits with ``gap`` metres around it; tell whether it did."""
        shape = box_at(*place, *size)
        wide = shapely.buffer(shape, gap, join_style="mitre")
        if not self.area.contains(shape) or any(wide.intersects(other) for other in self.placed):
            return False
        self.placed.append(shape)
        self.add(shape, place, size, **values)
        return True

    def add(self, shape: shapely.Polygon, place: Place, size: Size, **values: float) -> None:
        """Put a building there without asking."""
        x, y, angle = place
        tone = self.rng.normal(0, 1)
        self.plan.buildings.add(
            shape, x=x, y=y, angle=angle, length=size[0], width=size[1], tone=tone, extra=self.rng.random(), **values
        )


def houses(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Fill a block with detached houses along its edge, gardens, driveways, sheds and trees."""
    site = _Site(plan, rng, shapely.buffer(block, -1.5))
    plan.lawns.add(block, tone=rng.normal(0, 1))
    common, first = _material(rng, _HOUSE_ROOFS), len(plan.paved.shapes)
    ring = shapely.buffer(block, -rng.uniform(8.5, 10.5))
    while ring.area > 60:
        for part in shapely.get_parts(ring):
            _row_of_houses(site, block, part.exterior, common)
        ring = shapely.buffer(ring, -rng.uniform(23.0, 27.0))
    _gardens(site, block, plan.paved.shapes[first:])
    free = shapely.difference(shapely.buffer(block, -1.0), shapely.union_all(shapely.buffer(site.placed, 1.5)))
    points = scatter(rng, free, 7.0, 0.5)
    plant(plan, rng, points[rng.random(len(points)) < 0.42], (1.3, 3.6), rng.uniform(0.2, 0.8))


def _row_of_houses(site: _Site, block: shapely.Polygon, line: shapely.Geometry, common: int) -> None:
    """Place houses along ``line``, turned as the street is."""
    rng = site.rng
    step = rng.uniform(15.5, 20.0)
    for at in np.arange(rng.uniform(0, 6), line.length - 6, step):
        here, ahead = line.interpolate(at), line.interpolate(min(at + 2.0, line.length))
        angle = np.arctan2(ahead.y - here.y, ahead.x - here.x) + rng.normal(0, 0.03)
        size = (rng.uniform(9.5, 14.0), rng.uniform(7.5, 10.0))
        if rng.random() < 0.3:
            angle += np.pi / 2
        form = rng.choice([pieces.GABLE, pieces.HIP, pieces.FLAT], p=[0.62, 0.26, 0.12])
        material = common if rng.random() < 0.45 else _material(rng, _HOUSE_ROOFS)
        if form == pieces.FLAT:
            material = _material(rng, _HALL_ROOFS)
        place = (here.x, here.y, float(angle))
        values = {"eaves": rng.uniform(3.2, 6.2), "rise": rng.uniform(0.7, 1.1), "form": form, "material": material}
        if site.build(place, size, 3.0, **values):
            _around_house(site, block, place, size, values)


def _around_house(site: _Site, block: shapely.Polygon, place: Place, size: Size, values: dict[str, float]) -> None:
    """Add a driveway with a car, and perhaps a wing, a terrace, a shed."""
    rng, plan = site.rng, site.plan
    x, y, angle = place
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    if rng.random() < 0.3:
        wing = (rng.uniform(5, 7), rng.uniform(5, 6.5))
        centre = np.array([x, y]) + across * (size[1] / 2 + wing[0] / 2 - 1.5) * rng.choice([-1, 1])
        spot = (float(centre[0]), float(centre[1]), angle + np.pi / 2)
        shape = box_at(*spot, *wing)
        if site.area.contains(shape) and sum(shape.intersects(other) for other in site.placed) == 1:
            site.add(shape, spot, wing, **{**values, "eaves": values["eaves"] * 0.8})
            site.placed.append(shape)
    edge = np.array([x, y]) + along * (size[0] / 2 - 1.6) * rng.choice([-1, 1])
    start = shapely.Point(edge)
    gate = block.exterior.interpolate(block.exterior.project(start))
    if start.distance(gate) < 26 and plan.network.river.distance(gate) > 6 * plan.scale:
        drive = shapely.buffer(shapely.LineString([start, gate]), rng.uniform(1.3, 2.6), cap_style="square")
        plan.paved.add(drive, kind=rng.choice(3, p=[0.3, 0.45, 0.25]), tone=rng.normal(0, 1))
        if rng.random() < 0.55:
            middle = edge + (np.array([gate.x, gate.y]) - edge) * 0.72
            way = np.arctan2(gate.y - edge[1], gate.x - edge[0])
            park_car(plan, rng, (float(middle[0]), float(middle[1]), float(way)))
    if rng.random() < 0.5:
        spot2 = np.array([x, y]) - across * (size[1] / 2 + 1.2) * rng.choice([-1, 1])
        terrace = box_at(float(spot2[0]), float(spot2[1]), angle, rng.uniform(4, 7), rng.uniform(3, 4.5))
        plan.paved.add(shapely.intersection(terrace, block), kind=pieces.CONCRETE, tone=rng.normal(0, 1))
    if rng.random() < 0.45:
        shift = along * rng.uniform(-12, 12) + across * rng.uniform(9, 14) * rng.choice([-1, 1])
        spot3 = (float(x + shift[0]), float(y + shift[1]), angle)
        shed = {"eaves": 2.4, "rise": 0.3, "form": pieces.FLAT, "material": _material(rng, _HALL_ROOFS)}
        site.build(spot3, (rng.uniform(3.5, 6.5), rng.uniform(3, 4)), 1.0, **shed)


def park_car(plan: Plan, rng: np.random.Generator, place: Place) -> None:
    """Put a car, or now and then a lorry, at (x, y, angle)."""
    length = rng.uniform(3.9, 5.0) if rng.random() < 0.93 else rng.uniform(7, 11)
    width = 1.85 if length < 6 else 2.5
    x, y, angle = place
    height = 1.5 if length < 6 else 3.0
    shape, paint = box_at(x, y, angle, length, width), int(rng.integers(8))
    plan.cars.add(shape, x=x, y=y, angle=angle, length=length, height=height, paint=paint)


def _gardens(site: _Site, block: shapely.Polygon, drives: list[shapely.Polygon]) -> None:
    """Give each house its garden: a tone of grass, and hedges along some of its borders."""
    plan, rng = site.plan, site.rng
    middles = shapely.MultiPoint(shapely.centroid([shape for shape in site.placed if shape.area > 45]))
    if len(middles.geoms) < 2:
        return
    gardens = shapely.get_parts(shapely.voronoi_polygons(middles, extend_to=block))
    keep_clear = shapely.buffer(shapely.union_all(np.array(drives + site.placed, dtype=object)), 1.2)
    inside = shapely.buffer(block, -1.1)
    for garden in gardens:
        lawn = shapely.intersection(garden, block)
        plan.lawns.add(lawn, tone=rng.normal(0, 1.1))
        if rng.random() < 0.5:
            hedge(plan, rng, shapely.difference(shapely.intersection(garden.boundary, inside), keep_clear))


def flats(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Fill a block with long blocks of flats, lawn, paths and parked cars."""
    site = _Site(plan, rng, shapely.buffer(block, -3.0))
    plan.lawns.add(block, tone=rng.normal(0, 1))
    angle = main_angle(block)
    form = rng.choice([pieces.FLAT, pieces.GABLE, pieces.HIP], p=[0.5, 0.35, 0.15])
    width, high = rng.uniform(10, 12.5), rng.uniform(8, 13)
    material = _material(rng, _HALL_ROOFS if form == pieces.FLAT else _HOUSE_ROOFS)
    values = {"eaves": high, "rise": 0.6, "form": form, "material": material}
    for length in (46.0, 32.0, 20.0, 13.0):
        for x, y in _grid(block, angle, (length * 0.5, 5.0)):
            if site.build((x, y, angle), (length, width), 13.0, **values):
                along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
                across = np.array([-np.sin(angle), np.cos(angle)]) * (width / 2 + 4.0)
                door = np.array([x, y]) + across
                line = shapely.LineString([door - along * 1.15, door + along * 1.15])
                path = shapely.intersection(shapely.buffer(line, 1.1), block)
                plan.paved.add(path, kind=rng.choice([pieces.CONCRETE, pieces.GRAVEL]), tone=rng.normal(0, 1))
                if rng.random() < 0.6:
                    _parking(plan, rng, block, (x + across[0] * 1.75, y + across[1] * 1.75, angle), length * 0.8)
    taken = shapely.union_all(shapely.buffer(site.placed, 3.0))
    points = scatter(rng, shapely.difference(shapely.buffer(block, -2.0), taken), 10.0, 0.5)
    plant(plan, rng, points[rng.random(len(points)) < 0.4], (1.8, 4.5), 0.45)


def _grid(block: shapely.Polygon, angle: float, steps: tuple[float, float]) -> np.ndarray:
    """Return points (n, 2) over a block on a grid turned by ``angle``, row after row."""
    reach = np.hypot(block.bounds[2] - block.bounds[0], block.bounds[3] - block.bounds[1]) / 2
    u, v = np.meshgrid(np.arange(-reach, reach, steps[0]), np.arange(-reach, reach, steps[1]))
    x = block.centroid.x + u * np.cos(angle) - v * np.sin(angle)
    y = block.centroid.y + u * np.sin(angle) + v * np.cos(angle)
    inside = shapely.contains_xy(block, x, y)
    return np.column_stack([x[inside], y[inside]])


def _parking(plan: Plan, rng: np.random.Generator, block: shapely.Polygon, place: Place, length: float) -> None:
    """Pave a strip and park cars side by side on it."""
    x, y, angle = place
    strip = shapely.intersection(box_at(x, y, angle, length, 5.6), shapely.buffer(block, -0.5))
    if strip.area < 0.8 * length * 5.6:
        return
    plan.paved.add(strip, kind=rng.choice([pieces.ASPHALT, pieces.CONCRETE]), tone=rng.normal(0, 1))
    for at in np.arange(-length / 2 + 2, length / 2 - 1.5, 2.7):
        if rng.random() < 0.6:
            park_car(plan, rng, (x + np.cos(angle) * at, y + np.sin(angle) * at, angle + np.pi / 2))


def industry(plan: Plan, rng: np.random.Generator, block: shapely.Polygon) -> None:
    """Fill a block with large halls on a paved yard with a green rim."""
    yard = shapely.buffer(block, -rng.uniform(3.0, 6.0))
    site = _Site(plan, rng, shapely.buffer(yard, -2.0))
    plan.lawns.add(block, tone=rng.normal(0, 1))
    plan.paved.add(yard, kind=rng.choice([pieces.ASPHALT, pieces.CONCRETE]), tone=rng.normal(0, 1))
    angle = main_angle(block)
    for length, width in ((44, 27), (34, 20), (24, 16), (16, 11), (10, 7)):
        for x, y in _grid(block, angle, (length * 0.4, width * 0.4)):
            size = (length * rng.uniform(0.85, 1.1), width * rng.uniform(0.85, 1.1))
            form = pieces.GABLE if rng.random() < 0.3 else pieces.FLAT
            material = _material(rng, _HALL_ROOFS)
            site.build((x, y, angle), size, 9.0, eaves=rng.uniform(4.5, 9.5), rise=0.22, form=form, material=material)
    free = shapely.difference(shapely.buffer(yard, -3.0), shapely.union_all(shapely.buffer(site.placed, 2.5)))
    for x, y in _grid(block, angle, (3.0, 6.2)):
        if rng.random() < 0.22 and free.contains(shapely.Point(x, y)):
            park_car(plan, rng, (x, y, angle + np.pi / 2))
    points = scatter(rng, shapely.difference(block, yard), 6.0)
    plant(plan, rng, points[rng.random(len(points)) < 0.5], (1.2, 2.8), 0.4)
