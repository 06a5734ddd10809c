"""Runs that are killed at any change of a file, and what they leave, for the tests of export."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path


class Killed(BaseException):
    """Stands for the end of the process: nothing that comes after happens."""


class Mortal:
    """Count what changes files, and die at one such change: before it, or after a file was opened and emptied."""

    NAMES = ("unlink", "rmdir", "rename", "replace", "mkdir", "truncate", "fsync")

    def __init__(self, monkeypatch, at=None):
        self.count, self._at = 0, at
        for name in self.NAMES:
            monkeypatch.setattr(os, name, self._counting(getattr(os, name)))
        plain = io.open

        def opening(file, mode="r", *args, **options):
            if mode in ("r", "rb", "a+b"):
                return plain(file, mode, *args, **options)
            self.tick()
            stream = plain(file, mode, *args, **options)
            try:
                self.tick()
            except Killed:
                stream.close()
                raise
            return stream

        monkeypatch.setattr(io, "open", opening)

    def _counting(self, plain):
        def counting(*args, **options):
            self.tick()
            return plain(*args, **options)

        return counting

    def tick(self):
        self.count += 1
        if self._at is not None and self.count >= self._at:
            raise Killed


def tree(folder):
    """Return all files below a folder with what is in them."""
    folder = Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def worth(partial):
    """Tell whether an unfinished folder says of itself that there is something to go on with."""
    path = partial / "job.json"
    return path.is_file() and json.loads(path.read_text())["worth"]
