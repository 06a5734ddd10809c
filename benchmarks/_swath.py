"""What the benchmarks share: the checkout as the package ``swath``, a reporter that prints, a probe of the disk."""

from __future__ import annotations

import runpy
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# The launcher knows how a checkout of any folder name becomes the package ``swath``.
runpy.run_path(str(ROOT / "engine" / "launch.py"))


class Printer:
    """A reporter that prints messages and metrics, and progress where it changes by a tenth."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet, self._last = quiet, -1.0

    def progress(self, fraction: float, text: str = "") -> None:
        """Print it now and then."""
        if not self._quiet and abs(fraction - self._last) >= 0.1:
            self._last = fraction
            print(f"{fraction:4.0%} {text}", flush=True)

    def message(self, text: str) -> None:
        """Print it."""
        if not self._quiet:
            print(text, flush=True)

    warning = message

    def metrics(self, values: dict[str, Any]) -> None:
        """Print the numbers."""
        if not self._quiet:
            numbers = {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}
            print(numbers, flush=True)

    def cancelled(self) -> bool:
        """Never."""
        return False


def file_microseconds(folder: Path, count: int = 500) -> int:
    """Return what it costs to create a small file: 20 to 30 us, but 500 where many were just deleted (ext4)."""
    probe = Path(tempfile.mkdtemp(dir=folder))
    start = time.process_time()
    for number in range(count):
        (probe / f"{number}.txt").write_bytes(b"0")
    return round(1e6 * (time.process_time() - start) / count)
