"""Rows that others wrote: QGIS's own editing tools, or other programs while the file was closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qgis.core import QgsProject

from . import geometries as shapes
from .commands import Change, Step
from .geopackage import GeoPackage
from .images import PixelCounter
from .samples import AREAS, SAMPLES, Area, Item, Sample, class_columns, new_uid, now
from .schema import ClassEntry, Schema
from .store_files import Content, read_areas, read_samples
from .store_problems import SampleGeometryError
from .store_writing import recolor, rewrite, write_step


@dataclass(frozen=True)
class Given:
    """What new rows get where they do not say it."""

    schema: Schema
    value: int | None
    image: str
    counter: PixelCounter


def read_step(package: GeoPackage, table: str, fids: Iterable[int], held: dict[int, Item], given: Given) -> Step:
    """Return what others changed in some rows, with all that they left out filled in.

    Rows without an area are no samples: they stay in the file and are left alone.
    """
    names = _names(package, fids) if table == SAMPLES else {}
    rows = (read_samples if table == SAMPLES else read_areas)(package, fids)
    known = {item.uid for fid, item in held.items() if fid not in rows}
    changes, deleted, time = {}, {}, now()
    for fid in sorted(fids):
        before, row = held.get(fid), rows.get(fid)
        after = None if row is None else _completed(row, before, known, given, time)
        if isinstance(after, Sample):
            after = _classed(after, before, names.get(fid, ""), given)
        if after is not None:
            known.add(after.uid)
        elif before is not None:
            deleted[before.uid] = Change(None, time)
        if before is not None or after is not None:
            changes[fid] = Change(before, after)
    return Step(samples=changes, deleted=deleted) if table == SAMPLES else Step(areas=changes, deleted=deleted)


def _completed(row: Item, before: Item | None, known: set[str], given: Given, time: str) -> Item | None:
    try:
        area = shapes.to_area(row.geometry)
    except SampleGeometryError:
        return None
    # A pasted copy has the uid of the row it was copied from.
    uid = before.uid if before is not None else row.uid if row.uid and row.uid not in known else new_uid()
    changed = replace(row, uid=uid, geometry=area, time=time, image=row.image or given.image)
    if isinstance(changed, Area):
        return changed
    same = isinstance(before, Sample) and before.geometry.equals(area)
    return replace(changed, count=before.count if same else given.counter.count(area))


def _classed(sample: Sample, before: Item | None, name: str, given: Given) -> Sample | None:
    """Return the sample with a class of the schema: by its value, or by its name where only that was changed."""
    named = given.schema.find_name(name) if name else None
    same_value = isinstance(before, Sample) and before.value == sample.value
    if named is not None and (same_value or given.schema.find(sample.value) is None):
        return replace(sample, value=named.value)
    if given.schema.find(sample.value) is not None:
        return sample
    if isinstance(before, Sample):
        return replace(sample, value=before.value)
    return None if given.value is None else replace(sample, value=given.value)


def _names(package: GeoPackage, fids: Iterable[int]) -> dict[int, str]:
    listed = ",".join(map(str, fids))
    sql = f"SELECT fid + 0 AS number, Classname FROM {SAMPLES} WHERE fid IN ({listed})"  # noqa: S608 - numbers
    return {fid: name or "" for fid, name in package.rows(sql)}


def heal(package: GeoPackage, content: Content) -> None:
    """Fill in what other programs left out while the file was closed: classes, names, colours, uids."""
    schema = with_missing_classes(content.schema, package)
    if schema is not content.schema:
        write_step(package, Step(schema=Change(content.schema, schema)), schema, content.srs_id)
        content.schema = schema
    counter = PixelCounter(None, content.crs, QgsProject.instance())
    first = next((entry.value for entry in schema.classes()), None)
    given = Given(schema, first, "", counter)
    for table, held in ((SAMPLES, content.samples), (AREAS, content.areas)):
        odd = _odd(held, schema)
        if not odd:
            continue
        step = read_step(package, table, odd, {fid: item for fid, item in held.items() if fid not in odd}, given)
        made = [change.after for change in (step.samples or step.areas).values() if change.after is not None]
        for fid in odd:
            held.pop(fid)
        held.update((item.fid, item) for item in made)
        rewrite(package, table, made, schema, content.srs_id)
    named = set(package.rows(f"SELECT DISTINCT Classvalue, Classname, Red, Green, Blue FROM {SAMPLES}"))  # noqa: S608
    for value in {value for value, *look in named if schema.find(value) and look != _look(value, schema)}:
        recolor(package, value, schema)


def _odd(held: Mapping[int, Item], schema: Schema) -> set[int]:
    """Return the fids of rows that no store wrote."""
    uids = Counter(item.uid for item in held.values())
    return {
        fid
        for fid, item in held.items()
        if not item.uid or uids[item.uid] > 1 or (isinstance(item, Sample) and schema.find(item.value) is None)
    }


def _look(value: int, schema: Schema) -> list[Any]:
    row = class_columns(value, schema)
    return [row[name] for name in ("Classname", "Red", "Green", "Blue")]


def with_missing_classes(schema: Schema, package: GeoPackage) -> Schema:
    """Return the schema with the classes that only the samples in the file name, as far as they go together."""
    sql = f"SELECT DISTINCT Classvalue, Classname, Red, Green, Blue FROM {SAMPLES} ORDER BY 1"  # noqa: S608
    for value, name, *parts in package.rows(sql):
        if not value or value < 1 or schema.find(value) is not None:
            continue
        colored = all(part is not None and 0 <= part <= 255 for part in parts)
        color = "#{:02x}{:02x}{:02x}".format(*parts) if colored else schema.next_color()
        free = name if name and schema.find_name(name) is None else str(value)
        if schema.find_name(free) is None:
            schema = schema.add(ClassEntry(free, value, color))
    return schema
