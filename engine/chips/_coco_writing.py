"""Write COCO: a fragment for each chip, merged into one file at the end. Light at module level."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from ..classes import ClassInfo
from ._json_lists import Element, elements
from ._label import ChipLabel

FILE = "annotations.json"
_FRAGMENTS = "labels"
_DIGITS = 3


def write_fragment(folder: Path, stem: str, label: ChipLabel) -> None:
    """Write the objects of a chip, one in a line, without the numbers that they get at the end."""
    from ..data.writing import telling_disk_full, write_bytes  # noqa: PLC0415
    from ._coco_shapes import outline  # noqa: PLC0415

    lines = [_dump({"width": label.size[0], "height": label.size[1]})]
    for item in (item for item in label.objects if not item.shape.is_empty):
        xmin, ymin, xmax, ymax = item.box
        values = {
            "category_id": item.value,
            "bbox": [round(value, _DIGITS) for value in (xmin, ymin, xmax - xmin, ymax - ymin)],
            "area": round(float(item.shape.area), _DIGITS),
            "segmentation": outline(item.shape, label.size),
            "iscrowd": 0,
        }
        lines.append(_dump(values))
    path = folder / _FRAGMENTS / f"{stem}.json"
    with telling_disk_full(path):
        path.parent.mkdir(exist_ok=True)
    write_bytes(path, "\n".join(lines).encode())


def merge_fragments(folder: Path, before: Path | None, classes: Sequence[ClassInfo], names: Sequence[str]) -> None:
    """Write ``annotations.json`` from the fragments in ``folder`` and the file of the chips there were before.

    Memory holds the names of the chips and the objects of one. May be called again where it was cut off.

    ``names`` are those of the pictures in ``images/``, of both; ``classes`` as well.
    """
    from ..data.writing import telling_disk_full  # noqa: PLC0415

    path, labels = folder / FILE, folder / _FRAGMENTS
    done = labels.with_name(_FRAGMENTS + ".merged")
    if not _merged(path, labels, len(names)):
        partial = path.with_name(FILE + ".partial")
        with telling_disk_full(path), partial.open("w", encoding="utf-8", newline="\n") as out:
            _write(out, folder, before, classes, names)
        partial.replace(path)
    # At once, so that no later call finds some of the fragments only.
    if done.exists():
        shutil.rmtree(done)
    if labels.exists():
        labels.rename(done)
        shutil.rmtree(done)


def _merged(path: Path, labels: Path, chips: int) -> bool:
    """Tell whether an earlier call got as far as the whole file, and maybe began to remove the fragments."""
    if not path.is_file():
        return False
    if labels.is_dir():
        with os.scandir(labels) as items:
            if next(items, None) is not None:
                return False
    return sum(1 for _ in elements(path, ("images",))) == chips


def _write(out: TextIO, folder: Path, before: Path | None, classes: Sequence[ClassInfo], names: Sequence[str]) -> None:
    """Write the whole file, an element of a list in each line."""
    old = before / FILE if before is not None else None
    known = {item.value["file_name"]: int(item.value["id"]) for item in _old(old, "images")}
    numbers = {name: number for number, name in enumerate(_new(names, known), start=max(known.values(), default=0) + 1)}
    out.write('{\n"info": {"description": "Chips cut by Swath", "version": "1.0"},\n"licenses": []')
    _list(out, "categories", ({"id": info.value, "name": info.name, "supercategory": ""} for info in classes))
    _list(out, "images", _images(folder, old, numbers))
    _list(out, "annotations", _annotations(folder, old, numbers))
    out.write("\n}\n")


def _new(names: Sequence[str], known: Container[str]) -> Iterator[str]:
    return (name for name in names if name not in known)


def _list(out: TextIO, name: str, items: Iterator[dict[str, Any]]) -> None:
    out.write(f',\n"{name}": [')
    for number, item in enumerate(items):
        out.write((",\n" if number else "\n") + _dump(item))
    out.write("\n]")


def _images(folder: Path, old: Path | None, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the entries of all pictures."""
    yield from (item.value for item in _old(old, "images"))
    size: dict[str, int] = {}
    for name, number in numbers.items():
        # The chips of an export have one size, so those without a fragment have that of the others.
        size = next(_fragment(folder, name), size) or _size(folder / "images" / name)
        yield {"id": number, "file_name": name, **size}


def _annotations(folder: Path, old: Path | None, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the objects of all pictures; new ones get the numbers after the old ones."""
    last = 0
    for item in _old(old, "annotations"):
        last = max(last, int(item.value["id"]))
        yield item.value
    for name, number in numbers.items():
        for values in itertools.islice(_fragment(folder, name), 1, None):
            last += 1
            yield {"id": last, "image_id": number, **values}


def _old(path: Path | None, name: str) -> Iterator[Element]:
    return elements(path, (name,)) if path is not None else iter(())


def _fragment(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a chip's fragment, none where it has no objects."""
    try:
        with (folder / _FRAGMENTS / name).with_suffix(".json").open("rb") as file:
            yield from map(json.loads, file)
    except FileNotFoundError:
        return


def _size(image: Path) -> dict[str, int]:
    from ._mask_files import picture_size  # noqa: PLC0415

    width, height = picture_size(image)
    return {"width": width, "height": height}


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)
