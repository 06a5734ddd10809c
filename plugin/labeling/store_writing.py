"""Writing an edit into the file of a store: one transaction, few statements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .commands import Change, Step
from .geopackage import GeoPackage
from .samples import (
    AREAS,
    DELETED,
    GEOMETRY,
    META,
    SAMPLES,
    Item,
    Sample,
    class_columns,
    columns,
    insertion,
    literal,
)
from .schema import Schema

_ROWS = 200  # in one statement, so that its text stays small


def write_step(package: GeoPackage, step: Step, schema: Schema, srs_id: int) -> None:
    """Write an edit in one transaction; ``schema`` is the one after it."""
    with package.transaction():
        if step.schema is not None:
            package.execute(f"UPDATE {META} SET value = {literal(dumped(schema))} WHERE key = 'schema'")  # noqa: S608
            before = step.schema.before or Schema()
            for value in (entry.value for entry in schema.classes() if before.find(entry.value)):
                if class_columns(value, schema) != class_columns(value, before):
                    recolor(package, value, schema)
        for table, changes in ((SAMPLES, step.samples), (AREAS, step.areas)):
            _write_items(package, table, changes, schema, srs_id)
        for uid, change in step.deleted.items():
            package.execute(f"DELETE FROM {DELETED} WHERE uid = {literal(uid)}")  # noqa: S608
            if change.after is not None:
                package.execute(insertion(DELETED, [{"uid": uid, "time": change.after}]))


def rewrite(package: GeoPackage, table: str, items: Iterable[Item], schema: Schema, srs_id: int) -> None:
    """Write all fields of rows that others made, and the numbers of rows that GDAL keeps beside a table."""
    with package.transaction():
        for item in items:
            row = columns(item, schema, srs_id)
            row.pop("fid")
            text = ", ".join(f'"{name}" = {literal(value)}' for name, value in row.items())
            package.execute(f'UPDATE "{table}" SET {text} WHERE fid = {item.fid}')  # noqa: S608
        counted = f'(SELECT COUNT(*) FROM "{table}")'  # noqa: S608
        package.execute(f"UPDATE gpkg_ogr_contents SET feature_count = {counted} WHERE table_name = '{table}'")  # noqa: S608


def recolor(package: GeoPackage, value: int, schema: Schema) -> None:
    """Give all samples of a value the name and colour of its class."""
    text = ", ".join(f'"{name}" = {literal(value)}' for name, value in class_columns(value, schema).items())
    package.execute(f"UPDATE {SAMPLES} SET {text} WHERE Classvalue = {value}")  # noqa: S608


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
