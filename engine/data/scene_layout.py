"""The layout of the sample scene: which block becomes what, and what follows roads and river."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from . import scene_network as network
from .scene_country import field, park, wood
from .scene_network import MAIN, half_widths
from .scene_plan import Plan, plant
from .scene_town import flats, houses, industry, park_car

USES: dict[str, Callable[[Plan, np.random.Generator, shapely.Polygon], None]] = {
    "houses": houses, "flats": flats, "industry": industry, "wood": wood, "park": park, "field": field
}  # fmt: skip


def make_plan(seed: int, side: float, tick: Callable[[float], None]) -> Plan:
    """Lay out a square scene of ``side`` metres; ``tick`` is called with the part done, often."""
    rng = np.random.default_rng([seed, 1])
    land = network.make_network(rng, side)
    plan = Plan(side, network.road_scale(side), land)
    if not land.river.is_empty:
        plan.waters.add(land.river, tone=rng.random(), wet=rng.random())
    for index, (block, use) in enumerate(zip(land.blocks, _deal(rng, land.blocks, side), strict=True)):
        # One generator for each block: what one block draws does not change the next.
        USES[use](plan, np.random.default_rng([seed, 2, index]), block)
        tick(0.9 * (index + 1) / len(land.blocks))
    _finish(plan, np.random.default_rng([seed, 3]))
    tick(1.0)
    return plan


# The order in which the blocks of each half get their use, again and again.
_DECK = ("houses", "field", "wood", "houses", "park", "field", "flats", "industry", "houses", "field")


def _deal(rng: np.random.Generator, blocks: list[shapely.Polygon], side: float) -> list[str]:
    """Return the use of each block: the same mixture in the western and in the eastern half."""
    frame = shapely.box(0, 0, side, side)
    seen = [shapely.intersection(block, frame) for block in blocks]
    uses = [""] * len(blocks)
    for half in (0, 1):
        mine = [i for i, part in enumerate(seen) if int((part.centroid.x if part.area else 0) >= side / 2) == half]
        # Large blocks first, but not strictly: else woods and fields would always be the same size.
        rank = {i: seen[i].area * rng.uniform(0.5, 1.0) for i in mine}
        for place, i in enumerate(sorted(mine, key=lambda i: -rank[i])):
            uses[i] = _DECK[place % len(_DECK)]
    return uses


def _finish(plan: Plan, rng: np.random.Generator) -> None:
    """Add what follows the roads and the river, and take away trees that stand where none can."""
    _along_roads(plan, rng)
    river = plan.network.river
    if not river.is_empty:
        banks = shapely.buffer(river, 2.2 * plan.scale).boundary
        points = shapely.get_coordinates(banks.interpolate(np.arange(0, banks.length, 5.0)))
        plant(plan, rng, points[rng.random(len(points)) < 0.5] + rng.normal(0, 1.0, 2), (1.6, 4.0), 0.4)
    _clear(plan)


def _along_roads(plan: Plan, rng: np.random.Generator) -> None:
    """Drive and park cars on the roads, and plant rows of trees beside some."""
    land = plan.network
    half = half_widths(land.kinds, False, plan.scale)
    for line, kind, reach in zip(land.edges, land.kinds, half, strict=True):
        trees = rng.random() < (0.6 if kind == MAIN else 0.3)
        for at in np.arange(rng.uniform(2, 9), line.length - 2, 9.5):
            here, ahead = line.interpolate(at), line.interpolate(at + 1.0)
            way = float(np.arctan2(ahead.y - here.y, ahead.x - here.x))
            across = np.array([-np.sin(way), np.cos(way)])
            if rng.random() < 0.22 and reach > 1.8:
                off = rng.choice([-1, 1]) * (reach - 1.1 if rng.random() < 0.5 else reach * 0.45)
                park_car(plan, rng, (here.x + across[0] * off, here.y + across[1] * off, way))
            if trees and rng.random() < 0.75:
                off = rng.choice([-1, 1]) * (reach + rng.uniform(2.6, 3.6) * plan.scale)
                plant(plan, rng, np.array([[here.x, here.y]]) + across * off, (1.5, 3.0), 0.5)


def _clear(plan: Plan) -> None:
    """Take away trees whose trunk stands in a house, on a road, on a path or in the water."""
    land, layer = plan.network, plan.trees
    if not layer.shapes:
        return
    roads = shapely.buffer(land.edges, half_widths(land.kinds, False, plan.scale) + 0.4)
    houses_around = shapely.buffer(np.array(plan.buildings.shapes, dtype=object), 0.9)
    open_ground = np.array(plan.paved.shapes + plan.waters.shapes, dtype=object)
    blocked = np.concatenate([roads, houses_around, open_ground])
    trunks = shapely.points(layer.columns["x"], layer.columns["y"])
    bad = np.unique(shapely.STRtree(trunks).query(blocked, predicate="intersects")[1])
    keep = np.setdiff1d(np.arange(len(trunks)), bad)
    # The tallest last: it is drawn over its neighbours.
    keep = keep[np.argsort(np.array(layer.columns["height"])[keep], kind="stable")]
    layer.shapes = [layer.shapes[i] for i in keep]
    layer.columns = {name: [column[i] for i in keep] for name, column in layer.columns.items()}
