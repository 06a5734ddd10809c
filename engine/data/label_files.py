"""Reading features with class values from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS
from rasterio.errors import CRSError

from .problems import BadClassValueError, LabelsElsewhereError, LabelsUnreadableError, NoLabelsError, OtherCrsError

_POLYGONS = (3, 6)
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Features:
    """Valid, flat geometries in file order, with class values and names (empty without a column).

    ``repaired`` of them were invalid in the file.
    """

    shapes: npt.NDArray[Any]
    values: npt.NDArray[np.int64]
    names: list[str]
    repaired: int = 0


def read_features(path: Path, bounds: Bounds, raster: str, crs: str, *, with_values: bool) -> Features:
    """Read the features of the first layer that meet ``bounds``, in map units of the raster.

    ``raster`` and ``crs`` are the raster's path, for errors, and its CRS as WKT. ``with_values`` demands
    the column ``value``; without it all values are 1.

    Raises:
        LabelsUnreadableError, NoLabelsError, LabelsElsewhereError, OtherCrsError, BadClassValueError.
    """
    try:
        info = pyogrio.read_info(path, force_total_bounds=True, force_feature_count=True)
        columns = {name.lower(): name for name in info["fields"]}
        wanted = [columns[name] for name in ("value", "name") if name in columns] if with_values else []
        if with_values and "value" not in columns:
            raise LabelsUnreadableError(path=path, detail="it has no column 'value'")
        _check_crs(path, info["crs"], raster, crs)
        _, ids, geometry, fields = pyogrio.raw.read(
            path, columns=wanted, force_2d=True, bbox=_around(bounds), return_fids=True
        )
    except (DataSourceError, DataLayerError, ValueError) as error:
        if isinstance(error, LabelsUnreadableError | OtherCrsError):
            raise
        raise LabelsUnreadableError(path=path, detail=str(error).splitlines()[0]) from error
    if not info["features"]:
        raise NoLabelsError(path=path, what="feature")
    if geometry is None:
        raise LabelsUnreadableError(path=path, detail="it is a table without geometries")
    # A spatial index gives features in an order of its own; later ones are drawn over those before.
    order = np.argsort(ids, kind="stable")
    table = dict(zip([name.lower() for name in wanted], [column[order] for column in fields], strict=True))
    shapes = shapely.from_wkb(geometry[order], on_invalid="ignore")
    kept = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    shapes, repaired = _repaired(shapes[kept])
    kept, shapes = kept[~shapely.is_empty(shapes)], shapes[~shapely.is_empty(shapes)]
    if not len(shapes):
        text = [", ".join(f"{value:.10g}" for value in box) for box in (info["total_bounds"], bounds)]
        raise LabelsElsewhereError(path=path, bounds=text[0], raster=raster, raster_bounds=text[1])
    if not with_values:
        return Features(shapes, np.ones(len(shapes), np.int64), [""] * len(shapes), repaired)
    names = [str(name) if name is not None else "" for name in table.get("name", np.full(len(geometry), ""))[kept]]
    return Features(shapes, _class_values(path, table["value"][kept]), names, repaired)


def _around(bounds: Bounds) -> Bounds:
    """Widen by a hair: a feature may lie just on the border."""
    x, y = 1e-9 * (bounds[2] - bounds[0]), 1e-9 * (bounds[3] - bounds[1])
    return bounds[0] - x, bounds[1] - y, bounds[2] + x, bounds[3] + y


def _repaired(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Make crossed polygons valid, and count them; lines and points are left as they are."""
    broken = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_valid(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes, int(broken.sum())


def _class_values(path: Path, column: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    if column.dtype.kind not in "iuf":
        raise LabelsUnreadableError(path=path, detail=f"its column 'value' is of type {column.dtype}, not a number")
    if column.dtype.kind == "f":
        wrong = ~np.isfinite(column) | (column != np.floor(column))
        if wrong.any():
            value = column[wrong][0]
            raise BadClassValueError(path=path, value="NULL" if np.isnan(value) else f"{value:g}")
    return column.astype(np.int64)


def _check_crs(path: Path, labels_crs: str | None, raster: str, crs: str) -> None:
    """Refuse labels that are surely in another CRS: two EPSG codes that differ, or degrees against metres."""
    # GDAL has a GeoPackage without a CRS say that it is undefined, in words that pass for one.
    if not labels_crs or not crs or '["Undefined ' in labels_crs[:80]:
        return
    try:
        mine, theirs = CRS.from_user_input(labels_crs), CRS.from_wkt(crs)
    except CRSError:
        return
    if mine == theirs:
        return
    codes = mine.to_epsg(), theirs.to_epsg()
    if mine.is_geographic != theirs.is_geographic or (None not in codes and codes[0] != codes[1]):
        raise OtherCrsError(path=path, crs=_name(mine), raster=raster, raster_crs=_name(theirs))


def _name(crs: Any) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt()).split('"')[1]
