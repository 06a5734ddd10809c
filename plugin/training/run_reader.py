"""Read the folder of a training run while it grows: only what is new, whoever started the run."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

from ...engine.locks import is_held
from .run_records import Record, epoch_of, read_record, start_of, values_of

NONE, RUNNING, DONE, CANCELLED, FAILED, KILLED = "none", "running", "done", "cancelled", "failed", "killed"
RUN, PARTIAL, LINES = "run", ".partial", "run.jsonl"
# What one look reads at most, in bytes: more would be felt in the windows.
_AT_ONCE = 2**18
# A file of some values that is larger, in bytes, is none.
_MOST_VALUES = 2**22
_PICTURE = re.compile(r"samples_epoch_(\d+)\.png")
# Behind these words a process writes nothing more.
_LAST = {"cancelled", "failed", "orphaned"}
# Without locks a run counts as alive for so many seconds after it last wrote, or for some epochs' time.
_QUIET_SECONDS, _QUIET_EPOCHS = 180.0, 3.0


class RunReader:
    """What is known of one run. Call :meth:`poll` now and then.

    Args:
        output: the model folder of the run, as it is or will be named.

    Attributes:
        start: the first record: job, classes, data, hardware ...; empty until it is written.
        epochs: the records of the epochs, in order.
        end: the last record of a finished run, else empty.
        problem: the record of a run that failed, else empty.
        now: what the run is busy with: time, phase, epoch, step, steps, seconds_left, memory_mb.
        state: values that were found: batch_size, rate (with the curve of the range test).
        pictures: sample pictures by epoch.
        status: ``NONE`` (no run there), ``RUNNING``, ``DONE``, ``CANCELLED``, ``FAILED``, or ``KILLED`` (ended without
            a word).
        more: whether there is more to read at once.
        replaced: counts how often all was read anew.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.partial = output.parent / (output.name + PARTIAL)  # "/" has no name to be replaced
        self.replaced = 0
        self._forget()
        self.status = NONE

    def _forget(self) -> None:
        self.start: Record = {}
        self.epochs: list[Record] = []
        self.end: Record = {}
        self.problem: Record = {}
        self.now: Record = {}
        self.state: Record = {}
        self.pictures: dict[int, Path] = {}
        self.more = False
        self._last_event = ""
        self._offset, self._file, self._rest = 0, (0, 0), b""
        self._seen: dict[str, tuple[int, int]] = {}
        self._drawn_in = Path()

    @property
    def folder(self) -> Path:
        """Return the folder ``run``, of the unfinished model folder as long as there is one."""
        for root in (self.partial, self.output):
            with contextlib.suppress(OSError):
                if (root / RUN / LINES).is_file():
                    return root / RUN
        return self.partial / RUN

    @property
    def best(self) -> Record:
        """Return the best epoch so far, by what the run looks at; empty without one."""
        if self.end:
            found = [item for item in self.epochs if item["epoch"] == self.end.get("best_epoch")]
            if found:
                return found[-1]
        key, larger = self.monitor
        known = [item for item in self.epochs if isinstance(item.get(key), (int, float))]
        return (max if larger else min)(known, key=lambda item: item[key]) if known else {}

    @property
    def monitor(self) -> tuple[str, bool]:
        """Return the measure that tells the best epoch, and whether more of it is better."""
        said = self.start.get("monitor")
        if isinstance(said, list) and len(said) == 2:
            return str(said[0]), bool(said[1])
        if self.end.get("metric"):
            return str(self.end["metric"]), "loss" not in str(self.end["metric"])
        return ("valid_loss" if any("valid_loss" in item for item in self.epochs) else "train_loss"), False

    @property
    def can_resume(self) -> bool:
        """Tell whether there is a whole epoch to go on from."""
        with contextlib.suppress(OSError):
            return (self.folder / "checkpoints" / "last.ckpt").is_file()
        return False

    def poll(self) -> bool:
        """Read what is new; return whether anything changed. Takes some milliseconds at most."""
        before = (self.status, len(self.epochs), self.replaced, len(self.pictures), self.now.get("time"))
        folder = self.folder
        changed = self._read_lines(folder / LINES)
        changed = self._read_values(folder / "state.json", "state") or changed
        changed = self._read_values(folder / "now.json", "now") or changed
        self._list_pictures(folder)
        self.status = self._find_status(folder)
        after = (self.status, len(self.epochs), self.replaced, len(self.pictures), self.now.get("time"))
        return changed or before != after

    # --- files -----------------------------------------------------------------------------------

    def _read_lines(self, path: Path) -> bool:
        """Take the lines that were added; all anew where a resumed run wrote the file anew."""
        try:
            with path.open("rb") as stream:
                found = os.fstat(stream.fileno())
                if (found.st_dev, found.st_ino) != self._file or found.st_size < self._offset:
                    if self._offset:
                        self.replaced += 1
                        self._forget()
                    self._file = (found.st_dev, found.st_ino)
                stream.seek(self._offset)
                new = stream.read(_AT_ONCE)
        except OSError:
            if self._offset and not path.exists():
                self.replaced += 1
                self._forget()
                return True
            return False
        self._offset += len(new)
        self.more = self._offset < found.st_size
        *lines, self._rest = (self._rest + new).split(b"\n")
        for line in lines:
            self._take(line)
        return bool(lines)

    def _take(self, line: bytes) -> None:
        """Take one line; a killed run may have left half of one."""
        record = read_record(line)
        event = record.get("event")
        if not isinstance(event, str):
            return
        # The process that started it died first, and nobody wanted the cancel.
        self._last_event = "orphaned" if event == "cancelled" and record.get("orphaned") else event
        if event == "start":
            self.start, self.end, self.problem = start_of(record), {}, {}
        elif event == "epoch" and (slim := epoch_of(record)):
            while self.epochs and self.epochs[-1]["epoch"] >= slim["epoch"]:
                self.epochs.pop()
            self.epochs.append(slim)
        elif event == "end":
            self.end = values_of(record)
        elif event == "failed":
            self.problem = record

    def _read_values(self, path: Path, name: str) -> bool:
        """Read a small JSON file where it changed; a moment in which it is replaced does not matter."""
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if self._seen.get(name) == stamp:
                return False
            text = path.read_bytes() if found.st_size <= _MOST_VALUES else b""
        except OSError:
            return False
        values = read_record(text)
        if values:
            self._seen[name] = stamp
            setattr(self, name, values_of(values))
        return bool(values)

    def _list_pictures(self, folder: Path) -> None:
        try:
            stamp = (folder.stat().st_mtime_ns, 0)
            if self._seen.get("pictures") == stamp and self._drawn_in == folder:
                return
            names = [item.name for item in folder.iterdir()]
        except OSError:
            return
        self._seen["pictures"], self._drawn_in = stamp, folder
        found = {int(match[1]): folder / name for name in names if (match := _PICTURE.fullmatch(name))}
        self.pictures = dict(sorted(found.items()))

    # --- alive or not ----------------------------------------------------------------------------

    def _find_status(self, folder: Path) -> str:
        if not self._offset:
            return NONE
        if folder.parent == self.output:
            return DONE
        held = is_held(folder / "lock")
        if held or (held is None and self._last_event not in _LAST and self._wrote_lately(folder)):
            return RUNNING
        return {"cancelled": CANCELLED, "failed": FAILED}.get(self._last_event, KILLED)

    def _wrote_lately(self, folder: Path) -> bool:
        times = []
        for name in (LINES, "now.json", "state.json", "checkpoints"):
            try:
                times.append((folder / name).stat().st_mtime)
            except OSError:
                continue
        epoch = max((float(item.get("seconds") or 0) for item in self.epochs[-3:]), default=0.0)
        return bool(times) and time.time() - max(times) < max(_QUIET_SECONDS, _QUIET_EPOCHS * epoch)
