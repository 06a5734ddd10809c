"""Making, checking, reading and writing the file of a store."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from osgeo import ogr
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
from qgis.PyQt.QtCore import QLockFile, QSysInfo

from .geopackage import GeoPackage, make_tables
from .samples import (
    AREA_FIELDS,
    AREAS,
    DELETED,
    GEOMETRY,
    META,
    SAMPLE_FIELDS,
    SAMPLES,
    Area,
    Sample,
    insertion,
)
from .schema import Schema, SchemaError
from .store_problems import (
    BrokenStoreError,
    NewerStoreError,
    NoFolderError,
    NoStoreCrsError,
    NoStoreError,
    NotOursError,
    ReadOnlyStoreError,
    StoreError,
    StoreFolderError,
    StoreOpenElsewhereError,
    StoreOpenHereError,
    StoreThereError,
)
from .store_writing import dumped

_VERSION = 1
# Of 32 bits each: older ArcGIS does not read larger ones, and no class value needs them.
_WHOLE = ("Classvalue", "Red", "Green", "Blue", "Count")
_TABLES = {
    SAMPLES: ("fid", GEOMETRY, *SAMPLE_FIELDS),
    AREAS: ("fid", GEOMETRY, *AREA_FIELDS),
    META: ("key", "value"),
    DELETED: ("uid", "time"),
}


def create_file(path: Path, crs: QgsCoordinateReferenceSystem, schema: Schema) -> None:
    """Write a new file, complete or not at all."""
    if not crs.isValid():
        raise NoStoreCrsError(name=path.stem)
    if path.exists():
        raise StoreThereError(path=path)
    if not path.parent.is_dir():
        raise NoFolderError(folder=path.parent)
    if not os.access(path.parent, os.W_OK):
        raise StoreFolderError(folder=path.parent)
    part = path.with_name(f".{path.name}.partial.gpkg")
    try:
        part.unlink(missing_ok=True)
        tables = {
            table: {name: ogr.OFTInteger if name in _WHOLE else ogr.OFTString for name in fields}
            for table, fields in ((SAMPLES, SAMPLE_FIELDS), (AREAS, AREA_FIELDS))
        }
        make_tables(part, crs, tables)
        package = GeoPackage(part)
        package.execute(f"CREATE TABLE {META} (key TEXT NOT NULL PRIMARY KEY, value TEXT)")
        package.execute(f"CREATE TABLE {DELETED} (uid TEXT NOT NULL PRIMARY KEY, time TEXT NOT NULL)")
        for key, value in (("format", "Swath samples"), ("version", str(_VERSION)), ("schema", dumped(schema))):
            package.execute(insertion(META, [{"key": key, "value": value}]))
        package.close()
        part.replace(path)
    except OSError as error:
        raise StoreFolderError(folder=path.parent) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def open_file(path: Path) -> tuple[GeoPackage, QLockFile]:
    """Open a file of ours for reading and writing, and keep other windows of QGIS from writing it."""
    if not path.is_file():
        raise NoStoreError(path=path)
    check_ours(path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise ReadOnlyStoreError(path=path)
    lock = _lock(path)
    try:
        return GeoPackage(path), lock
    except StoreError:
        lock.unlock()
        raise


def check_ours(path: Path) -> None:
    """Raise StoreError where a file does not hold samples of Swath; it stays as it is."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise StoreError(path=path, detail=error.strerror) from error
    if start != b"SQLite format 3\0":
        raise NotOursError(path=path, missing="GeoPackage")
    package = GeoPackage(path, write=False)
    for table, wanted in _TABLES.items():
        there = {name for (name,) in package.rows(f"SELECT name FROM pragma_table_info('{table}')")}  # noqa: S608
        if not there:
            raise NotOursError(path=path, missing=table)
        if missing := sorted({*wanted} - there):
            raise NotOursError(path=path, missing=", ".join(f"{table}.{name}" for name in missing))
    stated = meta(package)
    if not stated.get("version", "").isdecimal() or "schema" not in stated:
        raise NotOursError(path=path, missing=f"{META}: version, schema")
    if int(stated["version"]) > _VERSION:
        raise NewerStoreError(path=path)


