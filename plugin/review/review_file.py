"""A review on disk: a GeoPackage of the places and what became of each, so that one can go on tomorrow.

It lies beside the labels and opens as a layer in QGIS, too. Every decision is written when it is taken.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from .candidates import Candidate, class_name, look_of
from .review_problems import ReviewFileError

PLACES, ABOUT = "places", "about"
SUFFIX = "_review.gpkg"
_TEXTS = ("state", "reason", "said", "other", "decided", "data")


@dataclass(frozen=True)
class SavedReview:
    """What the file of a review holds.

    Attributes:
        crs: of the geometries.
        candidates: in their order.
        about: what was looked for and where: plain values.
    """

    crs: QgsCoordinateReferenceSystem
    candidates: tuple[Candidate, ...]
    about: Mapping[str, Any] = field(default_factory=dict)


def review_path(beside: str) -> Path:
    """Return where the review of some labels or of a map goes: beside it, or in a temporary folder."""
    path = Path(beside.split("|", maxsplit=1)[0])
    with contextlib.suppress(OSError):
        if path.is_file() and _writable(path.parent):
            return path.with_name(path.stem + SUFFIX)
    return Path(tempfile.gettempdir()) / ("swath" + SUFFIX)


def save(path: Path, review: SavedReview) -> None:
    """Write a review in the place of an earlier one; raise ReviewFileError where that does not work."""
    partial = path.with_name(path.stem + ".partial.gpkg")
    with _problems(path, "written"):
        partial.unlink(missing_ok=True)
        package = ogr.GetDriverByName("GPKG").CreateDataSource(str(partial), options=["VERSION=1.3"])
        system = None
        if review.crs.isValid():
            system = osr.SpatialReference()
            system.SetFromUserInput(review.crs.toWkt())
        layer = package.CreateLayer(PLACES, system, ogr.wkbMultiPolygon)
        for name in _TEXTS:
            layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
        layer.StartTransaction()
        for number, candidate in enumerate(review.candidates, 1):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetFID(number)
            _fill(feature, candidate)
            layer.CreateFeature(feature)
        layer.CommitTransaction()
        table = package.CreateLayer(ABOUT, None, ogr.wkbNone)
        table.CreateField(ogr.FieldDefn("data", ogr.OFTString))
        row = ogr.Feature(table.GetLayerDefn())
        row.SetField("data", json.dumps(dict(review.about)))
        table.CreateFeature(row)
        del feature, row, layer, table, package
        _remove_side_files(path)
        partial.replace(path)


def update(path: Path, number: int, candidate: Candidate) -> None:
    """Write what became of a place, counted from 0; raise ReviewFileError where that does not work."""
    with _problems(path, "written"):
        package = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE)
        layer = package.GetLayerByName(PLACES)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetFID(number + 1)
        _fill(feature, candidate)
        layer.SetFeature(feature)


def load(path: Path) -> SavedReview:
    """Read a review; raise ReviewFileError where there is none."""
    with _problems(path, "read"):
        package = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
        layer = package.GetLayerByName(PLACES)
        found = []
        for feature in layer:
            geometry = QgsGeometry()
            geometry.fromWkb(bytes(feature.GetGeometryRef().ExportToWkb()))
            found.append(Candidate.from_dict(geometry, json.loads(feature["data"])))
        system = layer.GetSpatialRef()
        crs = QgsCoordinateReferenceSystem()
        if system is not None and "Undefined" not in system.GetName():
            crs.createFromWkt(system.ExportToWkt())
        about = dict(json.loads(package.GetLayerByName(ABOUT).GetNextFeature()["data"]))
        for item in about.get("looks", []):
            look_of(item)
    return SavedReview(crs, tuple(found), about)


def _fill(feature: ogr.Feature, candidate: Candidate) -> None:
    names: Sequence[str] = (
        candidate.state,
        candidate.reason,
        class_name(candidate.said),
        "" if candidate.other is None else class_name(candidate.other),
        "" if candidate.decided is None else class_name(candidate.decided),
        json.dumps(candidate.to_dict()),
    )
    for name, value in zip(_TEXTS, names):
        feature.SetField(name, value)
    shape = QgsGeometry(candidate.geometry)
    shape.convertToMultiType()
    feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(bytes(shape.asWkb())))


@contextlib.contextmanager
def _problems(path: Path, action: str) -> Iterator[None]:
    try:
        yield
    # GDAL raises what it raises; of a broken file also what reading nothing gives.
    except (RuntimeError, OSError, AttributeError, LookupError, TypeError, ValueError) as error:
        lines = str(error).splitlines()
        raise ReviewFileError(path=path, action=action, detail=lines[0] if lines else type(error).__name__) from error


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _remove_side_files(path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
