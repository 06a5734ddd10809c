"""Find training runs in folders that people point at, and beside those that are known."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from .run_reader import LINES, PARTIAL, RUN

# A folder with more entries than this is no place that models are kept in.
_MOST_ENTRIES = 500
_INSIDE = 3


def output_of(path: Path) -> Path | None:
    """Return the model folder of the run that a path belongs to; None where there is none.

    Args:
        path: the model folder (finished, unfinished, or not there yet), or anything inside of it.
    """
    for place in (path, *list(path.parents)[:_INSIDE]):
        with contextlib.suppress(OSError):  # a name too long, a folder of another user
            if (place / RUN / LINES).is_file():
                return named(place)
            if place.name and (place.with_name(place.name + PARTIAL) / RUN / LINES).is_file():
                return place
    return None


def named(folder: Path) -> Path:
    """Return the name that an unfinished model folder will have."""
    return folder.with_name(folder.name[: -len(PARTIAL)]) if folder.name.endswith(PARTIAL) else folder


def runs_in(folder: Path) -> list[Path]:
    """Return the model folders with a run directly in a folder, the newest first."""
    found: dict[Path, float] = {}
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= _MOST_ENTRIES:
                    break
                lines = Path(entry.path, RUN, LINES)
                if entry.is_dir() and lines.is_file():
                    output = named(Path(entry.path))
                    found[output] = max(found.get(output, 0.0), lines.stat().st_mtime)
    except OSError:
        return []
    return sorted(found, key=lambda output: -found[output])


def list_runs(known: Iterable[Path], folders: Iterable[Path] = ()) -> list[Path]:
    """Return the known runs that are still there, then what lies beside them and in ``folders``; each once."""
    here = [output for output in known if output_of(output) == output]
    beside = dict.fromkeys([*(output.parent for output in here), *folders])
    return list(dict.fromkeys([*here, *(output for folder in beside for output in runs_in(folder))]))
