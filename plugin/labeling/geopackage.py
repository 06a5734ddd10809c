"""A GeoPackage that is written statement by statement, each step in one transaction.

GDAL is the way in, not Python's sqlite3: where that is another copy of SQLite than QGIS's, closing a file in one of
them drops the locks of the other (sqlite.org/howtocorrupt.html, 2.2.1).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr
from qgis.core import QgsCoordinateReferenceSystem

from .store_problems import (
    BrokenStoreError,
    ReadOnlyStoreError,
    StoreClosedError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreLockedError,
)

_BUSY_MS = 1500  # how long to wait for another program: longer would look like a freeze
_SAID = {
    "locked": StoreLockedError,
    "busy": StoreLockedError,
    "readonly": ReadOnlyStoreError,
    "read-only": ReadOnlyStoreError,
    "full": StoreFullError,
    "malformed": BrokenStoreError,
    "not a database": BrokenStoreError,
    "disk image": BrokenStoreError,
}


class GeoPackage:
    """An open file; every method raises StoreError with a sentence where SQLite refuses.

    ``write`` opens it for changes, and lets readers (drawing, other programs) and the writer not wait for each other.
    """

    def __init__(self, path: Path, *, write: bool = True) -> None:
        self.path = path
        mode = gdal.OF_VECTOR | (gdal.OF_UPDATE if write else gdal.OF_READONLY)
        with _quiet(path, BrokenStoreError):
            self._dataset = gdal.OpenEx(str(path), mode, allowed_drivers=["GPKG"])
        if self._dataset is None:
            raise BrokenStoreError(path=path, detail="it cannot be opened")
        self._inode = _inode(path)
        self._settling = threading.Thread()
        if write:
            self.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
            # Where the file system cannot do it, SQLite stays in the mode it is in.
            self.execute("PRAGMA journal_mode=WAL")
            # What is written survives the end of this process at once, and a power cut after settle(), which alone
            # waits for the disk: an edit never does.
            self.execute("PRAGMA synchronous=NORMAL")
            self.execute("PRAGMA wal_autocheckpoint=0")

    @property
    def is_open(self) -> bool:
        """Tell whether the file was not closed."""
        return self._dataset is not None

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a query finds; a geometry column comes first, as WKB."""
        found = []
        with _quiet(self.path):
            layer = self._open().ExecuteSQL(sql)
            if layer is not None:
                fields = range(layer.GetLayerDefn().GetFieldCount())
                has_geometry = bool(layer.GetGeometryColumn())
                for feature in layer:
                    values = [feature.GetField(index) for index in fields]
                    if has_geometry:
                        shape = feature.GetGeometryRef()
                        values.insert(0, b"" if shape is None else bytes(shape.ExportToWkb()))
                    found.append(tuple(values))
                self._dataset.ReleaseResultSet(layer)
        return found

    def execute(self, sql: str) -> None:
        """Run one statement."""
        with _quiet(self.path):
            layer = self._open().ExecuteSQL(sql)
            if layer is not None:
                self._dataset.ReleaseResultSet(layer)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all that happens inside, or nothing."""
        self._check_there()
        with _quiet(self.path):
            self._open().StartTransaction()
        try:
            yield
            with _quiet(self.path):
                self._dataset.CommitTransaction()
        except BaseException:
            with contextlib.suppress(StoreError), _quiet(self.path):
                self._dataset.RollbackTransaction()
            raise

    def settle(self) -> None:
        """Bring all that was written into the main file, in the background, so that a copy of it is complete."""
        if self._dataset is not None and not self._settling.is_alive():
            self._settling = threading.Thread(target=_checkpoint, args=(self.path,), daemon=True)
            self._settling.start()

    def close(self) -> None:
        """Close the file, and leave one plain file where nobody else has it open."""
        if self._dataset is None:
            return
        if self._settling.is_alive():
            self._settling.join()
        if _inode(self.path) != self._inode:  # there is nothing left to tidy
            self._dataset = None
            return
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode=DELETE"):
            with contextlib.suppress(StoreError):
                self.execute(statement)
        self._dataset = None

    def _open(self) -> gdal.Dataset:
        if self._dataset is None:
            raise StoreClosedError(path=self.path)
        return self._dataset

    def _check_there(self) -> None:
        """Refuse to write into a file that was deleted: the system would take it and throw it away."""
        if _inode(self.path) != self._inode:
            raise StoreGoneError(path=self.path)


def make_tables(path: Path, crs: QgsCoordinateReferenceSystem, tables: dict[str, dict[str, int]]) -> None:
    """Write a new GeoPackage with one layer of multipolygons for each table; fields as {name: OGR type}."""
    system = osr.SpatialReference()
    system.SetFromUserInput(crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt())
    with _quiet(path):
        dataset = gdal.GetDriverByName("GPKG").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
        if dataset is None:
            return
        for table, fields in tables.items():
            layer = dataset.CreateLayer(table, system, ogr.wkbMultiPolygon, ["GEOMETRY_NAME=geom", "FID=fid"])
            for name, kind in fields.items():
                layer.CreateField(ogr.FieldDefn(name, kind))
        layer = None
        del dataset


def _checkpoint(path: Path) -> None:
    """Copy what is in the write-ahead log into the main file; what fails now is done the next time."""
    with contextlib.suppress(StoreError), _quiet(path):
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE, allowed_drivers=["GPKG"])
        if dataset is not None:
            layer = dataset.ExecuteSQL("PRAGMA wal_checkpoint(PASSIVE)")
            if layer is not None:
                dataset.ReleaseResultSet(layer)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - once for each edit
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def _quiet(path: Path, otherwise: type[StoreError] = StoreError) -> Iterator[None]:
    """Turn GDAL's errors into ours, whether or not someone asked it for exceptions."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    gdal.ErrorReset()
    try:
        yield
        text = _said() if gdal.GetLastErrorType() >= gdal.CE_Failure else ""
    except RuntimeError as error:
        text = str(error) or _said()
    finally:
        gdal.PopErrorHandler()
    if text:
        kind = next((kind for word, kind in _SAID.items() if word in text.lower()), otherwise)
        raise kind(path=path, detail=text.strip().rstrip("."))


def _said() -> str:
    return str(gdal.GetLastErrorMsg()).strip()
