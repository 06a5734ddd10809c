"""A hand on mouse and keys of a real display, and a script that goes on while QGIS's event loop runs.

A session is a generator: it yields seconds to wait, or a function that is asked until it returns something true.
"""

from __future__ import annotations

import os
import subprocess
import time
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint, QTimer
from qgis.PyQt.QtWidgets import QWidget

OUT = Path(os.environ.get("SWATH_DESKTOP_OUT", "."))
Step = float | Callable[[], Any]
_PATIENCE_S = float(os.environ.get("PATIENCE", "1200"))


def say(text: str) -> None:
    """Write a line for who started the session."""
    with (OUT / "said.txt").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def x(*words: object) -> None:
    """Send events to the display as a person's devices would."""
    subprocess.run(["xdotool", *map(str, words)], check=True, timeout=20)


def place(widget: QWidget, spot: QPoint | None = None) -> tuple[int, int]:
    """Return where on the screen a spot of a widget is; its middle without one."""
    found = widget.mapToGlobal(spot or widget.rect().center())
    return found.x(), found.y()


def on_map(canvas: Any, across: float, down: float) -> tuple[int, int]:
    """Return where on the screen map coordinates are."""
    pixel = canvas.getCoordinateTransform().transform(QgsPointXY(across, down))
    return place(canvas.viewport(), QPoint(round(pixel.x()), round(pixel.y())))


def move(spot: tuple[int, int]) -> None:
    """Move the mouse."""
    x("mousemove", *spot)


def click(spot: tuple[int, int], button: int = 1) -> None:
    """Move and click."""
    x("mousemove", *spot, "click", button)


def key(name: str) -> None:
    """Press a key, named as X does: "Return", "ctrl+z"."""
    x("key", name)


def picture(name: str) -> None:
    """Take a picture of the whole screen."""
    subprocess.run(["import", "-window", "root", str(OUT / f"{name}.png")], check=True)


class Session:
    """Goes through the steps of a generator; whatever goes wrong is written down, and QGIS ends."""

    def __init__(self, steps: Generator[Step, None, None], end: Callable[[], None]) -> None:
        self._steps, self._end = steps, end
        self._wanted: Callable[[], Any] | None = None
        self._until = self._limit = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._go_on)
        (OUT / "said.txt").unlink(missing_ok=True)
        self._timer.start(50)

    def _go_on(self) -> None:
        try:
            if self._ready():
                step = next(self._steps)
                self._wanted, self._until = (step, 0.0) if callable(step) else (None, time.monotonic() + step)
                self._limit = time.monotonic() + _PATIENCE_S
        except StopIteration:
            self._finish("done")
        except Exception:  # noqa: BLE001 - written down
            picture("failed")
            self._finish(traceback.format_exc())

    def _ready(self) -> bool:
        if self._wanted is None:
            return time.monotonic() >= self._until
        if self._wanted():
            return True
        if time.monotonic() > self._limit:
            raise TimeoutError(self._wanted)
        return False

    def _finish(self, text: str) -> None:
        self._timer.stop()
        say(text)
        self._end()
