"""Labels that are lines of words. Light: standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ._problems import ChipsUnreadableError

# A label of a thousand outlines has about a megabyte.
_LARGEST = 16 * 2**20


def read_lines(path: Path, title: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and words of each line that is not empty.

    Raises:
        ChipsUnreadableError: where the file cannot be read or is huge.
    """
    try:
        if path.stat().st_size > _LARGEST:
            detail = f"it has more than {_LARGEST // 2**20} MB"
            raise ChipsUnreadableError(path=path, format=title, detail=detail)
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise ChipsUnreadableError(path=path, format=title, detail=error.strerror or error) from error
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if words:
            yield number, words


def bad_line(path: Path, title: str, number: int, expected: str) -> ChipsUnreadableError:
    """Return the error for a line that is not what a label of the format holds."""
    return ChipsUnreadableError(path=path, format=title, detail=f"line {number} of it is not {expected}")
