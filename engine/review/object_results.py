"""The layer of matched, missed and false objects, and whether two layers go together."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from rasterio.crs import CRS
from rasterio.errors import CRSError

from ..data.writing import telling_disk_full
from .object_problems import MatchesNotWritableError, OtherSystemError

if TYPE_CHECKING:
    from .objects import Review

MATCHED, MISSED, FALSE = "matched", "missed", "false"
LAYER = "matches"
_POLYGON = 3


def check_systems(crs: str, other: str, detected: str, path: str) -> None:
    """Raise OtherSystemError where two layers are surely in different systems."""
    first, second = _system(crs), _system(other)
    if first is None or second is None or first == second:
        return
    codes = first.to_epsg(), second.to_epsg()
    if first.is_geographic != second.is_geographic or (None not in codes and codes[0] != codes[1]):
        raise OtherSystemError(detected=detected, crs=_name(first), path=path, other=_name(second))


def check_matches(path: Path) -> None:
    """Raise MatchesNotWritableError where the layer could not be written, before work starts."""
    if path.suffix.lower() != ".gpkg":
        raise MatchesNotWritableError(path=path, detail="its name does not end with .gpkg")
    if not path.parent.is_dir():
        raise MatchesNotWritableError(path=path, detail=f"the folder {path.parent} does not exist; make it first")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise MatchesNotWritableError(path=path, detail="it is a folder, or its folder is write-protected")


def write_matches(path: Path, review: Review) -> None:
    """Write one layer of polygons: found objects as they are, then missed ones.

    Columns: ``Class``; ``Match``: "matched", "false" or "missed"; ``Confidence`` 0 to 1, NULL of missed objects and
    where there is none; ``IoU``: of bounding boxes, with the true object that was taken, else the highest with one of
    the same class on the other side.

    Raises:
        MatchesNotWritableError, DiskFullError: after which nothing is left.
    """
    detected, reference = review.detected, review.reference
    taken = review.taken >= 0
    missed = np.ones(len(reference), bool)
    missed[review.taken[taken]] = False
    blank = np.full(int(missed.sum()), np.nan)
    sure = np.full(len(detected), np.nan) if detected.confidences is None else detected.confidences
    confidences = np.concatenate([sure, blank])
    fields: dict[str, npt.NDArray[Any]] = {
        "Class": np.concatenate([detected.classes, reference.classes[missed]]).astype(object),
        "Match": np.concatenate([np.where(taken, MATCHED, FALSE), np.full(len(blank), MISSED)]).astype(object),
        "Confidence": confidences,
        "IoU": np.concatenate([review.ious(), review.pairs.true_own[missed]]),
    }
    shapes = np.concatenate([detected.shapes, reference.shapes[missed]])
    single = bool((shapely.get_type_id(shapes) == _POLYGON).all())
    kind = "Polygon" if single else "MultiPolygon"
    masks = [np.isnan(values) if name == "Confidence" else None for name, values in fields.items()]
    # A GeoPackage has files beside it while it is written.
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        with telling_disk_full(path):
            partial.mkdir()
            pyogrio.raw.write(
                partial / path.name,
                shapely.to_wkb(shapes),
                list(fields.values()),
                list(fields),
                field_mask=masks,
                geometry_type=kind,
                promote_to_multi=not single,
                crs=next((crs for crs in (detected.crs, reference.crs) if _system(crs)), None),
                driver="GPKG",
                layer=LAYER,
                # GDAL before 3.7, as in Debian 12, warns of version 1.4 that newer ones write.
                dataset_options={"VERSION": "1.3"},
            )
            (partial / path.name).replace(path)
    except (DataSourceError, DataLayerError) as error:
        raise MatchesNotWritableError(path=path, detail=str(error).splitlines()[0]) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _system(crs: str) -> CRS | None:
    # GDAL has a GeoPackage without a system say that it is undefined, in words that pass for one.
    if not crs or "Undefined " in crs[:90]:
        return None
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        return None


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt()).split('"')[1]
