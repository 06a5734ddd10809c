"""An export under way: ``OUTPUT.partial`` with the chips so far, their lists, and how far the work is.

What is in it at any moment is enough to go on from the last save, however the run ended:

* ``chips/``: what will be the output, or be added to it;
* ``map.lines``, ``chips.lines``: what the chips' lists will hold of the new chips;
* ``state.json``: steps, statistics and lengths of those lists at the last save;
* ``ready.json``: from here on all is done but for moving ``chips/`` into place.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..chips._documents import MAP
from ..chips._records import record_line, state_of, stats_of_state
from ..chips._stats import Accumulated
from ..errors import DiskFullError
from ..partial import NotWritableError, PartialWork, move_file
from .problems import FolderInUseError, FolderNotWritableError
from .writing import replace_text, telling_disk_full

NOTE = "UNFINISHED.txt"
_CHIPS, _STATE, _READY, _JOB = "chips", "state.json", "ready.json", "job.json"
_TEXT = (
    "This folder holds an export of training data into '{name}' that was not finished.\n"
    "Run Export Training Data once more with the same settings and inputs to continue it, or delete this folder.\n"
)


@dataclass(frozen=True)
class Progress:
    """How far an export was at its last save: runs that are done, statistics, and the exporter's own values."""

    steps: int
    stats: Accumulated
    extra: dict[str, Any]


class LineFile:
    """Lines in memory until they are saved, and the file that they are added to."""

    def __init__(self, path: Path) -> None:
        self.path, self.length = path, 0
        self._waiting: list[str] = []

    @property
    def saved(self) -> bool:
        """Tell whether all lines are in the file."""
        return not self._waiting

    def add(self, line: str) -> None:
        """Take a line with its end."""
        self._waiting.append(line)

    def save(self) -> int:
        """Write what waits, in place of what an earlier save left half-done; return the length in bytes."""
        data = "".join(self._waiting).encode()
        with self.path.open("r+b" if self.path.exists() else "wb") as file:
            file.truncate(self.length)
            file.seek(self.length)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.length += len(data)
        self._waiting.clear()
        return self.length

    def cut(self, length: int) -> None:
        """Drop what is beyond ``length`` bytes; raise ValueError where there is less."""
        if self.path.stat().st_size < length:
            raise ValueError(f"{self.path.name} is too short")
        os.truncate(self.path, length)
        self.length = length