def _lock(path: Path) -> QLockFile:
    """Take the file's lock; one that a killed QGIS left behind is taken over."""
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        return lock
    if lock.error() == QLockFile.LockError.LockFailedError:
        _known, process, machine, _program = lock.getLockInfo()
        if process == os.getpid() and machine == QSysInfo.machineHostName():
            raise StoreOpenHereError(path=path)
        raise StoreOpenElsewhereError(path=path, process=process, machine=machine, lock=f"{path}.lock")
    raise ReadOnlyStoreError(path=path)


@dataclass
class Content:
    """What a file holds; ``next_fid`` by table is above all that were ever used."""

    crs: QgsCoordinateReferenceSystem
    srs_id: int
    schema: Schema
    samples: dict[int, Sample]
    areas: dict[int, Area]
    deleted: dict[str, str]
    next_fid: dict[str, int]


def read_content(package: GeoPackage) -> Content:
    """Read all of a file; raise BrokenStoreError where it does not hold together."""
    try:
        schema = Schema.from_dict(json.loads(meta(package)["schema"]))
        crs, srs_id = crs_of(package)
    except (SchemaError, ValueError, KeyError, IndexError) as error:
        raise BrokenStoreError(path=package.path, detail=type(error).__name__) from error
    deleted = dict(package.rows(f"SELECT uid, time FROM {DELETED}"))  # noqa: S608 - a constant
    next_fid = {table: _next_fid(package, table) for table in (SAMPLES, AREAS)}
    return Content(crs, srs_id, schema, read_samples(package), read_areas(package), deleted, next_fid)


def meta(package: GeoPackage) -> dict[str, str]:
    """Return what the file says of itself."""
    return dict(package.rows(f"SELECT key, value FROM {META}"))  # noqa: S608 - a constant


def crs_of(package: GeoPackage) -> tuple[QgsCoordinateReferenceSystem, int]:
    """Return the coordinate reference system of the samples, and its number in the file."""
    sql = (
        "SELECT s.srs_id, s.organization, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns g "
        "JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = 'samples'"
    )
    number, organization, code, definition = package.rows(sql)[0]
    crs = QgsCoordinateReferenceSystem(f"{organization}:{code}") if organization.upper() == "EPSG" else None
    return crs if crs is not None and crs.isValid() else QgsCoordinateReferenceSystem.fromWkt(definition), int(number)


def read_samples(package: GeoPackage, fids: Iterable[int] | None = None) -> dict[int, Sample]:
    """Return samples by fid, all of them where no fids are given; rows without a geometry are none."""
    whole = "CAST(IFNULL({}, 0) AS INTEGER)".format
    found = {}
    for wkb, told in _rows(package, SAMPLES, (whole("Classvalue"), whole("Count")), fids):
        fid, uid, image, time, value, count = told
        found[int(fid)] = Sample(int(fid), uid, int(value), _geometry(wkb), image, time, int(count))
    return found


def read_areas(package: GeoPackage, fids: Iterable[int] | None = None) -> dict[int, Area]:
    """Return areas by fid, all of them where no fids are given."""
    found = {}
    for wkb, (fid, uid, image, time) in _rows(package, AREAS, (), fids):
        found[int(fid)] = Area(int(fid), uid, _geometry(wkb), image, time)
    return found


def _rows(
    package: GeoPackage, table: str, more: tuple[str, ...], fids: Iterable[int] | None
) -> Iterator[tuple[bytes, list[str]]]:
    """Yield the geometry of each row, and its values as texts: fid, uid, image, time and more.

    GDAL hands over one text instead of six values, which takes half the time.
    """
    texts = [f"REPLACE(IFNULL({name}, ''), char(31), '')" for name in ("Uid", "Image", "Time")]
    told = " || char(31) || ".join(["fid", *texts, *more])
    where = "" if fids is None else f" WHERE fid IN ({','.join(map(str, fids))})"
    sql = f"SELECT {told} AS told, {GEOMETRY} FROM {table}{where} ORDER BY fid"  # noqa: S608 - numbers and constants
    for wkb, text in package.rows(sql):
        if wkb:
            yield wkb, text.split("\x1f")


def _next_fid(package: GeoPackage, table: str) -> int:
    """Return a fid that no row has or had, so that a sample keeps its own for ever."""
    largest = package.rows(f'SELECT MAX(fid) FROM "{table}"')[0][0] or 0  # noqa: S608
    ever = package.rows(f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
    return max(largest, ever[0][0] if ever else 0) + 1


def _geometry(wkb: bytes) -> QgsGeometry:
    geometry = QgsGeometry()
    geometry.fromWkb(wkb)
    return geometry
