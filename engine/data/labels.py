"""Labels of chips from vector features."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from rasterio.features import rasterize

from ..chips import OBJECTS, VALUES
from ..chips._label import ChipLabel, LabelObject, ThinShape
from ..classes import ClassInfo, classes_from_dicts, palette_color
from ..windows import Affine, Window
from .chip_plan import Run, outlines
from .grid import Grid
from .label_files import read_features
from .problems import BadClassValueError

Values = npt.NDArray[Any]
Shapes = npt.NDArray[Any]
LARGEST_VALUE = 2**32 - 1
# Points and lines are kept up to this far around a chip: as wide as a model may draw them in training.
THIN_MARGIN_PX = 64
_AREAS = (3, 6)
_COLLECTION = 7
# No more pairs of features are looked at for overlaps; the count then says "at least".
_MOST_PAIRS = 200_000


class Labels(Protocol):
    """Labels of a raster's grid."""

    classes: dict[int, ClassInfo]
    dtype: str
    from_features: bool

    def columns(self, row: int, height: int, starts: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
        """Tell which of the windows (row, start, width, height) may hold labels; never wrongly no."""

    def label(self, run: Run, needs: Collection[str]) -> list[ChipLabel]:
        """Return the labels of the chips of a run, with what is needed of them."""

    def draw(self, window: Window) -> Values:
        """Return the class values of one window (height, width); 0 is unlabelled."""

    def digest(self) -> str:
        """Return what tells these labels from others."""


@dataclass
class VectorLabels:
    """Features with class values, drawn in their order: polygons by pixel centres, lines and points as pixels.

    Args:
        path: a file with the columns ``value`` and, optionally, ``name``.
        grid: of the raster to label.
        crs: of the raster, as WKT; to notice labels in another one.
        given: classes as plain dicts; classes found in the labels but not given are added.
        min_overlap: the part of its own area (0 to 1) that a polygon must have inside a chip to count there.

    Raises:
        LabelsUnreadableError, NoLabelsError, LabelsElsewhereError, OtherCrsError, BadClassValueError.
    """

    path: str
    grid: Grid
    raster: str
    crs: str = ""
    given: Sequence[dict[str, Any]] = ()
    min_overlap: float = 0.0
    from_features: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        features = read_features(Path(self.path), self.grid.bounds(), self.raster, self.crs, with_values=True)
        self._shapes, self._values, self.repaired = features.shapes, features.values, features.repaired
        self.classes = merge_classes(
            self.path, self.given, dict(zip(features.values.tolist(), features.names, strict=True))
        )
        self.dtype = str(np.min_scalar_type(max(self.classes)))
        self._areas = shapely.area(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        thin = np.flatnonzero(self._areas == 0)
        self._thin = (thin, shapely.STRtree(self._shapes[thin])) if len(thin) else None
        self._straight = self.grid.transform.b == 0 and self.grid.transform.d == 0

    @property
    def without_area(self) -> int:
        """Return the number of features that have no area."""
        return int((self._areas == 0).sum())

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self._shapes)

    def columns(self, row: int, height: int, starts: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
        """Ask the spatial index, first for the whole row of chips."""
        found = np.zeros(len(starts), bool)
        strip = self._box(Window(starts[0], row, starts[-1] + width - starts[0], height))
        near = self._tree.query(strip, predicate="intersects")
        if not len(near):
            return found
        # Only chips between the outermost features of the row are worth a question each.
        left, right = self._span(near)
        asked = [i for i, start in enumerate(starts) if start <= right and start + width >= left]
        boxes = [self._box(Window(starts[i], row, width, height)) for i in asked]
        if boxes:
            found[np.asarray(asked)[self._tree.query(boxes, predicate="intersects")[0]]] = True
        return found

    def _span(self, indexes: npt.NDArray[Any]) -> tuple[float, float]:
        boxes = [self.grid.box_of(bounds) for bounds in shapely.bounds(self._shapes[indexes]).tolist()]
        return min(box[0] for box in boxes), max(box[2] for box in boxes)

    def boxes(self) -> npt.NDArray[np.float64]:
        """Return the boxes (n, 4) of the features in pixels: xmin, ymin, xmax, ymax, not cut to the raster."""
        return np.asarray(shapely.bounds(to_pixels(self._shapes, self.grid.transform)), np.float64)

    def label(self, run: Run, needs: Collection[str]) -> list[ChipLabel]:
        """Draw and cut the features of all chips of a run, each part of it once."""
        frames = outlines(run.places, self.grid.transform)
        pairs = self._tree.query(frames, predicate="intersects")
        canvas = None
        if VALUES in needs and not any(place.angle or place.feature >= 0 for place in run.places):
            canvas = self._draw(np.unique(pairs[1]), self.grid.transform.window(run.window), run.window)
        labels = []
        for number, place in enumerate(run.places):
            found = np.sort(pairs[1][pairs[0] == number])
            if place.feature >= 0:
                found = found[found == place.feature]
            parts, areas = self._cut(found, frames[number])
            keep = self._keep(found, areas)
            own = place.grid(self.grid.transform).transform
            values = None
            if VALUES in needs:
                if canvas is None or (self.min_overlap > 0 and not keep.all()):
                    values = self._draw(found[keep], own, place.window)
                else:
                    row, col = place.window.row - run.window.row, place.window.col - run.window.col
                    values = canvas[row : row + place.window.height, col : col + place.window.width]
            labels.append(
                ChipLabel(
                    (place.window.width, place.window.height),
                    values,
                    self._objects(found[keep], parts[keep], areas[keep], own) if OBJECTS in needs else (),
                    value=int(self._values[place.feature]) if place.feature >= 0 else 0,
                    areas=self._sizes(found[keep], areas[keep]),
                    thin=self._thin_shapes(frames[number], own, place.feature),
                )
            )
        return labels

    def draw(self, window: Window) -> Values:
        """Draw the features of a window."""
        found = np.sort(self._tree.query(self._box(window), predicate="intersects"))
        return self._draw(found, self.grid.transform.window(window), window)

    def digest(self) -> str:
        """Return a digest of the features' shapes and classes, whatever the file is called."""
        digest = hashlib.sha256(self._values.tobytes())
        for shape in shapely.to_wkb(self._shapes):
            digest.update(shape)
        return digest.hexdigest()

    def overlaps(self) -> int:
        """Return how many pairs of features of different classes overlap, ``-n`` for at least n."""
        first, second = self._tree.query(self._shapes, predicate="intersects")
        other = (first < second) & (self._values[first] != self._values[second])
        other &= (self._areas[first] > 0) & (self._areas[second] > 0)
        first, second = first[other][:_MOST_PAIRS], second[other][:_MOST_PAIRS]
        common = shapely.area(shapely.intersection(self._shapes[first], self._shapes[second]))
        # What neighbours share by rounding is no overlap.
        count = int((common > 1e-3 * np.minimum(self._areas[first], self._areas[second])).sum())
        return count if len(first) < _MOST_PAIRS else -count

    def _box(self, window: Window) -> Any:
        corner = self.grid.transform.to_map
        if self._straight:
            return shapely.box(*corner(window.col, window.row), *corner(window.right, window.bottom))
        places = ((window.col, window.row), (window.right, window.row), (window.right, window.bottom))
        return shapely.Polygon([corner(*place) for place in (*places, (window.col, window.bottom))])

    def _cut(self, found: npt.NDArray[Any], frame: Any) -> tuple[Shapes, npt.NDArray[np.float64]]:
        """Return the parts of features inside of a chip, and their areas."""
        parts = self._shapes[found].copy()
        areas: npt.NDArray[np.float64] = self._areas[found].copy()
        cut = ~shapely.covered_by(parts, frame)
        if cut.any():
            parts[cut] = shapely.intersection(parts[cut], frame)
            areas[cut] = shapely.area(parts[cut])
        return parts, areas

    def _keep(self, found: npt.NDArray[Any], areas: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Leave out polygons that only touch the chip, and those with too small a part in it."""
        whole = self._areas[found]
        keep: npt.NDArray[np.bool_] = (whole == 0) | ((areas > 0) & (areas >= self.min_overlap * whole))
        return keep

    def _sizes(self, found: npt.NDArray[Any], areas: npt.NDArray[np.float64]) -> dict[int, list[float]]:
        sizes: dict[int, list[float]] = {}
        for index, size in zip(found, areas, strict=True):
            sizes.setdefault(int(self._values[index]), []).append(float(size))
        return sizes

    def _objects(
        self, found: npt.NDArray[Any], parts: Shapes, areas: npt.NDArray[np.float64], own: Affine
    ) -> tuple[LabelObject, ...]:
        solid = np.flatnonzero(areas > 0)
        shapes = to_pixels(parts[solid], own)
        return tuple(
            LabelObject(int(self._values[found[index]]), areas_only(shape), float(areas[index]))
            for index, shape in zip(solid, shapes, strict=True)
        )

    def _thin_shapes(self, frame: Any, own: Affine, feature: int) -> tuple[ThinShape, ...]:
        if self._thin is None:
            return ()
        indexes, tree = self._thin
        around = shapely.buffer(frame, THIN_MARGIN_PX * max(self.grid.pixel_size()), join_style="mitre")
        found = indexes[np.sort(tree.query(around, predicate="intersects"))]
        if feature >= 0:
            found = found[found == feature]
        shapes = to_pixels(shapely.intersection(self._shapes[found], around), own)
        return tuple(ThinShape(int(value), shape) for value, shape in zip(self._values[found], shapes, strict=True))

    def _draw(self, indexes: npt.NDArray[Any], transform: Affine, window: Window) -> Values:
        return draw_shapes(zip(self._shapes[indexes], self._values[indexes].tolist(), strict=True),
                           transform, window, self.dtype)  # fmt: skip


def draw_shapes(pairs: Any, transform: Affine, window: Window, dtype: str) -> Values:
    """Burn (geometry, value) pairs into the pixels of a window, in order; those without a value are 0."""
    shape = (window.height, window.width)
    pairs = list(pairs)
    if not pairs:
        return np.zeros(shape, dtype)
    drawn: Values = rasterize(
        pairs, out_shape=shape, transform=rasterio.Affine(*transform.tuple6()), fill=0, dtype=dtype
    )
    return drawn


def to_pixels(shapes: Shapes, transform: Affine) -> Shapes:
    """Return geometries in map units as ones in pixels of ``transform``."""

    def change(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transform.to_pixel(places[:, 0], places[:, 1]))  # type: ignore[arg-type]

    return np.asarray(shapely.transform(shapes, change))


def areas_only(shape: Any) -> Any:
    """Return the polygons of a geometry: where a polygon is cut, it may touch the cut with a line or point."""
    if shapely.get_type_id(shape) in _AREAS:
        return shape
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) == _COLLECTION).any():
        parts = shapely.get_parts(parts)
    parts = shapely.get_parts(parts)
    parts = parts[shapely.area(parts) > 0]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def merge_classes(path: str, given: Sequence[dict[str, Any]], found: Mapping[int, str]) -> dict[int, ClassInfo]:
    """Return the given classes and those found besides, in the order of their values."""
    classes = {info.value: info for info in classes_from_dicts(given)}
    for value in (*classes, *found):
        if not 1 <= value <= LARGEST_VALUE:
            raise BadClassValueError(path=path, value=value)
    for value in sorted(set(found) - set(classes)):
        classes[value] = ClassInfo(value, found[value] or str(value), palette_color(len(classes)))
    return dict(sorted(classes.items()))
