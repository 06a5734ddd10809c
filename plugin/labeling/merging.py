"""Copies of one file, labeled by several people, made one again."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qgis.core import QgsCoordinateTransform

from .class_joining import Joined, join
from .commands import Change, Step
from .foreign_edits import with_missing_classes
from .geometries import to_area, transformed
from .geopackage import GeoPackage
from .samples import Item
from .store_files import Content, check_ours, read_content
from .store_problems import MergeItselfError, NoStoreError, SampleGeometryError


@dataclass(frozen=True)
class MergeSummary:
    """How many samples and areas a copy brought, changed and removed, and what the user should know."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    areas: int = 0
    notes: tuple[str, ...] = ()


def read_copy(path: Path, mine: Path) -> Content:
    """Read a copy without changing it; raise StoreError where it is none."""
    if not path.is_file():
        raise NoStoreError(path=path)
    if path.samefile(mine):
        raise MergeItselfError(path=path)
    check_ours(path)
    package = GeoPackage(path, write=False)
    content = read_content(package)
    content.schema = with_missing_classes(content.schema, package)
    return content


class Merger:
    """Compares what we hold with a copy: of each sample the newer state wins, also that of being deleted.

    Args:
        mine: what we hold.
        copy: what the copy holds.
        folders: in which our file and the copy lie.
        to_mine: from the copy's coordinate reference system to ours.
    """

    def __init__(
        self, mine: Content, copy: Content, folders: tuple[Path, Path], to_mine: QgsCoordinateTransform
    ) -> None:
        self._mine, self._copy, self._folders, self._to_mine = mine, copy, folders, to_mine
        self._next = dict(mine.next_fid)
        self._deleted: dict[str, Change[str]] = {}
        known = {item.image for item in (*mine.samples.values(), *mine.areas.values())}
        self._images = {key: self._rebased(key, known) for key in {item.image for item in copy.samples.values()}}

    def step(self) -> tuple[Step, Joined]:
        """Return the edit that brings our samples up to the copy, and how the classes met."""
        ours = {sample.uid: sample.value for sample in self._mine.samples.values()}
        shared = {item.value for item in self._copy.samples.values() if ours.get(item.uid) == item.value}
        joined = join(self._mine.schema, self._copy.schema, shared)
        samples = {
            uid: replace(item, value=joined.values[item.value])
            for uid, item in _by_uid(self._copy.samples).items()
            if item.value in joined.values
        }
        changes = self._changes("samples", self._mine.samples, samples)
        areas = self._changes("areas", self._mine.areas, _by_uid(self._copy.areas))
        for uid, time in self._copy.deleted.items():
            here = self._mine.deleted.get(uid)
            if uid not in self._deleted and uid not in ours and (here is None or time > here):
                self._deleted[uid] = Change(here, time)
        schema = Change(self._mine.schema, joined.schema) if joined.schema != self._mine.schema else None
        return Step(changes, areas, schema, self._deleted), joined

    def _changes(self, table: str, mine: Mapping[int, Item], copy: Mapping[str, Item]) -> dict[int, Change]:
        changes, here = {}, _by_uid(mine)
        for uid, item in copy.items():
            held, gone = here.get(uid), self._mine.deleted.get(uid, "")
            if held is None and item.time > gone and (made := self._placed(item, self._next[table])):
                self._next[table] += 1
                changes[made.fid] = Change(None, made)
                if gone:
                    self._deleted[uid] = Change(gone, None)
            elif held is not None and item.time > held.time and (made := self._placed(item, held.fid)):
                changes[held.fid] = Change(held, made)
        for uid, time in self._copy.deleted.items():
            if uid in here and uid not in copy and time > here[uid].time:
                changes[here[uid].fid] = Change(here[uid], None)
                self._deleted[uid] = Change(self._mine.deleted.get(uid), time)
        return changes

    def _placed(self, item: Item, fid: int) -> Item | None:
        """Return a sample of the copy as one of ours."""
        there = transformed(item.geometry, self._to_mine) if not self._to_mine.isShortCircuited() else item.geometry
        try:
            area = to_area(there) if there is not None else None
        except SampleGeometryError:
            area = None
        if area is None:
            return None
        return replace(item, fid=fid, geometry=area, image=self._images.get(item.image, item.image))

    def _rebased(self, key: str, known: Collection[str]) -> str:
        """Return our key of an image that the copy remembers as seen from its own folder."""
        mine, copy = self._folders
        if key in known or not key or "://" in key or mine == copy:
            return key
        there = copy / key
        if there.is_file():
            try:
                return Path(os.path.relpath(there, mine)).as_posix()
            except ValueError:  # on another drive of Windows
                return there.as_posix()
        named = [other for other in known if other and Path(other).name == Path(key).name]
        return named[0] if len(named) == 1 else key


def _by_uid(items: Mapping[int, Item]) -> dict[str, Item]:
    return {item.uid: item for item in items.values() if item.uid}


def summary(step: Step, joined: Joined) -> MergeSummary:
    """Return what a step brings, in numbers."""
    kinds = [(change.before is None, change.after is None) for change in step.samples.values()]
    counts = (kinds.count((True, False)), kinds.count((False, False)), kinds.count((False, True)))
    return MergeSummary(*counts, areas=len(step.areas), notes=joined.notes)
