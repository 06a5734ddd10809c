"""Where a model goes: a folder beside its chips that is free."""

from __future__ import annotations

import itertools
from pathlib import Path

from .run_reader import PARTIAL


def proposed_model(chips: Path) -> str:
    """Return a folder beside the chips, named after them, that neither exists nor is being made."""
    stem = chips.name[: -len("chips")].rstrip("_- ") if chips.name.endswith("chips") else chips.name
    base = f"{stem or 'swath'}_model"
    names = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(2)))
    return next(str(path) for name in names if is_free(path := chips.with_name(name)))


def is_free(path: Path) -> bool:
    """Tell whether nothing is in the way of a new model folder."""
    return not path.exists() and not path.with_name(path.name + PARTIAL).exists()
