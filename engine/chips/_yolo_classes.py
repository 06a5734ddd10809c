"""Class values and YOLO's class indexes, which count from 0 without gaps. Light: standard library only.

Labels are written with the class value less 1 as index, since nobody knows all classes then. That is final
where the values are 1, 2, 3 and so on; else labels are rewritten in the end, and ``data.yaml`` says which
value each index stands for.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..classes import ClassInfo

DATA, TEXT = "data.yaml", "classes.txt"
_LABELS = "labels"
_VALUES = re.compile(r"^class_values: (\[[0-9, ]*\])$", re.MULTILINE)
_LARGEST = 4 * 2**20


def write_classes(folder: Path, before: Path | None, classes: Sequence[ClassInfo]) -> None:
    """Write the lists of classes in ``folder``, and the indexes of the new labels there; raise DiskFullError.

    Classes that were there ``before`` keep their indexes, so that old labels stay as they are. May be called
    again where it was cut off: labels are rewritten beside the first ones, and the list marks the end.
    """
    from ..data.writing import replace_text, telling_disk_full  # noqa: PLC0415

    raw, sealed = folder / (_LABELS + ".raw"), folder / (_LABELS + ".sealed")
    if not (folder / DATA).is_file():
        order = _order(before, classes)
        with telling_disk_full(folder):
            if (folder / _LABELS).is_dir() and not raw.is_dir() and not _plain(order):
                _rewrite(folder / _LABELS, sealed, {value: index for index, value in enumerate(order)})
                (folder / _LABELS).replace(raw)
            if sealed.is_dir():
                sealed.replace(folder / _LABELS)
        known = {item.value: " ".join(item.name.split()) for item in classes}
        names = [known.get(value, str(value)) for value in order]
        replace_text(folder / TEXT, "".join(f"{name}\n" for name in names))
        replace_text(folder / DATA, _document(names, order))
    shutil.rmtree(raw, ignore_errors=True)


def value_of_index(label: Path, index: int) -> int:
    """Return the class value that an index in a label stands for, 0 where the folder says it stands for none."""
    values = stated_values(label.parent.parent)
    if not values:
        return index + 1
    return values[index] if index < len(values) else 0


def stated_values(folder: Path) -> tuple[int, ...]:
    """Return the class value of each index that a ``data.yaml`` of ours states; empty: the index and 1."""
    path = folder / DATA
    try:
        state = path.stat()
    except OSError:
        return ()
    return _stated(path, state.st_mtime_ns) if state.st_size <= _LARGEST else ()


@functools.lru_cache(maxsize=64)
def _stated(path: Path, _changed: int) -> tuple[int, ...]:
    match = _VALUES.search(path.read_text("utf-8", errors="replace"))
    return tuple(int(value) for value in json.loads(match[1])) if match else ()


def _order(before: Path | None, classes: Sequence[ClassInfo]) -> list[int]:
    """Return class values by index: the old ones as they were, then the new ones by value."""
    values = sorted(item.value for item in classes)
    old: list[int] = []
    if before is not None:
        old = list(stated_values(before) or range(1, _listed(before) + 1))
    return old + [value for value in values if value not in set(old)]


def _listed(folder: Path) -> int:
    """Return how many classes a folder lists."""
    try:
        return len((folder / TEXT).read_text("utf-8").splitlines())
    except OSError:
        return 0


def _plain(order: Sequence[int]) -> bool:
    return all(value == index + 1 for index, value in enumerate(order))


def _rewrite(labels: Path, sealed: Path, indexes: Mapping[int, int]) -> None:
    shutil.rmtree(sealed, ignore_errors=True)
    sealed.mkdir()
    for path in labels.glob("*.txt"):
        lines = [line.split(" ", 1) for line in path.read_text("ascii").splitlines()]
        text = "".join(f"{indexes[int(index) + 1]} {rest}\n" for index, rest in lines)
        (sealed / path.name).write_bytes(text.encode("ascii"))


def _document(names: Sequence[str], order: Sequence[int]) -> str:
    # A text of JSON is one of YAML, too.
    listed = "".join(f"  {index}: {json.dumps(name, ensure_ascii=False)}\n" for index, name in enumerate(names))
    values = "" if _plain(order) else f"class_values: {list(order)}\n"
    return f"train: images\nval: images\nnc: {len(names)}\n{values}names:\n{listed}"
