"""Register the checkout as the package ``swath`` for the benchmarks, and a reporter that prints."""

from __future__ import annotations

import runpy
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
