"""The installer program: uv from PATH, else Swath's own copy, else none (then pip does the work)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .choices import LOCKS
from .machine import clean_environment

# The first release with --torch-backend and --relocatable as they are used here.
OLDEST = (0, 7, 0)


def find_uv(tools: Path) -> str:
    """Return uv on PATH or in ``tools``, new enough for our options, or ""."""
    own = tools / "bin" / ("uv.exe" if sys.platform == "win32" else "uv")
    for candidate in (shutil.which("uv"), str(own) if own.is_file() else None):
        if candidate and uv_version(candidate) >= OLDEST:
            return candidate
    return ""


def uv_version(program: str) -> tuple[int, ...]:
    """Return the version of a uv program, (0,) where it does not run."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - found by us
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    match = re.match(r"uv (\d+)\.(\d+)\.(\d+)", done.stdout)
    return tuple(map(int, match.groups())) if match else (0,)


def fetch_command(python: str, tools: Path) -> list[str]:
    """Return the command that puts a hash-checked uv into ``tools``.

    ``--target`` keeps it out of the interpreter's own packages, and is allowed in an interpreter
    that the system manages.
    """
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--upgrade"]
    return [python, "-m", "pip", "install", *options, "--target", str(tools), "-r", str(LOCKS / "uv.txt")]


def has_pip(python: str) -> bool:
    """Tell whether an interpreter has pip."""
    try:
        done = subprocess.run(  # noqa: S603 - found by us
            [python, "-m", "pip", "--version"], capture_output=True, timeout=60, check=False, env=clean_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
