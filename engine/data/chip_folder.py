"""The output folder of an export: a new chip set, or more chips for an old one, whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..chips import ChipFormat
from ..chips._documents import (
    DEFINITION,
    FIXED_SIZE,
    MAP,
    MAP_SPACE,
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
from ..chips._stated import CHIPS_NOTED
from ..chips._stats import Accumulated
from .problems import ClassNameConflictError, FolderInUseError, NotAppendableError
from .unfinished import LineFile, Progress, Unfinished
from .writing import replace_text, telling_disk_full

_LABELS = "labels"


class ChipFolder:
    """Collect chips beside the output, in ``OUTPUT.partial``, and put them in place at the end.

    Once :meth:`begin` was called, :meth:`finish`, :meth:`stop` or :meth:`discard` must follow.

    Args:
        output: the folder to be made or added to.
        chip_format: of the chips.
        facts: what all chips of the folder have in common.
        new: statistics of no chip yet, with the classes and bands of the new ones.
        digest: tells this export from others; the same one continues what was cut off.

    Raises:
        FolderInUseError, NotAppendableError, ClassNameConflictError: before anything is written.

    Attributes:
        partial: the folder that new chips are written to.
        first_index: number of the first new chip.
    """

    def __init__(
        self, output: Path, chip_format: ChipFormat, facts: ChipSetFacts, new: Accumulated, digest: str
    ) -> None:
        self.output, self.format, self._facts, self._digest = output, chip_format, facts, digest
        self._unfinished = Unfinished(output)
        self.partial = self._unfinished.chips
        ready = self._unfinished.ready()
        if ready is not None and ready.get("digest") != digest:
            # Whatever this export is: the one before only had to be moved.
            self._unfinished.open(str(ready.get("digest")), int(ready.get("first", 0)))
            self._unfinished.move()
            ready = None
        self._ready = ready is not None
        self._old = self._existing(new) if ready is None else None
        self.first_index = self._old.next_index if self._old else 0
        if ready is not None:
            self.first_index = int(ready.get("first", 0))

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
        self._compare(values, emd, old, new)
        self._facts = replace(self._facts, sources=(*_exports(block), *self._facts.sources))
        return old

    def _compare(self, values: Mapping[str, Any], emd: Mapping[str, Any], old: Accumulated, new: Accumulated) -> None:
        facts = self._facts
        tile = (values.get("TileSizeX"), values.get("TileSizeY"))
        pairs: list[tuple[str, Any, Any]] = [
            ("the format", values.get("MetaDataMode"), facts.mode),
            ("a number of bands of", len(old.bands), len(new.bands)),
            ("the tile size", f"{tile[0]} x {tile[1]}", f"{facts.tile[0]} x {facts.tile[1]}"),
            ("the pixel type", values.get("SwathPixelType"), facts.dtype),
            ("a number of bands in their second pictures of", len(old.bands2), len(new.bands2)),
            ("in their second pictures the pixel type", values.get("SwathPixelType2", ""), facts.dtype2),
            ("labels from", _origin(old), _origin(new)),
            ("the crop mode", emd.get("CropTileMode", FIXED_SIZE), facts.crop),
            ("around features", _around(emd.get("BlackenAroundFeature", False)), _around(facts.blacken)),
            ("coordinates in", emd.get("ImageSpaceUsed", MAP_SPACE), facts.space),
        ]
        for what, there, here in pairs:
            if there != here:
                raise NotAppendableError(path=self.output, what=what, there=there, here=here)
        for value, info in new.classes.items():
            known = old.classes.get(value)
            if known is not None and known.name != info.name:
                raise ClassNameConflictError(value=value, there=known.name, path=self.output, here=info.name)

    def begin(self) -> Progress | None:
        """Make the unfinished folder, or go on in that of an earlier run: return how far that was.

        Raises:
            FolderInUseError, FolderNotWritableError, DiskFullError: where there can be none.
            OtherJobError: where it holds chips of another export.
            InUseError: where another run is at it.
        """
        progress = self._unfinished.open(self._digest, self.first_index)
        if progress is None and self.format.needs:
            with telling_disk_full(self.partial):
                (self.partial / _LABELS).mkdir(exist_ok=True)
        return progress

    def add(self, line: str, record: Mapping[str, Any]) -> None:
        """Note a chip: its line of ``map.txt`` and its record (see :func:`swath.engine.chips._records.record_line`)."""
        self._unfinished.add(line, record)

    def save(self, steps: int, stats: Accumulated, extra: Mapping[str, Any]) -> None:
        """Note how far the work is, when the files of all chips that were added are on disk.

        Args:
            steps: what the exporter counts its work in.
            stats: of the new chips.
            extra: plain values for JSON.

        Raises:
            DiskFullError: after which the save before counts.
        """
        self._unfinished.save(steps, stats, extra)

    def finish(self, new: Accumulated) -> Accumulated:
        """Put the chips in place and write the files beside them; return the statistics of the whole set.

        All must have been saved. From the moment that all files are complete, the rest is finished by the
        next run, whatever happens.

        Raises:
            DiskFullError, NotReplaceableError: the same export can go on from there.
        """
        if self._ready:
            self._unfinished.move()
            return read_accumulated(read_documents(self.output)[0])
        if not self._unfinished.saved:
            raise ValueError("chips were added since the last save")
        whole = new
        if self._old is not None:
            whole = self._old
            whole.merge(new)
        whole.classes = dict(sorted(whole.classes.items()))
        whole.tallies = {value: whole.tallies[value] for value in whole.classes}
        with telling_disk_full(self.partial):
            self._gather(MAP, self._unfinished.lines)
            if self._old is None or (self.output / CHIPS_NOTED).is_file():
                self._gather(CHIPS_NOTED, self._unfinished.records)
            self._seal(whole)
            with contextlib.suppress(OSError):
                # Formats may keep their labels elsewhere.
                (self.partial / _LABELS).rmdir()
        texts = {
            STATS_TEXT: stats_text(self._facts, whole),
            STATS_JSON: stats_json(self._facts, whole),
            DEFINITION: definition(self._facts, whole),
        }
        for name, text in texts.items():
            replace_text(self.partial / name, text)
        self._ready = True
        self._unfinished.commit({"digest": self._digest, "first": self.first_index})
        return whole

    def _gather(self, name: str, new: LineFile) -> None:
        """Write a list of all chips: that of the old ones, and the new lines."""
        with (self.partial / name).open("wb") as target:
            if self._old is not None:
                with (self.output / name).open("rb") as source:
                    shutil.copyfileobj(source, target)
                    if source.tell() and not _ends_line(source):
                        target.write(b"\r\n" if name == MAP else b"\n")
            with new.path.open("rb") as source:
                shutil.copyfileobj(source, target)

    def _seal(self, whole: Accumulated) -> None:
        """Let the format write what belongs to all chips together."""
        if type(self.format).seal is ChipFormat.seal:
            return
        # Names of chips are short: a million lines are some ten megabytes.
        lines = (self.partial / MAP).read_bytes().decode().splitlines(keepends=True)
        before = self.output if self._old is not None else None
        self.format.seal(self.partial, before, tuple(whole.classes.values()), lines)

    def stop(self) -> None:
        """Let go after an error or cancel: the unfinished folder stays where a save holds chips."""
        self._unfinished.close()

    def discard(self) -> None:
        """Remove the unfinished folder, unless it only waits to be moved into place."""
        self._unfinished.discard()


def _ends_line(source: Any) -> bool:
    source.seek(-1, 2)
    return bool(source.read(1) == b"\n")


def _origin(stats: Accumulated) -> str:
    return "features" if stats.from_features else "a raster"


def _around(black: Any) -> str:
    return "black" if black else "the picture"


def _exports(block: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    items = block.get("Exports")
    return tuple(item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
