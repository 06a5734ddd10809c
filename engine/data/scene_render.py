"""Draw one tile of the scene: class of each pixel, then the photograph."""

from __future__ import annotations

import numpy as np
import shapely

from ..classes import ClassInfo
from ..windows import Window
from . import scene_ground as ground
from . import scene_light as light
from . import scene_raised as raised
from .scene_network import MAIN, PAVEMENTS, STREET, half_widths
from .scene_plan import Layer, Plan
from .scene_view import Patch, Stencil, View

BUILDING, ROAD, TREE, GRASS, FIELD, WATER = range(1, 7)
CLASSES = (
    ClassInfo(BUILDING, "Building", (204, 62, 52)),
    ClassInfo(ROAD, "Road", (130, 130, 134)),
    ClassInfo(TREE, "Tree", (28, 112, 58)),
    ClassInfo(GRASS, "Grass", (150, 204, 96)),
    ClassInfo(FIELD, "Field", (232, 196, 104)),
    ClassInfo(WATER, "Water", (64, 128, 214)),
)


def _road_layers(plan: Plan) -> tuple[Layer, Layer, Layer]:
    """Return pavements, carriageways and the dashes in the middle of main roads."""
    land, layers = plan.network, (Layer(), Layer(), Layer())
    order = np.argsort(-land.kinds, kind="stable")  # main roads last: they run through at crossings
    for layer, pavement in zip(layers, (True, False), strict=False):
        shapes = shapely.buffer(land.edges, half_widths(land.kinds, pavement, plan.scale))
        for i in order:
            if not pavement or PAVEMENTS[int(land.kinds[i])]:
                layer.add(shapes[i], tone=land.tones[i])
    for line, kind in zip(land.edges, land.kinds, strict=True):
        if kind in (MAIN, STREET) and plan.scale > 0.7:
            long, gap = (4.0, 8.0) if kind == MAIN else (2.0, 8.0)
            for at in np.arange(6.0, line.length - 8.0, gap):
                here, ahead = line.interpolate(at), line.interpolate(at + long)
                layers[2].add(shapely.LineString([here, ahead]).buffer(0.17), tone=205.0)
    return layers


class Painter:
    """Draws tiles of one plan; each tile is the same whatever was drawn before."""

    def __init__(self, plan: Plan, cell: float, seed: int) -> None:
        # Each kind of noise adds a small number of its own to the seed: neighbours must not share them.
        self._side, self._cell, self._seed = plan.side, cell, seed * 1009
        names = ("lawns", "fields", "waters", "paved", "buildings", "trees", "cars")
        self._stencils = {name: Stencil(getattr(plan, name)) for name in names}
        for name, layer in zip(("pavements", "roads", "dashes"), _road_layers(plan), strict=True):
            self._stencils[name] = Stencil(layer)
        # Shadows fall in from outside the tile; a multiple of 8 keeps the blocks of the JPEG in step.
        self._margin = -(-light.shadow_reach(cell) // 8) * 8

    def draw(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture (3, rows, cols) uint8 and the classes (rows, cols) uint8 of a window.

        Column and row of the window are multiples of 8; what is not is drawn a little larger and cut.
        """
        full = Window(window.col, window.row, -(-window.width // 8) * 8, -(-window.height // 8) * 8)
        view = View(full.grow(self._margin), self._cell, self._seed)
        color, label, heights = self._ground(view)
        self._raise(view, color, label, heights)
        inner = np.s_[self._margin : -self._margin, self._margin : -self._margin]
        exposed = light.expose(view, color, heights, self._side)[inner]
        picture = light.develop(View(full, self._cell, self._seed), exposed)[: window.height, : window.width]
        classes = label[inner][: window.height, : window.width]
        return np.ascontiguousarray(picture.transpose(2, 0, 1)), np.ascontiguousarray(classes)

    def _patch(self, view: View, name: str) -> Patch:
        stencil = self._stencils[name]
        return Patch(view, stencil.burn(view), stencil.columns)

    def _ground(self, view: View) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return colours, classes and heights of the bare ground."""
        color = ground.grass(view)
        label = np.full(view.shape, GRASS, np.uint8)
        ground.paint_lawns(color, self._patch(view, "lawns"))
        steps = (
            ("fields", FIELD, ground.paint_fields),
            ("waters", WATER, ground.paint_water),
            ("paved", ROAD, ground.paint_paved),
            ("pavements", ROAD, lambda image, view, patch: ground.paint_roads(image, view, patch, 34.0)),
            ("roads", ROAD, lambda image, view, patch: ground.paint_roads(image, view, patch, 0.0)),
            ("dashes", ROAD, lambda image, view, patch: ground.paint_roads(image, view, patch, 0.0)),
        )
        for name, value, paint in steps:
            patch = self._patch(view, name)
            paint(color, view, patch)
            label[patch.rows, patch.cols] = value
        heights = np.where(label == WATER, np.float32(-0.6), np.float32(0.0))
        return color, label, heights

    def _raise(self, view: View, color: np.ndarray, label: np.ndarray, heights: np.ndarray) -> None:
        """Put cars, buildings and trees on the ground."""
        cars = self._patch(view, "cars")
        color[cars.rows, cars.cols] = raised.car_colors(cars)
        heights[cars.rows, cars.cols] = cars["height"]
        roofs = self._patch(view, "buildings")
        color[roofs.rows, roofs.cols] = raised.roof_colors(view, roofs)
        heights[roofs.rows, roofs.cols] = raised.roof_heights(roofs)
        label[roofs.rows, roofs.cols] = BUILDING
        crowns = self._patch(view, "trees")
        top = raised.crown_heights(view, crowns)
        # A crown below the eaves disappears under the roof.
        seen = top > crowns.pick(heights)
        rows, cols = crowns.rows[seen], crowns.cols[seen]
        color[rows, cols] = raised.crown_colors(view, crowns)[seen]
        heights[rows, cols] = top[seen]
        label[rows, cols] = TREE
