"""Names for new files beside those that are there."""

from __future__ import annotations

import itertools
from pathlib import Path


def free_path(path: Path) -> Path:
    """Return ``path``, or where it is taken one with the first free number behind its stem."""
    numbered = (path.with_name(f"{path.stem}_{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], numbered) if not candidate.exists())
