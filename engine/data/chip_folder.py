"""The output folder of an export: a new chip set, or more chips for an old one, whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..chips import ChipFormat
from ..chips._documents import (
    DEFINITION,
    MAP,
    OUR_KEY,
    STATS_JSON,
    STATS_TEXT,
    ChipSetFacts,
    definition,
    read_accumulated,
    stats_json,
    stats_text,
)
from ..chips._folder import read_documents
from ..chips._stats import Accumulated
from ..errors import DiskFullError
from .problems import ClassNameConflictError, FolderInUseError, FolderNotWritableError, NotAppendableError
from .writing import replace_text, telling_disk_full

_MARK = ".swath-export"


class ChipFolder:
    """Collect chips in ``OUTPUT.partial`` and put them in place at the end.

    Args:
        output: the folder to be made or added to.
        facts: what all chips of the folder have in common.

    Raises:
        FolderInUseError, NotAppendableError, ClassNameConflictError: before anything is written.
    """

    def __init__(self, output: Path, chip_format: ChipFormat, facts: ChipSetFacts, new: Accumulated) -> None:
        self.output, self.format, self._facts = output, chip_format, facts
        self.partial = output.with_name(output.name + ".partial")
        self._lines: list[str] = []
        self._old = self._existing(new)
        self.first_index = self._old.next_index if self._old else 0

    def _existing(self, new: Accumulated) -> Accumulated | None:
        if self.output.is_file():
            raise FolderInUseError(path=self.output, detail="it is a file")
        held = sorted(path.name for path in self.output.iterdir()) if self.output.is_dir() else []
        if not held:
            return None
        values, emd = read_documents(self.output)
        block = emd.get(OUR_KEY)
        if not values or not isinstance(block, dict) or not (self.output / MAP).is_file():
            raise FolderInUseError(path=self.output, detail="for example " + ", ".join(held[:3]))
        try:
            old = read_accumulated(values)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise FolderInUseError(path=self.output, detail=f"{STATS_JSON} is incomplete") from error
        self._compare(values, old, new)
        self._facts = ChipSetFacts(
            self._facts.mode,
            self._facts.tile,
            self._facts.dtype,
            self._facts.band_names,
            (*_exports(block), *self._facts.sources),
        )
        return old

    def _compare(self, values: Mapping[str, Any], old: Accumulated, new: Accumulated) -> None:
        tile = (values.get("TileSizeX"), values.get("TileSizeY"))
        pairs: list[tuple[str, Any, Any]] = [
            ("the format", values.get("MetaDataMode"), self._facts.mode),
            ("a number of bands of", len(old.bands), len(new.bands)),
            ("the tile size", f"{tile[0]} x {tile[1]}", f"{self._facts.tile[0]} x {self._facts.tile[1]}"),
            ("the pixel type", values.get("SwathPixelType"), self._facts.dtype),
            ("labels from", _origin(old), _origin(new)),
        ]
        for what, there, here in pairs:
            if there != here:
                raise NotAppendableError(path=self.output, what=what, there=there, here=here)
        for value, info in new.classes.items():
            known = old.classes.get(value)
            if known is not None and known.name != info.name:
                raise ClassNameConflictError(value=value, there=known.name, path=self.output, here=info.name)

    def begin(self) -> None:
        """Make the unfinished folder, in place of one that an earlier run left; raise FolderInUseError."""
        if self.partial.exists():
            if not (self.partial / _MARK).is_file():
                raise FolderInUseError(path=self.partial, detail="it is not an unfinished export of Swath")
            shutil.rmtree(self.partial)
        try:
            with telling_disk_full(self.partial):
                self.partial.mkdir(parents=True)
                (self.partial / _MARK).write_text("An unfinished export; it may be deleted.\n", encoding="utf-8")
                (self.partial / "images").mkdir()
                (self.partial / "labels").mkdir()
        except DiskFullError:
            raise
        except OSError as error:
            raise FolderNotWritableError(path=self.output, detail=error.strerror or error) from error

    def add_line(self, line: str) -> None:
        """Add a line to ``map.txt``."""
        self._lines.append(line)

    def finish(self, new: Accumulated) -> Accumulated:
        """Put the chips in place and write the files beside them; return the statistics of the whole set."""
        stats = new
        if self._old is not None:
            stats = self._old
            stats.merge(new)
        stats.classes = dict(sorted(stats.classes.items()))
        stats.tallies = {value: stats.tallies[value] for value in stats.classes}
        texts = {
            STATS_TEXT: stats_text(self._facts, stats),
            STATS_JSON: stats_json(self._facts, stats),
            DEFINITION: definition(self._facts, stats),
        }
        if self._old is None:
            self._write(self.partial, texts, "")
            (self.partial / _MARK).unlink()
            with contextlib.suppress(FileNotFoundError):
                self.output.rmdir()
            self.partial.replace(self.output)
            return stats
        before = (self.output / MAP).read_bytes().decode("utf-8")
        for path in sorted(self.partial.rglob("*")):
            if path.is_file() and path.name != _MARK:
                place = self.output / path.relative_to(self.partial)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
        self._write(self.output, texts, before)
        shutil.rmtree(self.partial)
        return stats

    def _write(self, folder: Path, texts: Mapping[str, str], before: str) -> None:
        if before and not before.endswith("\n"):
            before += "\r\n"
        for name, text in texts.items():
            replace_text(folder / name, text)
        # Last, because a chip counts from when the map names it.
        replace_text(folder / MAP, before + "".join(self._lines))

    def discard(self) -> None:
        """Remove the unfinished folder."""
        if (self.partial / _MARK).is_file():
            shutil.rmtree(self.partial, ignore_errors=True)


def _origin(stats: Accumulated) -> str:
    return "features" if stats.from_features else "a raster"


def _exports(block: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    items = block.get("Exports")
    return tuple(item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
