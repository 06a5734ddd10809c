"""Tell what kind of labels a folder holds that says no word about it: a few of them are looked at.

One kind for each folder, so that no two formats claim it. Light: standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from . import ChipFormat
from ._folder import metadata_mode
from ._layouts import Tree

VOC, KITTI, YOLO_BOXES, YOLO_POLYGONS = "voc", "kitti", "yolo boxes", "yolo polygons"
RASTERS, CLASS_FOLDERS = "rasters", "class folders"
_RASTERS = (".tif", ".tiff", ".png")
# The beginning of a label tells what it is.
_HEAD = 2**16
# The last is a score that some programs add.
_KITTI_NUMBERS = (14, 15)
# Relative coordinates, and a little for careless rounding.
_LEAST, _MOST = -0.01, 1.01


def is_kind(folder: Path, chip_format: ChipFormat, kind: str) -> bool:
    """Tell whether the folder states this format or, where it states none, holds labels of this kind."""
    mode = metadata_mode(folder)
    return mode == chip_format.metadata_mode if mode else label_kind(folder) == kind


def label_kind(folder: Path) -> str:
    """Return the kind of labels in a folder by looking at some of them, "" for none that is known here."""
    from ._coco_folder import has_coco_file  # noqa: PLC0415

    if not folder.is_dir() or has_coco_file(folder):
        return ""
    tree = Tree(folder)
    if any("<annotation" in text and "<bndbox" in text for text in map(_head, tree.first_labels((".xml",)))):
        return VOC
    kind = _kind_of_texts(tree)
    if kind:
        return kind
    if tree.first_labels(_RASTERS):
        return RASTERS
    return CLASS_FOLDERS if tree.class_pictures() else ""


def _kind_of_texts(tree: Tree) -> str:
    """Return the kind of labels that are lines of words: all lines that are looked at must be of it."""
    lines = [line.split() for path in tree.first_labels((".txt",)) for line in _lines(path)]
    if lines and all(_is_yolo(words) for words in lines):
        return YOLO_BOXES if {len(words) for words in lines} == {5} else YOLO_POLYGONS
    return KITTI if lines and all(_is_kitti(words) for words in lines) else ""


def _is_yolo(words: Sequence[str]) -> bool:
    """Tell whether a line is an index and a box, or an index and corners, in parts of the picture's size."""
    try:
        index, *numbers = (float(word) for word in words)
    except ValueError:
        return False
    if index < 0 or not index.is_integer() or not all(_LEAST <= number <= _MOST for number in numbers):
        return False
    return len(words) == 5 or (len(words) >= 7 and len(words) % 2 == 1)


def _is_kitti(words: Sequence[str]) -> bool:
    try:
        return len([float(word) for word in words[1:]]) in _KITTI_NUMBERS
    except ValueError:
        return False


def _lines(path: Path) -> Iterator[str]:
    text = _head(path)
    # The last line may be cut in the middle.
    lines = text.splitlines()[: -1 if len(text) == _HEAD else None]
    return (line for line in lines if line.strip())


def _head(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(_HEAD)
    except OSError:
        return ""
