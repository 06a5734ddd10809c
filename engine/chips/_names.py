"""Classes that labels name in words or numbers, and the values that these stand for.

Light: standard library only.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..classes import ClassInfo
from ._problems import ChipsUnreadableError

# How many known classes an error names.
_NAMED = 8


def classes_of_names(names: Iterable[str]) -> tuple[ClassInfo, ...]:
    """Return the classes of labels that no other file explains, in order of their values.

    Whole numbers from 1 are values themselves; all else gets the values from 1 that are free, in sorted order.
    """
    texts = {name.strip() for name in names} - {""}
    found = {value: name for name in sorted(texts) if (value := _number(name)) > 0}
    free = (value for value in itertools.count(1) if value not in found)
    found.update(zip(free, [name for name in sorted(texts) if _number(name) <= 0]))
    items = ({"value": value, "name": name} for value, name in sorted(found.items()))
    return tuple(ClassInfo.from_dict(item, index) for index, item in enumerate(items))


def value_of_name(name: str, classes: Sequence[ClassInfo], path: Path, title: str) -> int:
    """Return the value of the class that a label names by its value or, else, its name.

    Args:
        name: text of the label.
        classes: of the chip set; empty: only numbers are known.
        path: of the label.
        title: of the format, for the error.

    Raises:
        ChipsUnreadableError: where no class has this name.
    """
    text = name.strip()
    value = _values(tuple(classes)).get(text) if classes else _number(text)
    if value is None or value <= 0:
        known = ", ".join(item.name for item in classes[:_NAMED]) + (", ..." if len(classes) > _NAMED else "")
        detail = f"it names the class '{text[:80]}', which is none of those of the folder: {known or 'none at all'}"
        raise ChipsUnreadableError(path=path, format=title, detail=detail)
    return value


@functools.lru_cache(maxsize=16)
def _values(classes: tuple[ClassInfo, ...]) -> dict[str, int]:
    # ArcGIS writes values, so a value goes before a name that looks like one.
    return {**{item.name: item.value for item in classes}, **{str(item.value): item.value for item in classes}}


def _number(text: str) -> int:
    """Return the whole number that a text is, 0 for any other."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
