"""The label of one chip, as the exporter hands it to a chip format.

Light: numpy for annotations only; geometries are shapely's, in chip pixels (column, row), with the origin
in the upper left corner of the chip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class LabelObject:
    """One labelled feature, as far as it lies inside of the chip.

    Attributes:
        value: its class value.
        shape: Polygon or MultiPolygon in chip pixels, cut to the chip.
        area: of ``shape`` in map units squared.
    """

    value: int
    shape: Any
    area: float

    @property
    def box(self) -> Box:
        """Return (xmin, ymin, xmax, ymax) in chip pixels."""
        xmin, ymin, xmax, ymax = self.shape.bounds
        return float(xmin), float(ymin), float(xmax), float(ymax)


@dataclass(frozen=True)
class ThinShape:
    """A point or line, in chip pixels and up to a margin around the chip: widths are drawn from it later."""

    value: int
    shape: Any


@dataclass(frozen=True)
class ChipLabel:
    """The label of one chip; what a format does not need (``ChipFormat.needs``) is None or empty.

    Attributes:
        size: width and height of the chip in pixels.
        values: class values (height, width), 0 is unlabelled; instances, if there are any, are drawn into them.
        objects: features in drawing order; of a label raster its connected regions.
        instances: features with a class of their own for panoptic labels, in drawing order.
        value: for formats with one feature a chip, the class of that feature.
        areas: of each class value the areas of its features inside of the chip, in map units squared;
            None where labels came from a raster, or where there are none at all.
        thin: points and lines in and around the chip.
    """

    size: tuple[int, int]
    values: np.ndarray | None = None
    objects: tuple[LabelObject, ...] = ()
    instances: tuple[LabelObject, ...] = ()
    value: int = 0
    areas: dict[int, list[float]] | None = None
    thin: tuple[ThinShape, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing in the chip is labelled."""
        labelled = self.values is not None and bool(self.values.any())
        return not (labelled or self.objects or self.instances or self.value)
