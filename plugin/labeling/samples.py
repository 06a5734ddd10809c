"""Samples and areas as plain values, and their rows in the file."""

from __future__ import annotations

import datetime
import struct
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Union

from qgis.core import QgsGeometry

from .schema import ClassEntry, Schema

SAMPLES, AREAS, META, DELETED = "samples", "areas", "swath_meta", "deleted"
GEOMETRY = "geom"
SAMPLE_FIELDS = ("Classname", "Classvalue", "Red", "Green", "Blue", "Count", "Image", "Time", "Uid")
AREA_FIELDS = ("Image", "Time", "Uid")


@dataclass(frozen=True)
class Sample:
    """One labeled object: a polygon of one class.

    ``geometry`` is a multipolygon in the store's coordinate reference system; ``image`` is the key of the image it
    was drawn on; ``time`` is that of its last change (ISO 8601, UTC); ``count`` is its size in pixels of the image,
    0 where unknown. ``uid`` stays the same in all copies of the file.
    """

    fid: int
    uid: str
    value: int
    geometry: QgsGeometry
    image: str = ""
    time: str = ""
    count: int = 0


@dataclass(frozen=True)
class Area:
    """A part of the image in which every object is labeled; ``geometry`` as in :class:`Sample`."""

    fid: int
    uid: str
    geometry: QgsGeometry
    image: str = ""
    time: str = ""


Item = Union[Sample, Area]


@dataclass(frozen=True)
class Changes:
    """Which samples, or areas, a step added, changed and removed: their fids."""

    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


def new_uid() -> str:
    """Return a name that no other sample in any file has."""
    return uuid.uuid4().hex


def now() -> str:
    """Return the time as text that sorts by itself: ISO 8601, UTC, milliseconds."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def literal(value: Any) -> str:
    """Return a value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("\0", "").replace("'", "''") + "'"


def blob(geometry: QgsGeometry, srs_id: int) -> bytes:
    """Return a geometry as GeoPackage stores it: a header with the envelope, then WKB (OGC 12-128r18, 2.1.3)."""
    box = geometry.boundingBox()
    header = struct.pack(
        "<2sBBi4d", b"GP", 0, 0b11, srs_id, box.xMinimum(), box.xMaximum(), box.yMinimum(), box.yMaximum()
    )
    return header + bytes(geometry.asWkb())


def rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of a colour like ``#e69f00``."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def class_columns(value: int, schema: Schema) -> dict[str, Any]:
    """Return what a sample's fields say of its class; black and the value where the schema does not know it."""
    entry = schema.find(value) or ClassEntry(str(value), value, "#000000")
    red, green, blue = rgb(entry.color)
    return {"Classname": entry.name, "Classvalue": value, "Red": red, "Green": green, "Blue": blue}


def columns(item: Item, schema: Schema, srs_id: int) -> dict[str, Any]:
    """Return the row of a sample or an area, by column."""
    row: dict[str, Any] = {"fid": item.fid, GEOMETRY: blob(item.geometry, srs_id)}
    if isinstance(item, Sample):
        row |= class_columns(item.value, schema) | {"Count": item.count}
    return row | {"Image": item.image, "Time": item.time, "Uid": item.uid}


def insertion(table: str, rows: Iterable[dict[str, Any]]) -> str:
    """Return the statement that adds rows of the same columns."""
    listed = list(rows)
    names = ", ".join(f'"{name}"' for name in listed[0])
    values = ",".join("(" + ",".join(literal(value) for value in row.values()) + ")" for row in listed)
    return f'INSERT INTO "{table}" ({names}) VALUES {values}'  # noqa: S608 - all of it is made by literal()
