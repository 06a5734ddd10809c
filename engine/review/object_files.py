"""Reading layers of objects: polygons, each with an id, a class and a confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from .matching import Floats, Integers
from .object_problems import BadConfidenceError, ObjectsUnreadableError

_POLYGONS = (3, 6)
# What all objects are called in a layer that does not tell classes apart.
ONE_CLASS = "Object"
NO_CLASS = "(no class)"
# Above this, confidences are not from 0 to 1: 32 bits round 1 to a little more.
_ONE = 1 + 1e-6
_HUNDRED = 100.0


@dataclass(frozen=True)
class Objects:
    """Polygons in file order; what has no area is not among them.

    Attributes:
        ids: (n,) of each, the file's own number of the feature where there is no column ``id``.
        shapes: (n,) geometries as they are in the file.
        boxes: (n, 4) xmin, ymin, xmax, ymax.
        classes: (n,) texts.
        confidences: (n,) 0 to 1, 0 where one has none; None without such a column.
        crs: as GDAL names it, "" where it is not known.
        left_out: how many have no area.
        unsure: how many have no confidence, though there is a column.
        percent: whether the file has confidences from 0 to 100.
    """

    ids: Integers
    shapes: npt.NDArray[Any]
    boxes: Floats
    classes: npt.NDArray[Any]
    confidences: Floats | None
    crs: str
    left_out: int = 0
    unsure: int = 0
    percent: bool = False

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ids)

    def take(self, places: Integers | npt.NDArray[np.bool_]) -> Objects:
        """Return some of them."""
        confidences = None if self.confidences is None else self.confidences[places]
        parts = (self.ids[places], self.shapes[places], self.boxes[places], self.classes[places], confidences)
        return Objects(*parts, self.crs, self.left_out, self.unsure, self.percent)


def read_objects(path: Path, parameter: str, shown: str = "", *, confident: bool = True) -> Objects:
    """Read the polygons of the first layer; the columns ``id``, ``class`` and ``confidence`` may be missing.

    Args:
        path: of the file.
        parameter: what gave it, for errors.
        shown: what people call it; its path without.
        confident: whether confidences are read.

    Raises:
        ObjectsUnreadableError, BadConfidenceError.
    """
    name = shown or str(path)
    try:
        info = pyogrio.read_info(path)
        columns = {str(column).lower(): column for column in info["fields"]}
        wanted = [columns[key] for key in ("id", "class", "confidence") if key in columns]
        _, fids, geometry, fields = pyogrio.raw.read(path, columns=wanted, force_2d=True, return_fids=True)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise ObjectsUnreadableError(path=name, detail=str(error).splitlines()[0], parameter=parameter) from error
    if geometry is None:
        raise ObjectsUnreadableError(path=name, detail="it is a table without geometries", parameter=parameter)
    table = dict(zip([column.lower() for column in wanted], fields, strict=True))
    shapes = shapely.from_wkb(geometry, on_invalid="ignore")
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    # Comparisons with NaN, the bounds of nothing, are false.
    solid = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ((boxes[:, 2:] - boxes[:, :2]) > 0).all(1)
    solid &= np.isfinite(boxes).all(1)
    places = np.flatnonzero(solid)
    places = places[np.argsort(fids[places], kind="stable")]
    given = table.get("confidence") if confident else None
    confidences, unsure, percent = (None, 0, False) if given is None else _confidences(given[places], name)
    classes = _classes(table["class"][places]) if "class" in table else np.full(len(places), ONE_CLASS, object)
    ids = _ids(table.get("id"), fids)[places]
    crs = str(info["crs"] or "")
    out = len(solid) - len(places)
    return Objects(ids, shapes[places], boxes[places], classes, confidences, crs, out, unsure, percent)


def read_mask(path: Path, shown: str = "") -> npt.NDArray[Any]:
    """Return the valid polygons of a mask.

    Raises:
        ObjectsUnreadableError: also where it holds none.
    """
    shapes = read_objects(path, "MASK", shown, confident=False).shapes
    if not len(shapes):
        raise ObjectsUnreadableError(path=shown or path, detail="it holds no polygon", parameter="MASK")
    return valid(shapes)[0]


def valid(shapes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Make crossed polygons valid, and count them; one without area becomes empty."""
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes = shapes.copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes, int(broken.sum())


def channels_of(classes: npt.NDArray[Any], names: Sequence[str]) -> Integers:
    """Return the places (n,) of classes in ``names``."""
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in classes.tolist()], np.int64)


def _ids(column: npt.NDArray[Any] | None, fids: npt.NDArray[Any]) -> Integers:
    if column is None or column.dtype.kind not in "iu":
        return np.asarray(fids, np.int64)
    return column.astype(np.int64)


def _classes(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return classes as texts, whole numbers without decimals."""
    values = column.tolist()
    texts = {value: _text(value) for value in set(values)}
    return np.array([texts[value] for value in values], object)


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return NO_CLASS
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip() or NO_CLASS


def _confidences(column: npt.NDArray[Any], name: str) -> tuple[Floats, int, bool]:
    """Return confidences from 0 to 1, how many are missing, and whether they were from 0 to 100."""
    if column.dtype.kind in "iufb":
        values = column.astype(np.float64)
    else:
        values = np.array([_number(value, name) for value in column], np.float64)
    missing = np.isnan(values)
    wrong = ~missing & ~((values >= 0) & (values <= _HUNDRED))
    if wrong.any():
        raise BadConfidenceError(path=name, value=f"{values[wrong][0]:g}")
    percent = bool((values[~missing] > _ONE).any())
    values = np.minimum(np.where(missing, 0.0, values) / (_HUNDRED if percent else 1.0), 1.0)
    return values, int(missing.sum()), percent


def _number(value: Any, name: str) -> float:
    text = "" if value is None else str(value).strip()
    if not text:
        return math.nan
    try:
        number = float(text.replace(",", "."))
    except ValueError as error:
        raise BadConfidenceError(path=name, value=text) from error
    if not math.isfinite(number):
        raise BadConfidenceError(path=name, value=text)
    return number
