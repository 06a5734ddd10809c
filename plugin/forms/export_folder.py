"""Where chips go: a folder beside the samples that is free, and what is left of an export that was cut off."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

from ...engine.chips import FORMATS
from ...engine.locks import is_held
from ...engine.partial import InUseError, OtherJobError

_PARTIAL = ".partial"


def proposed(samples: Path | None, image: str, format_id: str) -> str:
    """Return a folder beside the samples, named after them and the format; "" without samples.

    It is one that does not exist yet, except that an export which was cut off goes on in its own.
    """
    if samples is None:
        return ""
    words = [samples.stem, image if image != samples.stem else "", format_id.split("_", maxsplit=1)[0].lower(), "chips"]
    name = "_".join(re.sub(r"[^\w-]+", "_", word).strip("_") for word in words if word)[:80]
    return str(samples.with_name(free_name(samples.with_name(name))))


def free_name(place: str | Path, *, taken: bool = False) -> str:
    """Return the name of a folder or file, where it exists or is ``taken`` with the first number that is free."""
    path = Path(place)
    numbered = (f"{path.stem}_{number}{path.suffix}" for number in itertools.count(2))
    names = numbered if taken else itertools.chain([path.name], numbered)
    return next(name for name in names if not (path.parent / name).exists())


def unfinished(folder: str) -> Path | None:
    """Return what an export into a folder left behind when it was cut off, if anything."""
    if not folder:
        return None
    path = Path(folder)
    partial = path.parent / (path.name + _PARTIAL)  # "/" has no name to be replaced
    return partial if partial.is_dir() else None


def is_busy(partial: Path) -> bool:
    """Tell whether a run is at work in what is unfinished, of this QGIS or another program."""
    return bool(is_held(partial / "lock"))


def remove_unfinished(partial: Path) -> None:
    """Delete what a cut-off run left.

    Raises:
        InUseError: a run is at work there.
        OtherJobError: it is no folder of unfinished work.
        OSError: it cannot be deleted.
    """
    output = partial.with_name(partial.name.removesuffix(_PARTIAL))
    if is_busy(partial):
        raise InUseError(path=output)
    # Nothing is deleted that Swath did not make.
    if not partial.name.endswith(_PARTIAL) or (any(partial.iterdir()) and not (partial / "job.json").is_file()):
        raise OtherJobError(path=partial)
    shutil.rmtree(partial)


def holds_chips(folder: str) -> bool:
    """Tell whether there are chips in a folder, to which an export adds."""
    path = Path(folder)
    return bool(folder) and path.is_dir() and any(item.detect(path) for item in FORMATS.all().values())


def is_used(folder: str) -> bool:
    """Tell whether a folder holds anything."""
    path = Path(folder)
    return bool(folder) and path.is_dir() and any(path.iterdir())
