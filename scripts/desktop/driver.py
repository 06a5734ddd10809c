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
_PATIENCE_S = 300.0


def say(text: str) -> None:
    """Write a line for who started the session."""
    with (OUT / "said.txt").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def x(*words: object) -> None:
    """Send events to the display as a person's devices would."""
    subprocess.run(["xdotool", *map(str, words)], check=True)


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


def run(session: Generator[Step, None, None], end: Callable[[], None]) -> None:
    """Go through a session; whatever goes wrong is written down, and QGIS ends."""
    (OUT / "said.txt").unlink(missing_ok=True)
    waiting: dict[str, Any] = {"until": 0.0, "for": None, "limit": 0.0}
    timer = QTimer()

    def finish(text: str) -> None:
        timer.stop()
        say(text)
        end()

    def go_on() -> None:
        now = time.monotonic()
        if now < waiting["until"]:
            return
        if waiting["for"] is not None:
            try:
                met = waiting["for"]()
            except Exception:  # noqa: BLE001 - written down
                finish(traceback.format_exc())
                return
            if not met:
                if now > waiting["limit"]:
                    finish(f"waited in vain: {waiting['for']}")
                return
            waiting["for"] = None
        try:
            step = next(session)
        except StopIteration:
            finish("done")
        except Exception:  # noqa: BLE001 - written down
            picture("failed")
            finish(traceback.format_exc())
        else:
            if callable(step):
                waiting["for"], waiting["limit"] = step, now + _PATIENCE_S
            else:
                waiting["until"] = now + step

    timer.timeout.connect(go_on)
    timer.start(50)
    run.timer = timer  # type: ignore[attr-defined]  # lives as long as QGIS
