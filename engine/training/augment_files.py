"""The augmentation of a job: our own, none, one written in ArcGIS's notation, or the file transforms.json.

Esri's numbers mean: rotate, degrees to either side; brightness, a change around 0.5 (0.5 changes nothing); contrast and
zoom, factors; crop, the side in pixels or ``chip_size``, and where the piece may lie; p or the number behind the ";",
the chance. Brightness acts on the logit of the change, as in fastai, in standard deviations of a band. ``scale``,
``rotate`` and ``flip`` without numbers are ENVI's switches.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .augment import STILL, USUAL, Augmentation, Range
from .problems import NoSuchChoiceError
from .start_problems import AugmentationError, TransformsFileError

AUGMENTATIONS = ("DEFAULT", "NONE", "CUSTOM", "FILE")
_FILE = "transforms.json"
_LARGEST = 2**20
_CUSTOM = "AUGMENTATION_PARAMETERS"
_ALIASES = {"rand_zoom": "zoom", "dihedral": "flip", "dihedral_affine": "flip", "rotation": "rotate"}
_WORDS = {"chip_size", "yes", "no", "true", "false", "on", "off"}
_OFF = {"no", "false", "off"}
_ON = {"yes", "true", "on"}
# Keys that the file uses for the values, in the order of the notation.
_KEYS = {
    "rotate": ("degrees", "p"),
    "brightness": ("change", "p"),
    "contrast": ("scale", "p"),
    "zoom": ("scale", "p"),
    "scale": ("scale", "p"),
    "crop": ("size", "p", "row_pct", "col_pct"),
    "flip": ("p",),
}
_SCALE = (0.8, 1.25)
_LIMIT = 0.01  # of a change of brightness: 0 and 1 would be black and white alone


def read_augmentation(
    choice: str,
    text: str,
    folders: Sequence[str],
    size: Sequence[int],
    multiple: int,
    *,
    fixed: bool = False,
    default: Augmentation = USUAL,
) -> Augmentation | None:
    """Return what AUGMENTATION and AUGMENTATION_PARAMETERS ask for; None where chips stay as they are.

    Args:
        choice: one of ``AUGMENTATIONS``.
        text: for CUSTOM, entries as ``rotate 30;0.5``, one behind the other or one a line, or JSON.
        folders: of the chips; FILE takes the first one's file.
        size: width and height of what is learnt, in pixels.
        multiple: pieces that are cut out are as large as this multiple, at least.
        default: what DEFAULT means.
        fixed: the network takes no other size than ``size``.

    Raises:
        NoSuchChoiceError, AugmentationError, TransformsFileError: one sentence.
    """
    if choice not in AUGMENTATIONS:
        raise NoSuchChoiceError(parameter="AUGMENTATION", value=choice, known=", ".join(AUGMENTATIONS))
    if choice == "DEFAULT":
        return default
    if choice == "NONE":
        return None
    where = _CUSTOM
    if choice == "FILE":
        where = _FILE
        entries = _read_file(Path(folders[0]) / _FILE)
    else:
        entries = _read_text(text)
    found = STILL
    for name, values in entries.items():
        found = _take(found, name, values, where)
    if found.crop < 0:
        found = replace(found, crop=0)  # chip_size: the chips as they are
    if found.crop:
        side = min(-(-found.crop // multiple) * multiple, -(-min(size) // multiple) * multiple)
        if fixed and side != -(-min(size) // multiple) * multiple:
            raise _bad("crop", where, "this network takes chips of one size only, so leave it out")
        found = replace(found, crop=side if side < max(size) else 0)
    return None if found == STILL else found


def _bad(entry: str, where: str, detail: str) -> AugmentationError:
    return AugmentationError(entry=entry.strip()[:80], parameter=where, detail=detail)


def _read_text(text: str) -> dict[str, list[str]]:
    """Return the entries of the notation, or of a JSON object: name to values as text."""
    text = text.strip()
    if not text:
        raise _bad("", _CUSTOM, "AUGMENTATION 'CUSTOM' needs at least one entry, like 'rotate 30;0.5'")
    if text.startswith("{"):
        try:
            return _entries(json.loads(text), _CUSTOM)
        except (ValueError, RecursionError) as error:
            if isinstance(error, AugmentationError):
                raise
            raise _bad(text, _CUSTOM, "it is no JSON") from error
    names = [found for found in re.finditer(r"[A-Za-z_]+", text) if found.group().lower() not in _WORDS]
    # "30;p" and "e" of 1e-3 are no names.
    names = [found for found in names if found.start() == 0 or not text[found.start() - 1].isdigit()]
    if not names or text[: names[0].start()].strip(" -;|'\""):
        raise _bad(text, _CUSTOM, "it does not begin with a name, like 'rotate 30;0.5'")
    entries: dict[str, list[str]] = {}
    ends = [found.start() for found in names[1:]] + [len(text)]
    for found, end in zip(names, ends, strict=True):
        entry = text[found.start() : end]
        name = _named(found.group(), entry, _CUSTOM)
        if name in entries:
            raise _bad(entry, _CUSTOM, "it is there twice")
        rest = text[found.end() : end].strip().lstrip("=:").rstrip("-;|,/ \n\r\t'\"")
        entries[name] = [part.strip(" '\"\n") for part in rest.split(";") if part.strip(" '\"\n")]
    return entries


def _read_file(path: Path) -> dict[str, list[str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise TransformsFileError(path=path, detail="it is far too large")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
        return _entries(values, _FILE)
    except OSError as error:
        detail = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise TransformsFileError(path=path, detail=detail) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, AugmentationError | TransformsFileError):
            raise
        raise TransformsFileError(path=path, detail="it is no JSON") from error


def _entries(document: Any, where: str) -> dict[str, list[str]]:
    """Return the entries of a JSON object; those below ``Training`` where it has that key.

    What stands below ``Validation`` is not used: validation chips are judged as they are.
    """
    values = document.get("Training", document) if isinstance(document, dict) else None
    if not isinstance(values, dict):
        raise _bad(str(document), where, "it is no JSON object of names and values")
    entries: dict[str, list[str]] = {}
    for key, value in values.items():
        if where == _FILE and key == "Validation":
            continue
        entry = f"{key} {json.dumps(value)}"
        name = _named(str(key), entry, where)
        if isinstance(value, dict):
            known = _KEYS[name]
            for other in sorted(set(value) - set(known)):
                raise _bad(entry, where, f"'{other}' is not known: give {', '.join(known)}")
            given = [str(value[item]) if item in value else "" for item in known]
        elif isinstance(value, list):
            given = [str(item) for item in value]
        else:
            given = [part.strip() for part in str(value).split(";")]
        while given and not given[-1]:
            given.pop()
        entries[name] = given
    return entries


def _named(text: str, entry: str, where: str) -> str:
    name = _ALIASES.get(text.lower(), text.lower())
    if name not in _KEYS:
        raise _bad(entry, where, f"'{text}' is not known: use {', '.join(_KEYS)}")
    return name


def _take(to: Augmentation, name: str, values: list[str], where: str) -> Augmentation:
    """Return the augmentation with one more change switched on."""
    entry = f"{name} {';'.join(values)}"
    if values and values[0].lower() in _OFF:
        return to
    if values and values[0].lower() in _ON:
        values = ["", *values[1:]]

    def value(place: int) -> str:
        return values[place] if place < len(values) else ""

    if len(values) > len(_KEYS[name]) + (name == "flip"):
        raise _bad(entry, where, f"it has more than the values {', '.join(_KEYS[name])}")
    place = 1 if name != "flip" or (values and not values[0]) else 0
    chance = _number(value(place), 1.0, entry, where)
    if not 0 <= chance <= 1:
        raise _bad(entry, where, f"the chance {chance:g} is not from 0 to 1")
    return _TAKERS[name](to, chance, value, entry, where)


Value = Callable[[int], str]


def _rotate(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    degrees = _number(value(0), 180.0, entry, where)
    if not 0 < degrees <= 180:
        raise _bad(entry, where, "degrees are from 0 (not included) to 180, and go to either side")
    return replace(to, rotate=degrees, warp_chance=chance)


def _brightness(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    low, high = _range(value(0), None, 0.0, 1.0, entry, where)
    logits = [math.log(change / (1 - change)) for change in (min(max(x, _LIMIT), 1 - _LIMIT) for x in (low, high))]
    return replace(to, brightness=(logits[0], logits[1]), brightness_chance=chance)


def _contrast(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    return replace(to, contrast=_range(value(0), None, 0.01, 100.0, entry, where), contrast_chance=chance)


def _zoom(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    default = _SCALE if entry.startswith("scale") else None
    if to.zoom != STILL.zoom:
        raise _bad(entry, where, "zoom and scale are the same here, so give one of them")
    return replace(to, zoom=_range(value(0), default, 0.1, 10.0, entry, where), zoom_chance=chance)


def _crop(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    size = -1
    if value(0).lower() not in ("", "chip_size"):
        size = int(_number(value(0), -1, entry, where))
        if not 16 <= size <= 2**14:
            raise _bad(entry, where, "the size is chip_size, or a number of pixels from 16 on")
    rows, columns = (_range(value(place), (0.0, 1.0), 0.0, 1.0, entry, where) for place in (2, 3))
    return replace(to, crop=size, crop_chance=chance, crop_rows=rows, crop_columns=columns)


def _flip(to: Augmentation, chance: float, value: Value, entry: str, where: str) -> Augmentation:
    return replace(to, dihedral=chance > 0, dihedral_chance=chance)


_TAKERS: Mapping[str, Callable[[Augmentation, float, Value, str, str], Augmentation]] = {
    "rotate": _rotate,
    "brightness": _brightness,
    "contrast": _contrast,
    "zoom": _zoom,
    "scale": _zoom,
    "crop": _crop,
    "flip": _flip,
}


def _number(text: str, default: float, entry: str, where: str) -> float:
    if not text:
        return default
    try:
        found = float(text.strip(" ()[]'\""))
    except ValueError as error:
        raise _bad(entry, where, f"'{text}' is no number") from error
    if not math.isfinite(found):
        raise _bad(entry, where, f"'{text}' is no number")
    return found


def _range(text: str, default: Range | None, least: float, most: float, entry: str, where: str) -> Range:
    """Return (low, high) of ``(0.4, 0.6)``; a single number is both."""
    if not text:
        if default is None:
            raise _bad(entry, where, "it needs a range, like (0.8,1.2)")
        return default
    parts = [part for part in re.split(r"[,\s]+", text.strip(" ()[]'\"")) if part]
    numbers = [_number(part, 0.0, entry, where) for part in parts]
    if len(numbers) not in (1, 2):
        raise _bad(entry, where, f"'{text}' is no range, like (0.8,1.2)")
    low, high = numbers[0], numbers[-1]
    if low > high:
        raise _bad(entry, where, f"the range ({low:g},{high:g}) is empty: give the smaller number first")
    if not least <= low <= high <= most:
        raise _bad(entry, where, f"numbers of the range are from {least:g} to {most:g}")
    return low, high
