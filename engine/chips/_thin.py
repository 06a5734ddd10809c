"""Points and lines beside the chips, in chip pixels: training draws them as wide as it is told.

``shapes/STEM.json`` holds ``{"margin": pixels, "shapes": [{"value": 1, "type": "LineString",
"coordinates": [[column, row], ...]}]}``; shapes reach up to ``margin`` pixels beyond the chip, so that what
is drawn around a point just outside is not missed. Light: standard library; shapely inside the functions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import Chip
from ._label import ThinShape

FOLDER = "shapes"
# A hundred-thousandth of a pixel: far below what anyone sees.
_DECIMALS = 5


def write_thin(folder: Path, stem: str, shapes: Sequence[ThinShape], margin: int) -> None:
    """Write the points and lines of a chip; raise DiskFullError."""
    from shapely.geometry import mapping  # noqa: PLC0415

    from ..data.writing import write_bytes  # noqa: PLC0415

    items = [{"value": item.value, **_rounded(mapping(item.shape))} for item in shapes]
    path = folder / FOLDER / f"{stem}.json"
    write_bytes(path, json.dumps({"margin": margin, "shapes": items}).encode("ascii"))


def read_thin(chip: Chip) -> list[ThinShape]:
    """Return the points and lines in and around a chip; none where the export kept none."""
    from shapely.errors import ShapelyError  # noqa: PLC0415
    from shapely.geometry import shape  # noqa: PLC0415

    items = _read(chip).get("shapes")
    found = []
    for item in items if isinstance(items, list) else []:
        try:
            found.append(ThinShape(int(item["value"]), shape(item)))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError):
            continue
    return found


def thin_margin(chip: Chip) -> float:
    """Return up to how many pixels around a chip its points and lines were kept; 0 without any."""
    margin = _read(chip).get("margin")
    return float(margin) if isinstance(margin, (int, float)) else 0.0


def has_thin(chip: Chip) -> bool:
    """Tell whether points and lines were kept beside the chips of this one's folder."""
    return (_root(chip) / FOLDER).is_dir()


def _root(chip: Chip) -> Path:
    return next((parent.parent for parent in chip.image.parents if parent.name == "images"), chip.image.parent)


def _read(chip: Chip) -> dict[str, Any]:
    from ._folder import read_json  # noqa: PLC0415

    return read_json(_root(chip) / FOLDER / f"{chip.stem}.json")


def _rounded(geometry: dict[str, object]) -> dict[str, object]:
    def shorten(value: object) -> object:
        if isinstance(value, float):
            return round(value, _DECIMALS)
        if isinstance(value, (list, tuple)):
            return [shorten(item) for item in value]
        if isinstance(value, dict):
            return {name: shorten(item) for name, item in value.items()}
        return value

    return {name: shorten(value) for name, value in geometry.items()}
