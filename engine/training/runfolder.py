"""The folder of a run: what dock, report and resume read, and where 'stop' and 'cancel' are laid."""

from __future__ import annotations

import contextlib
import errno
import json
import time
from pathlib import Path
from typing import Any

from ..errors import CancelledError, DiskFullError
from .problems import OtherRunError, OutputNotEmptyError, OutputNotWritableError


class RunFolder:
    """The unfinished folder of a training, ``<output>.partial``, and its ``run`` folder.

    Files in ``run``: ``run.jsonl`` (one JSON object a line: start, tuned, epoch, end), ``state.json``
    (found values, for resuming), pictures, checkpoints, and the wishes ``stop`` and ``cancel``.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.partial = output.with_name(output.name + ".partial")
        self.run = self.partial / "run"
        self.checkpoints = self.run / "checkpoints"
        self.last, self.best = self.checkpoints / "last.ckpt", self.checkpoints / "best.ckpt"
        self.state: dict[str, Any] = {}

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
        """
        if self._state_file.is_file():
            try:
                self.state = json.loads(self._state_file.read_text(encoding="utf-8"))
            except ValueError:
                self.state = {}
            if self.state.get("digest") != digest:
                raise OtherRunError(path=self.partial)
            for wish in ("stop", "cancel"):
                (self.run / wish).unlink(missing_ok=True)
            self._rewrite(self._records())
            return True
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
            self.remember(digest=digest)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFullError(path=self.partial) from error
            raise OutputNotWritableError(path=self.partial, detail=error.strerror or error) from error
        return False

    @property
    def _state_file(self) -> Path:
        return self.run / "state.json"

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
        for wish in ("stop", "cancel"):
            (self.run / wish).unlink(missing_ok=True)
        if self.output.is_dir():
            self.output.rmdir()
        self.partial.replace(self.output)


def write_text(path: Path, text: str) -> None:
    """Write a text file under its name only when it is complete."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
