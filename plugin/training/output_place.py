"""Where a model goes: a folder beside its chips that is free."""

from __future__ import annotations

import itertools
from pathlib import Path

from ...i18n import translate
from ...processing_provider.sentences import sentence, unusable
from ..forms.notice import ERROR, INFO, WARNING
from .run_reader import PARTIAL, RUNNING, RunReader


def proposed_model(chips: Path) -> str:
    """Return a folder beside the chips, named after them, that neither exists nor is being made.

    "" where there is no telling.
    """
    stem = chips.name[: -len("chips")].rstrip("_- ") if chips.name.endswith("chips") else chips.name
    base = f"{stem or 'swath'}_model"
    names = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(2)))
    try:
        return next(str(path) for name in names if is_free(path := chips.with_name(name)))
    except (OSError, ValueError):  # the system refuses to look there: the user must say it
        return ""


def is_free(path: Path) -> bool:
    """Tell whether nothing is in the way of a new model folder."""
    return not path.exists() and not (path.parent / (path.name + PARTIAL)).exists()


def place_note(text: str) -> tuple[str, str]:
    """Return what is to know of a chosen model folder, and the kind of the sentence; "" where it is free."""
    try:
        return _place_note(text)
    except OSError as error:
        return sentence(unusable(error)), ERROR


def _place_note(text: str) -> tuple[str, str]:
    path = Path(text)
    if not text or is_free(path):
        return "", INFO
    reader = RunReader(path)
    reader.poll()
    if reader.status == RUNNING:
        return translate("Swath", "A training is at work in this folder: choose another one."), WARNING
    if reader.partial.exists():
        said = translate(
            "Swath", "An unfinished training is in this folder: the same settings go on with it (see Runs)."
        )
        return said, INFO
    if path.is_dir() and not any(path.iterdir()):
        return "", INFO
    free = proposed_name(path)
    return translate("Swath", "This folder is not empty: take {name}, for example.").format(name=free.name), WARNING


def proposed_name(path: Path) -> Path:
    """Return the first folder of this name with a number behind it that is free."""
    return next(found for number in itertools.count(2) if is_free(found := path.parent / f"{path.name}_{number}"))
