"""What all chip formats share on disk: ``map.txt``, the statistics files, world files, safe paths.

Light: standard library only at module level.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..windows import Affine
from ._documents import DEFINITION, MAP, STATS_JSON
from ._layouts import IMAGE_SUFFIXES, LABELS, SECONDS, Tree

# A JSON file of statistics has kilobytes; more is no such file.
_LARGEST_JSON = 64 * 2**20


@dataclass(frozen=True)
class MapEntry:
    """One line of ``map.txt`` with existing, safe paths."""

    image: Path
    label: Path | None = None
    image2: Path | None = None


class UnsafePathError(ValueError):
    """A path that leads out of the folder."""


def world_suffix(image_suffix: str) -> str:
    """Return the suffix of the world file beside a picture (".tif" gives ".tfw", ".png" gives ".pgw")."""
    suffix = image_suffix.lower()
    return ".mrw" if suffix == ".mrf" else f"{suffix[:2]}{suffix[-1:]}w"


def map_line(image: str, label: str | None, image2: str | None = None) -> str:
    """Return one line of ``map.txt`` as ArcGIS writes it.

    Backslashes, one space before a second picture, two before a label, one at the end. ``image`` is ""
    for a second picture that belongs to no first one.
    """
    pictures = " ".join(name for name in (image, image2) if name)
    return f"{pictures}{f'  {label}' if label else ''} \r\n".replace("/", "\\")


def world_file(transform: Affine) -> str:
    """Return the six lines of a world file: its last two are the centre of the upper left pixel."""
    x, y = transform.to_map(0.5, 0.5)
    numbers = (transform.a, transform.d, transform.b, transform.e, x, y)
    return "".join(f"{value:.10f}\n" for value in numbers)


def read_world_file(image: Path) -> Affine | None:
    """Return the geotransform (of pixel corners) of the world file beside a picture; None without one."""
    path = image.with_suffix(world_suffix(image.suffix))
    try:
        a, d, b, e, x, y = (float(word) for word in path.read_text("ascii").split())
    except (OSError, ValueError):
        return None
    if a * e - b * d == 0:
        return None
    return Affine(a, b, x - 0.5 * a - 0.5 * b, d, e, y - 0.5 * d - 0.5 * e)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; empty where there is none or it is broken."""
    try:
        if path.stat().st_size > _LARGEST_JSON:
            return {}
        values = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def read_documents(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (accumulated statistics, model definition), each empty where it is missing."""
    return read_json(folder / STATS_JSON), read_json(folder / DEFINITION)


def metadata_mode(folder: Path) -> str:
    """Return the name of the format that the folder states, "" where it states none."""
    for values in read_documents(folder):
        mode = values.get("MetaDataMode")
        if isinstance(mode, str) and mode:
            return mode
    return ""


def read_map(folder: Path, suffixes: Sequence[str] = IMAGE_SUFFIXES) -> list[MapEntry]:
    """Read ``map.txt``, or pair pictures with labels of the same name where there is none.

    Both slashes, one to three columns and any order are taken; entries whose picture is not there are
    left out. A line with nothing but a second picture gives an entry with that as its ``image``.

    Args:
        folder: of the chips.
        suffixes: of the labels that are looked for, where there is no ``map.txt``.

    Raises:
        UnsafePathError: where a line names a file outside of the folder.
    """
    path = folder / MAP
    if not path.is_file():
        return [MapEntry(*pair) for pair in Tree(folder).pairs(suffixes)]
    inside = _Inside(folder)
    entries = []
    for line in path.read_text("utf-8-sig", errors="replace").splitlines():
        words = _words(line)
        if not words:
            continue
        parts = [(word.split("/")[0].lower(), inside.path(word)) for word in words]
        image = parts[0][1]
        if image.suffix.lower() not in IMAGE_SUFFIXES or not image.is_file():
            continue
        label = next((part for top, part in parts[1:] if top in LABELS and part.is_file()), None)
        image2 = next((part for top, part in parts[1:] if top in SECONDS and part.is_file()), None)
        entries.append(MapEntry(image, label, image2))
    return entries


def _words(line: str) -> list[str]:
    """Split a line: names of ours and of ArcGIS have no spaces, but names from elsewhere may."""
    text = line.replace("\\", "/").strip()
    starts = [match.start() for match in re.finditer(r"(?:^|(?<=\s))(?:\./)?(?:images2?|labels)/", text)]
    words = text.split()
    if starts and starts[0] == 0:
        words = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], None])]
    return [word[2:] if word.startswith("./") else word for word in words]


class _Inside:
    """Paths below one folder; what the folders below really are is asked once each."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._real = folder, folder.resolve()
        self._known: dict[Path, bool] = {}

    def path(self, text: str) -> Path:
        """Return ``folder / text``; raise UnsafePathError where it leads out of the folder."""
        relative = text.replace("\\", "/")
        parts = relative.split("/")
        if relative.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", relative) or "\0" in relative:
            raise UnsafePathError(text)
        path = self._folder.joinpath(*parts)
        # A link inside of the folder could still lead elsewhere.
        if path.parent not in self._known:
            self._known[path.parent] = path.parent.resolve().is_relative_to(self._real)
        if not self._known[path.parent] or (path.is_symlink() and not path.resolve().is_relative_to(self._real)):
            raise UnsafePathError(text)
        return path


def safe_path(folder: Path, text: str) -> Path:
    """Return ``folder / text``; raise UnsafePathError where it leads out of the folder."""
    return _Inside(folder).path(text)
