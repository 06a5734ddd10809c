"""Classes of a classification: value, name and colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Color = tuple[int, int, int]

BACKGROUND_NAME = "Background"

# Okabe and Ito's colours and some between them: told apart by colour-blind readers too.
PALETTE: tuple[Color, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (148, 103, 189),
    (140, 86, 75),
    (188, 189, 34),
    (23, 190, 207),
    (127, 127, 127),
)


@dataclass(frozen=True)
class ClassInfo:
    """One class: a positive value, a name, and a colour (red, green, blue; 0 to 255)."""

    value: int
    name: str
    color: Color

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"value": self.value, "name": self.name, "color": list(self.color)}

    @classmethod
    def from_dict(cls, values: dict[str, Any], index: int = 0) -> ClassInfo:
        """Read plain values; a missing or unset colour (-1) becomes the palette's ``index``-th."""
        color = values.get("color") or (-1, -1, -1)
        value = int(values["value"])
        name = str(values.get("name") or value)
        if len(color) < 3 or min(color[:3]) < 0:
            return cls(value, name, palette_color(index))
        return cls(value, name, (int(color[0]), int(color[1]), int(color[2])))


def palette_color(index: int) -> Color:
    """Return the ``index``-th colour for a class without one."""
    return PALETTE[index % len(PALETTE)]


def classes_from_dicts(items: Iterable[dict[str, Any]]) -> tuple[ClassInfo, ...]:
    """Read a list of plain class values, in their order."""
    return tuple(ClassInfo.from_dict(item, index) for index, item in enumerate(items))


def background() -> ClassInfo:
    """Return the class that stands for value 0 where a model learns it."""
    return ClassInfo(0, BACKGROUND_NAME, (0, 0, 0))
