"""The plugin's icon."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qgis.PyQt.QtGui import QIcon

ICON_PATH = str(Path(__file__).resolve().parents[1] / "icon.svg")


@cache
def icon() -> QIcon:
    """Return the icon; drawn only when it is shown."""
    return QIcon(ICON_PATH)
