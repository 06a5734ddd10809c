"""Find the COCO file of a folder, and its pictures. Light: standard library only."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from ._coco_index import CocoIndex, coco_index, problem
from ._documents import MAP, STATS_JSON
from ._folder import MapEntry, UnsafePathError, read_map, safe_path

FILE = "annotations.json"
# Only the start and the end of a large file are looked at to tell what it is.
_LOOKED_AT = 2**16
_KEYS = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')
_CANDIDATES = 50
# So many pictures are looked for in each place where they may lie.
_SAMPLE = 20


def coco_file(folder: Path) -> Path | None:
    """Return the COCO file of a folder, None where there is none.

    Looked for are ``annotations.json``, then files ``instances_*.json`` and others in the folder and in
    ``annotations/``. Of several, that for training is taken.

    Raises:
        ChipsUnreadableError: where there are several.
    """
    found = [path for path in itertools.islice(_candidates(folder), _CANDIDATES) if _looks_like_coco(path)]
    found = [path for path in found if path == folder / FILE] or found
    found = [path for path in found if path.name.startswith("instances")] or found
    found = [path for path in found if "train" in path.stem] or found if len(found) > 1 else found
    if len(found) > 1:
        names = ", ".join(path.relative_to(folder).as_posix() for path in found[:3])
        raise problem(folder, f"it holds several files of annotations, {names}; keep one of them there")
    return found[0] if found else None


def _candidates(folder: Path) -> Iterator[Path]:
    real = folder.resolve()
    others = (path for place in (folder, folder / "annotations") for path in sorted(place.glob("*.json")))
    # Our own name first: it shall be among the few that are looked at.
    for path in dict.fromkeys((folder / FILE, *others)):
        if path.name != STATS_JSON and path.is_file() and path.resolve().is_relative_to(real):
            yield path


def _looks_like_coco(path: Path) -> bool:
    """Tell whether a file has two of COCO's three lists near its start or end."""
    try:
        with path.open("rb") as file:
            text = file.read(_LOOKED_AT)
            length = path.stat().st_size
            if length > _LOOKED_AT:
                file.seek(max(_LOOKED_AT, length - _LOOKED_AT))
                text += b" " + file.read(_LOOKED_AT)
    except OSError:
        return False
    return len(set(_KEYS.findall(text))) >= 2


def coco_entries(folder: Path, index: CocoIndex) -> list[MapEntry]:
    """Return the chips of a folder, with the COCO file as the label of those with objects.

    Chips are what ``map.txt`` names; without one, the pictures of the file that are there. They may lie
    beside the file, in ``images/``, or in a folder named like the part of the data (``train2017`` of
    ``instances_train2017.json``).

    Raises:
        ChipsUnreadableError: where a name leads out of the folder.
    """
    try:
        pictures = [entry.image for entry in read_map(folder)] if (folder / MAP).is_file() else []
        pictures = pictures or [path for path in _named(folder, index) if path.is_file()]
    except UnsafePathError as error:
        raise problem(index.path, f"'{error}' is named there, but lies outside of the folder") from error
    found = ((picture, index.find(picture)) for picture in pictures)
    return [MapEntry(picture, index.path if image is not None and image.objects else None) for picture, image in found]


def _named(folder: Path, index: CocoIndex) -> list[Path]:
    """Return where the pictures of a COCO file should be: where most of some of them are."""
    split = index.path.stem.split("_")[-1]
    beside = index.path.parent.relative_to(folder).as_posix()
    places = [part for part in ("images", beside, ".", split, f"images/{split}") if (folder / part).is_dir()]
    names = list(index.images)
    absolute = next((name for name in names if name.startswith("/")), None)
    if absolute is not None:
        raise UnsafePathError(absolute)
    sample = names[:: max(1, len(names) // _SAMPLE)]
    place = max(places, key=lambda part: sum(safe_path(folder, f"{part}/{name}").is_file() for name in sample))
    return [safe_path(folder, f"{place}/{name}") for name in names]


def has_coco_file(folder: Path) -> bool:
    """Tell whether a folder has a COCO file, or several."""
    return any(map(_looks_like_coco, itertools.islice(_candidates(folder), _CANDIDATES)))


def index_of(folder: Path) -> CocoIndex:
    """Return what the COCO file of a folder holds; raise ChipsUnreadableError."""
    path = coco_file(folder)
    if path is None:
        raise problem(folder, f"it holds no file of annotations: no {FILE}, and no other with images and categories")
    return coco_index(path)
