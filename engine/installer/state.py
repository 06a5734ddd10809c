"""What is there, without starting anything: cheap enough for the moment a window opens."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .places import PYTHON_VARIABLE, STAMP_NAME, engine_home, partial_of
from .stamp import Stamp, read_stamp

ABSENT, UNFINISHED, OUTDATED, READY, CHOSEN = "absent", "unfinished", "outdated", "ready", "chosen"


@dataclass(frozen=True)
class State:
    """The environment at a glance.

    Attributes:
        kind: "absent", "unfinished", "outdated" (of other locks than this Swath's), "ready", or
            "chosen" (``SWATH_ENGINE_PYTHON`` names an interpreter, which is used instead).
        home: its folder, or the chosen interpreter.
    """

    kind: str
    home: Path
    stamp: Stamp | None = None


def current_state() -> State:
    """Look at the files of the environment that Swath uses."""
    chosen = os.environ.get(PYTHON_VARIABLE)
    if chosen:
        return State(CHOSEN, Path(chosen))
    home = engine_home()
    stamp = read_stamp(home)
    if stamp is None:
        begun = partial_of(home).exists() or (home / "pyvenv.cfg").exists() or (home / STAMP_NAME).exists()
        return State(UNFINISHED if begun else ABSENT, home)
    known = stamp.choice.lock.is_file() and stamp.choice.digest() == stamp.digest
    return State(READY if known else OUTDATED, home, stamp)
