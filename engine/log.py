"""One log file for each run of the engine: where logs lie, and how warnings and noise get into them."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from .installer.places import data_folder

LOGGER = logging.getLogger("swath")
KEPT_LOGS = 40
_PREFIX = "swath-"


def log_folder() -> Path:
    """Return a folder for logs that can be written: the user's, else one for temporary files."""
    folder = data_folder() / "swath" / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return folder if os.access(folder, os.W_OK) else Path(tempfile.gettempdir())


def new_log(task: str) -> Path:
    """Return a path for the log of a run that starts now, and remove the oldest logs."""
    folder = log_folder()
    old = sorted(folder.glob(f"{_PREFIX}*.log"))
    for path in old[: max(len(old) - KEPT_LOGS + 1, 0)]:
        try:
            path.unlink()
        except OSError:
            # Another run's, or open on Windows: it goes another time.
            continue
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return folder / f"{_PREFIX}{stamp}-{task}-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06d}.log"


def start_log(path: str) -> None:
    """Send everything to the log: warnings, logging, crash traces, standard output and standard error.

    For the worker, which has taken its own standard output away before. Without a path, or where it
    cannot be written, all of it stays on standard error.
    """
    if path:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            sys.stderr.write(f"The log {path} cannot be written: {error}\n")
        else:
            for stream in (1, 2):
                os.dup2(handle, stream)
            os.close(handle)
    _log_to(logging.StreamHandler(sys.stderr))
    faulthandler.enable(file=2)


def start_file_log(path: str) -> None:
    """Send warnings and logging to a file and leave standard error to the terminal."""
    try:
        _log_to(logging.FileHandler(path, encoding="utf-8", delay=True))
    except OSError as error:
        sys.stderr.write(f"The log {path} cannot be written: {error}\n")


def _log_to(handler: logging.Handler) -> None:
    logging.raiseExceptions = False  # a full disk must not turn a log line into an error
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(capture=True)
