"""Making, checking, reading and writing the file of a store."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osgeo import ogr
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
from qgis.PyQt.QtCore import QLockFile

from .commands import Change, Step
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
    Item,
    Sample,
    class_columns,
    columns,
    insertion,
    literal,
)
from .schema import Schema
from .store_problems import (
    NewerStoreError,
    NoStoreCrsError,
    NoStoreError,
    NotOursError,
    ReadOnlyStoreError,
    StoreFolderError,
    StoreOpenElsewhereError,
    StoreThereError,
)

_VERSION = 1
_WHOLE = {"Red": ogr.OFTInteger, "Green": ogr.OFTInteger, "Blue": ogr.OFTInteger}
_LARGE = {"Classvalue": ogr.OFTInteger64, "Count": ogr.OFTInteger64}
_ROWS = 200  # in one statement, so that its text stays small


def create_file(path: Path, crs: QgsCoordinateReferenceSystem, schema: Schema) -> None:
    """Write a new file, complete or not at all."""
    if not crs.isValid():
        raise NoStoreCrsError(name=path.stem)
    if path.exists():
        raise StoreThereError(path=path)
    part = path.with_name(f".{path.name}.{os.getpid()}.partial.gpkg")
    try:
        kinds = _WHOLE | _LARGE
        tables = {
            table: {name: kinds.get(name, ogr.OFTString) for name in fields}
            for table, fields in ((SAMPLES, SAMPLE_FIELDS), (AREAS, AREA_FIELDS))
        }
        if not os.access(path.parent, os.W_OK):
            raise StoreFolderError(folder=path.parent, detail="it is not there, or may not be written")
        make_tables(part, crs, tables)
        package = GeoPackage(part)
        package.execute(f"CREATE TABLE {META} (key TEXT NOT NULL PRIMARY KEY, value TEXT)")
        package.execute(f"CREATE TABLE {DELETED} (uid TEXT NOT NULL PRIMARY KEY, time TEXT NOT NULL)")
        for key, value in (("format", "Swath samples"), ("version", str(_VERSION)), ("schema", dumped(schema))):
            package.execute(insertion(META, [{"key": key, "value": value}]))
        package.close()
        part.replace(path)
    except OSError as error:
        raise StoreFolderError(folder=path.parent, detail=error.strerror) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def lock_file(path: Path) -> QLockFile:
    """Keep other windows of QGIS from writing the same file; a lock that a killed one left is taken over."""
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        return lock
    if lock.error() == QLockFile.LockError.LockFailedError:
        _known, process, machine, _program = lock.getLockInfo()
        raise StoreOpenElsewhereError(path=path, process=process, machine=machine, lock=f"{path}.lock")
    raise ReadOnlyStoreError(path=path)


def open_file(path: Path) -> GeoPackage:
    """Open a file of ours for reading and writing."""
    if not path.is_file():
        raise NoStoreError(path=path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise ReadOnlyStoreError(path=path)
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise NotOursError(path=path, detail="it is no GeoPackage")
    package = GeoPackage(path)
    there = {name for (name,) in package.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    missing = sorted({SAMPLES, AREAS, META, DELETED} - there)
    if missing:
        raise NotOursError(path=path, detail="it has no table " + ", ".join(missing))
    if int(meta(package).get("version", "0")) > _VERSION:
        raise NewerStoreError(path=path)
    return package


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


def read_samples(package: GeoPackage) -> dict[int, Sample]:
    """Return all samples by fid."""
    sql = f"SELECT fid + 0 AS number, Uid, Classvalue, Image, Time, Count, {GEOMETRY} FROM {SAMPLES} ORDER BY fid"  # noqa: S608
    found = {}
    for wkb, fid, uid, value, image, time, count in package.rows(sql):
        found[fid] = Sample(fid, uid or "", value or 0, _geometry(wkb), image or "", time or "", count or 0)
    return found


def read_areas(package: GeoPackage) -> dict[int, Area]:
    """Return all areas by fid."""
    sql = f"SELECT fid + 0 AS number, Uid, Image, Time, {GEOMETRY} FROM {AREAS} ORDER BY fid"  # noqa: S608 - constants
    found = {}
    for wkb, fid, uid, image, time in package.rows(sql):
        found[fid] = Area(fid, uid or "", _geometry(wkb), image or "", time or "")
    return found


def read_deleted(package: GeoPackage) -> dict[str, str]:
    """Return when samples and areas were deleted, by uid."""
    return dict(package.rows(f"SELECT uid, time FROM {DELETED}"))  # noqa: S608 - a constant


def next_fid(package: GeoPackage, table: str) -> int:
    """Return a fid that no row has or had, so that a sample keeps its own for ever."""
    largest = package.rows(f'SELECT MAX(fid) FROM "{table}"')[0][0] or 0  # noqa: S608
    ever = package.rows(f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
    return max(largest, ever[0][0] if ever else 0) + 1


def write_step(package: GeoPackage, step: Step, schema: Schema, srs_id: int) -> None:
    """Write an edit in one transaction; ``schema`` is the one after it."""
    with package.transaction():
        if step.schema is not None:
            package.execute(f"UPDATE {META} SET value = {literal(dumped(schema))} WHERE key = 'schema'")  # noqa: S608
            for sql in _recolored(step.schema):
                package.execute(sql)
        for table, changes in ((SAMPLES, step.samples), (AREAS, step.areas)):
            _write_items(package, table, changes, schema, srs_id)
        for uid, change in step.deleted.items():
            package.execute(f"DELETE FROM {DELETED} WHERE uid = {literal(uid)}")  # noqa: S608
            if change.after is not None:
                package.execute(insertion(DELETED, [{"uid": uid, "time": change.after}]))


def dumped(schema: Schema) -> str:
    """Return a schema as text."""
    return json.dumps(schema.to_dict(), ensure_ascii=False)


def _write_items(
    package: GeoPackage, table: str, changes: Mapping[int, Change[Any]], schema: Schema, srs_id: int
) -> None:
    gone = [fid for fid, change in changes.items() if change.after is None]
    if gone:
        package.execute(f'DELETE FROM "{table}" WHERE fid IN ({",".join(map(str, gone))})')  # noqa: S608
    added = [change.after for change in changes.values() if change.before is None and change.after is not None]
    for start in range(0, len(added), _ROWS):
        rows = [columns(item, schema, srs_id) for item in added[start : start + _ROWS]]
        package.execute(insertion(table, rows))
    groups: dict[str, list[int]] = {}
    for fid, change in changes.items():
        if change.before is not None and change.after is not None:
            text = _assignments(change.before, change.after, schema, srs_id)
            if text:
                groups.setdefault(text, []).append(fid)
    for text, fids in groups.items():
        package.execute(f'UPDATE "{table}" SET {text} WHERE fid IN ({",".join(map(str, fids))})')  # noqa: S608
    box = _box([change.after for change in changes.values() if change.after is not None])
    if box:
        package.execute(_grown(table, box))


def _assignments(before: Item, after: Item, schema: Schema, srs_id: int) -> str:
    """Return what differs as SQL: equal for many samples of a bulk edit, which then is one statement."""
    row = columns(after, schema, srs_id)
    if before.geometry is after.geometry:
        row.pop(GEOMETRY)
    names = {"Image": "image", "Time": "time", "Uid": "uid", "Count": "count"}
    for column, name in names.items():
        if column in row and getattr(before, name) == getattr(after, name):
            row.pop(column)
    if isinstance(before, Sample) and isinstance(after, Sample) and before.value == after.value:
        for column in class_columns(after.value, schema):
            row.pop(column)
    row.pop("fid")
    return ", ".join(f'"{name}" = {literal(value)}' for name, value in row.items())


def _recolored(change: Change[Schema]) -> list[str]:
    """Return the statements that give samples the new names and colours of their classes."""
    before, after = change.before or Schema(), change.after or Schema()
    found = []
    for entry in after.classes():
        row = class_columns(entry.value, after)
        if before.find(entry.value) and row != class_columns(entry.value, before):
            text = ", ".join(f'"{name}" = {literal(value)}' for name, value in row.items())
            found.append(f"UPDATE {SAMPLES} SET {text} WHERE Classvalue = {entry.value}")  # noqa: S608
    return found


def _box(items: list[Item]) -> tuple[float, float, float, float] | None:
    boxes = [item.geometry.boundingBox() for item in items]
    if not boxes:
        return None
    return (
        min(box.xMinimum() for box in boxes),
        min(box.yMinimum() for box in boxes),
        max(box.xMaximum() for box in boxes),
        max(box.yMaximum() for box in boxes),
    )


def _grown(table: str, box: tuple[float, float, float, float]) -> str:
    """Return the statement that widens the extent which the file states; other programs zoom to it."""
    west, south, east, north = box
    return (
        f"UPDATE gpkg_contents SET min_x = MIN(IFNULL(min_x, {west}), {west}), "  # noqa: S608
        f"min_y = MIN(IFNULL(min_y, {south}), {south}), max_x = MAX(IFNULL(max_x, {east}), {east}), "
        f"max_y = MAX(IFNULL(max_y, {north}), {north}), last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
        f"WHERE table_name = '{table}'"
    )


def _geometry(wkb: bytes) -> QgsGeometry:
    geometry = QgsGeometry()
    geometry.fromWkb(wkb)
    return geometry
