"""Where the engine environment and what belongs to it lie on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..errors import NoEnvironmentError

HOME_VARIABLE = "SWATH_ENGINE_HOME"
PYTHON_VARIABLE = "SWATH_ENGINE_PYTHON"
STAMP_NAME = "swath-engine.json"


def data_folder() -> Path:
    """Return the folder for a program's own data of this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def engine_home() -> Path:
    """Return the folder of the engine environment, whether it exists or not."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else data_folder() / "swath" / "engine"


def python_in(folder: Path) -> Path:
    """Return where a virtual environment keeps its interpreter."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def partial_of(home: Path) -> Path:
    """Return the folder beside ``home`` in which an unfinished environment grows."""
    return home.with_name(home.name + ".partial")


def log_of(home: Path) -> Path:
    """Return the log of the last set-up."""
    return home.with_name(home.name + ".log")


def tools_of(home: Path) -> Path:
    """Return the folder of the installer's own tools (uv)."""
    return home.with_name(home.name + "-tools")


def find_engine_python() -> Path | None:
    """Return the interpreter of a finished engine environment, or None.

    The environment variable ``SWATH_ENGINE_PYTHON`` comes first and is trusted as it is. A folder
    without a stamp is an unfinished environment and does not count.
    """
    chosen = os.environ.get(PYTHON_VARIABLE)
    if chosen:
        path = Path(chosen).expanduser().absolute()
        return path if path.is_file() else None
    home = engine_home()
    python = python_in(home)
    return python if python.is_file() and (home / STAMP_NAME).is_file() else None


def engine_python() -> Path:
    """Return the interpreter of the engine environment; raise NoEnvironmentError where there is none."""
    python = find_engine_python()
    if python is None:
        raise NoEnvironmentError(path=shorten(os.environ.get(PYTHON_VARIABLE) or engine_home()))
    return python


def shorten(path: object) -> str:
    """Return a text in which the user's home folder reads ``~``, fit to be shown to others."""
    text, home = str(path), str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
