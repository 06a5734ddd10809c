"""Child processes of the installer: output line by line, and an end to all that they started."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from swath.engine.errors import CancelledError
from swath.engine.installer.process import run_child


def test_child_hands_on_its_lines_and_status(tmp_path: Path) -> None:
    lines: list[str] = []
    assert run_child(["sh", "-c", "echo one; echo two >&2; exit 3"], lines.append, lambda: False, tmp_path) == 3
    assert sorted(lines) == ["one", "two"]


def test_child_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        run_child(["no-such-program"], print, lambda: False, tmp_path)


def test_cancelled_child_is_ended_with_its_own_children(tmp_path: Path) -> None:
    pid_file, start = tmp_path / "pid", time.monotonic()

    def cancelled() -> bool:
        return pid_file.exists() and bool(pid_file.read_text().strip())

    with pytest.raises(CancelledError):
        run_child(["sh", "-c", f"sleep 60 & echo $! > {pid_file}; wait"], print, cancelled, tmp_path)
    assert time.monotonic() - start < 10
    grandchild = int(pid_file.read_text())
    deadline = time.monotonic() + 5
    while _alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(grandchild)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie that init has not yet collected has ended, too.
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
