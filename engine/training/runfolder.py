"""The folder of a run: what dock, report and resume read, and where 'stop' and 'cancel' are laid."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from pathlib import Path
from typing import IO, Any

from ..errors import CancelledError, DiskFullError, SwathError
from ..locks import lock
from ..partial import InUseError
from .problems import OtherRunError, OutputNotEmptyError, OutputNotWritableError

_BEAT_SECONDS = 1.0
# Who looks whether a run is alive tries its lock for a moment.
_LOCK_TRIES, _LOCK_WAIT = 20, 0.05


class RunFolder:
    """The unfinished folder of a training, ``<output>.partial``, and its ``run`` folder.

    Files in ``run``: ``run.jsonl`` (one JSON object a line: start, epoch, and end, cancelled or failed), ``state.json``
    (found values, for resuming), ``now.json`` (what it is busy with), ``lock`` (held while a process works here),
    pictures, checkpoints, and the wishes ``stop`` and ``cancel``.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.partial = output.with_name(output.name + ".partial")
        self.run = self.partial / "run"
        self.checkpoints = self.run / "checkpoints"
        self.last, self.best = self.checkpoints / "last.ckpt", self.checkpoints / "best.ckpt"
        self.state: dict[str, Any] = {}
        self._lock: IO[bytes] | None = None
        self._next_beat, self._phase = 0.0, ""

    def check(self) -> None:
        """Raise OutputNotEmptyError where the output holds other things."""
        if self.output.exists() and (not self.output.is_dir() or any(self.output.iterdir())):
            raise OutputNotEmptyError(path=self.output)
        if self.partial.exists() and not self._state_file.is_file() and any(self.partial.iterdir()):
            raise OutputNotEmptyError(path=self.partial)

    def open(self, digest: str) -> bool:
        """Make the folder, or find the unfinished run of the same job; return whether it was there.

        Raises:
            OtherRunError: where the run of another job lies there.
            InUseError: where this run is at work in another process.
        """
        if self._state_file.is_file():
            try:
                self.state = json.loads(self._state_file.read_text(encoding="utf-8"))
            except ValueError:
                self.state = {}
            if self.state.get("digest") != digest:
                raise OtherRunError(path=self.partial)
            self._hold()
            for wish in ("stop", "cancel"):
                (self.run / wish).unlink(missing_ok=True)
            self._rewrite(self._records())
            return True
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
            self._hold()
            self.remember(digest=digest)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFullError(path=self.partial) from error
            raise OutputNotWritableError(path=self.partial, detail=error.strerror or error) from error
        return False

    def join(self) -> None:
        """Take what the process that opened the folder has found; nothing is changed."""
        self.state = json.loads(self._state_file.read_text(encoding="utf-8"))

    @property
    def _state_file(self) -> Path:
        return self.run / "state.json"

    def _hold(self) -> None:
        """Show that a process is at work here, and keep others out."""
        self._lock = (self.run / "lock").open("a+b")
        for attempt in range(_LOCK_TRIES):
            try:
                lock(self._lock)
            except OSError as error:
                if attempt == _LOCK_TRIES - 1:
                    self.let_go()
                    raise InUseError(path=self.output) from error
                time.sleep(_LOCK_WAIT)
            else:
                return

    def let_go(self) -> None:
        """Show that nobody is at work here any more."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def drop(self) -> None:
        """Remove all; Windows wants the lock closed before."""
        self.let_go()
        shutil.rmtree(self.partial, ignore_errors=True)

    def beat(self, phase: str, **values: Any) -> None:
        """Write to ``now.json`` what the run is busy with, at most once a second and at each new phase.

        Args:
            phase: "preparing", "tuning", "learning", "judging" or "finishing".
            values: of the moment, as ``epoch``, ``step``, ``steps``, ``seconds_left`` and ``memory_mb``.
        """
        now = time.monotonic()
        if now < self._next_beat and phase == self._phase:
            return
        self._next_beat, self._phase = now + _BEAT_SECONDS, phase
        text = json.dumps({"time": round(time.time(), 3), "process": os.getpid(), "phase": phase, **values})
        # It only informs: neither a full disk nor a reader that has it open on Windows may end the run.
        with contextlib.suppress(OSError):
            write_text(self.run / "now.json", text)

    def remember(self, **values: Any) -> None:
        """Keep found values for a resumed run."""
        self.state |= values
        write_text(self._state_file, json.dumps(self.state, indent=1))

    def log(self, event: str, **values: Any) -> dict[str, Any]:
        """Append one line to ``run.jsonl`` and return it."""
        record = {"event": event, "time": round(time.time(), 3), **values}
        with (self.run / "run.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        return record

    def log_failure(self, error: Exception) -> None:
        """Note why the run ended, for whoever looks at it later."""
        told = error.to_dict() if isinstance(error, SwathError) else {"message": f"{type(error).__name__}: {error}"}
        # A full disk may not take this line either.
        with contextlib.suppress(OSError):
            self.log("failed", **told)

    def epochs(self) -> list[dict[str, Any]]:
        """Return the epochs logged so far; a resumed epoch replaces the earlier one of its number."""
        found = {int(record["epoch"]): record for record in self._records() if record.get("event") == "epoch"}
        return [found[number] for number in sorted(found)]

    def forget_after(self, epoch: int) -> None:
        """Drop logged epochs behind the one that a resumed run goes on from."""
        self._rewrite([item for item in self._records() if item.get("event") != "epoch" or item["epoch"] <= epoch])

    def _records(self) -> list[dict[str, Any]]:
        """Return all whole lines of ``run.jsonl``; a killed run may have left half of one."""
        path = self.run / "run.jsonl"
        records = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
            with contextlib.suppress(ValueError):
                records.append(json.loads(line))
        return [record for record in records if isinstance(record, dict)]

    def _rewrite(self, records: list[dict[str, Any]]) -> None:
        write_text(self.run / "run.jsonl", "".join(json.dumps(record) + "\n" for record in records))

    def wishes_stop(self) -> bool:
        """Tell whether the user asked to keep the best so far and finish."""
        return (self.run / "stop").exists()

    def check_cancel(self) -> None:
        """Raise CancelledError where the user laid down 'cancel'."""
        if (self.run / "cancel").exists():
            raise CancelledError(what="the training")

    def finish(self) -> None:
        """Give the complete model its final name."""
        self.let_go()
        for name in ("stop", "cancel", "lock", "now.json"):
            (self.run / name).unlink(missing_ok=True)
        if self.output.is_dir():
            self.output.rmdir()
        self.partial.replace(self.output)


def write_text(path: Path, text: str) -> None:
    """Write a text file under its name only when it is complete."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
