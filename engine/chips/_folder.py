"""What all chip formats share on disk: ``map.txt``, the statistics files, world files, safe paths.

Light: standard library only at module level.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..windows import Affine
from ._documents import DEFINITION, MAP, STATS_JSON

IMAGE_SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".mrf")
_WORLD_SUFFIXES = {".tif": ".tfw", ".tiff": ".tfw", ".png": ".pgw", ".jpg": ".jgw", ".jpeg": ".jgw", ".mrf": ".mrw"}
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
    """Return the suffix of the world file beside a picture (".tif" gives ".tfw")."""
    return _WORLD_SUFFIXES[image_suffix.lower()]


def map_line(image: str, label: str | None) -> str:
    """Return one line of ``map.txt`` as ArcGIS writes it.

    Backslashes, two spaces between, one space at the end; without a label one space ends the line.
    """
    first = image.replace("/", "\\")
    return f"{first} \r\n" if label is None else f"{first}  " + label.replace("/", "\\") + " \r\n"


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


def read_map(folder: Path) -> list[MapEntry]:
    """Read ``map.txt``, or pair pictures with labels of the same stem where there is none.

    Both slashes, one to three columns and any order are taken; entries whose picture is not there are
    left out.

    Raises:
        UnsafePathError: where a line names a file outside of the folder.
    """
    path = folder / MAP
    if not path.is_file():
        return list(_pairs(folder))
    entries = []
    for line in path.read_text("utf-8-sig", errors="replace").splitlines():
        parts = [safe_path(folder, word) for word in _words(line)]
        if not parts or not parts[0].is_file():
            continue
        folders = [part.relative_to(folder).parts[0].lower() for part in parts]
        label = next((part for part, top in zip(parts[1:], folders[1:]) if top == "labels"), None)
        image2 = next((part for part, top in zip(parts[1:], folders[1:]) if top == "images2"), None)
        entries.append(MapEntry(parts[0], label if label is not None and label.is_file() else None, image2))
    return entries


def _words(line: str) -> list[str]:
    """Split a line: names of ours and of ArcGIS have no spaces, but names from elsewhere may."""
    text = line.replace("\\", "/").strip()
    starts = [match.start() for match in re.finditer(r"(?:^|(?<=\s))(?:\./)?(?:images2?|labels)/", text)]
    if not starts or starts[0] != 0:
        return text.split()
    return [text[a:b].strip() for a, b in zip(starts, [*starts[1:], None])]


def safe_path(folder: Path, text: str) -> Path:
    """Return ``folder / text``; raise UnsafePathError where it leads out of the folder."""
    relative = text.replace("\\", "/")
    parts = relative.split("/")
    if relative.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", relative) or "\0" in relative:
        raise UnsafePathError(text)
    path = folder.joinpath(*parts)
    # A link inside of the folder could still lead elsewhere.
    if not path.resolve().is_relative_to(folder.resolve()):
        raise UnsafePathError(text)
    return path


def _pairs(folder: Path) -> Iterator[MapEntry]:
    labels = {path.stem: path for path in _pictures(folder / "labels")}
    seconds = {path.stem: path for path in _pictures(folder / "images2")}
    for image in _pictures(folder / "images"):
        yield MapEntry(image, labels.get(image.stem), seconds.get(image.stem))


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    root = folder.parent.resolve()
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file() and path.resolve().is_relative_to(root)
    )