class Unfinished:
    """The unfinished folder of one output, held by one run at a time."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.folder = output.with_name(output.name + ".partial")
        self.chips = self.folder / _CHIPS
        self.lines, self.records = LineFile(self.folder / "map.lines"), LineFile(self.folder / "chips.lines")
        self._work: PartialWork | None = None

    def ready(self) -> dict[str, Any] | None:
        """Return what :meth:`commit` noted, where chips were being moved into place when a run ended; else None."""
        try:
            # Once all is moved, the job is worth nothing, though its folder may not be gone entirely.
            worth = json.loads((self.folder / _JOB).read_text("utf-8"))["worth"]
            values: dict[str, Any] = json.loads((self.folder / _READY).read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return values if worth else None

    def open(self, digest: str, first: int) -> Progress | None:
        """Take the folder for the job ``digest``; return its last save, None where the work begins.

        ``first`` is the number of the first new chip: where the chips before have changed, it is another job.

        Raises:
            FolderInUseError: the folder is not ours, or broken.
            FolderNotWritableError: it cannot be made.
            OtherJobError: it holds chips of another job.
            InUseError: another run is working there.
        """
        self._check_ours()
        try:
            with telling_disk_full(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                self._work = PartialWork(self.output, f"{digest}-{first}")
                if not self._work.resumed:
                    (self.chips / "images").mkdir(parents=True)
                    replace_text(self.folder / NOTE, _TEXT.format(name=self.output.name))
                    return None
        except NotWritableError as error:
            raise FolderNotWritableError(path=self.output, detail=error.facts["detail"]) from error
        except OSError as error:
            self.close()
            if isinstance(error, DiskFullError):
                raise
            raise FolderNotWritableError(path=self.output, detail=error.strerror or error) from error
        return self._resume()

    def _check_ours(self) -> None:
        if not self.folder.is_dir() or (self.folder / _JOB).is_file():
            return
        # A run that was killed at once leaves these.
        if any(path.name not in {"lock", _JOB + ".new"} for path in self.folder.iterdir()):
            raise FolderInUseError(path=self.folder, detail="it is not an unfinished export of Swath")

    def _resume(self) -> Progress:
        try:
            values = json.loads((self.folder / _STATE).read_text("utf-8"))
            progress = Progress(int(values["steps"]), stats_of_state(values["stats"]), dict(values["extra"]))
            self.lines.cut(int(values["lines"]))
            self.records.cut(int(values["records"]))
            self._drop_from(progress.stats.next_index)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.close()
            raise FolderInUseError(path=self.folder, detail=f"{_STATE} is broken") from error
        return progress

    def _drop_from(self, number: int) -> None:
        """Remove the files of chips from this number on, some of which may be cut off."""
        for place, _, names in os.walk(self.chips):
            for name in names:
                stem = name.split(".")[0]
                if stem.isdecimal() and int(stem) >= number:
                    (Path(place) / name).unlink()

    @property
    def saved(self) -> bool:
        """Tell whether no chip was added since the last save."""
        return self.lines.saved and self.records.saved

    def add(self, line: str, record: Mapping[str, Any]) -> None:
        """Note a new chip: its line of ``map.txt`` and its record."""
        self.lines.add(line)
        self.records.add(record_line(record))

    def save(self, steps: int, stats: Accumulated, extra: Mapping[str, Any]) -> None:
        """Note how far the work is; raise DiskFullError, after which the save before counts."""
        work = self._held()
        with telling_disk_full(self.folder):
            lengths = {"lines": self.lines.save(), "records": self.records.save()}
            work.write_json(_STATE, {"steps": steps, "stats": state_of(stats), "extra": dict(extra), **lengths})
            if lengths["lines"]:
                work.keep()

    def commit(self, values: Mapping[str, Any]) -> None:
        """Note that ``chips/`` is complete, and move it into place; ``values`` are for a run that finishes this."""
        with telling_disk_full(self.folder):
            self._held().write_json(_READY, dict(values))
        self.move()

    def move(self) -> None:
        """Move the chips into place, also what an earlier run left of them, and remove the folder.

        Raises:
            NotReplaceableError: where a file in the way cannot be replaced; the next run goes on.
        """
        work = self._held()
        if self.chips.is_dir() and not self._rename():
            self._move_files()
        work.drop()
        self.close()

    def _rename(self) -> bool:
        """Make ``chips/`` the output in one step, where there is none but an empty folder."""
        try:
            with contextlib.suppress(FileNotFoundError):
                self.output.rmdir()
            self.chips.rename(self.output)
        except OSError:
            return False
        return True

    def _move_files(self) -> None:
        """Move chips first; the lists last, because a chip counts from when the map names it."""
        folders = [path for path in sorted(self.chips.rglob("*")) if path.is_dir()]
        for folder in folders:
            for path in folder.iterdir():
                if not path.is_dir():
                    move_file(path, self.output / path.relative_to(self.chips), self.folder)
        for path in sorted(self.chips.iterdir(), key=lambda path: (path.name == MAP, path.name)):
            if not path.is_dir():
                move_file(path, self.output / path.name, self.folder)

    def close(self) -> None:
        """Let go of the folder; it stays where a save holds chips."""
        if self._work is not None:
            self._work.close()
            self._work = None

    def discard(self) -> None:
        """Remove the folder, unless it holds a complete export that is still to be moved."""
        if self._work is not None and self.ready() is None:
            self._work.drop()
        self.close()

    def _held(self) -> PartialWork:
        assert self._work is not None  # noqa: S101 - ``open`` comes first
        return self._work
