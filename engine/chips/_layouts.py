"""Where pictures and labels of other software lie: folders without a ``map.txt``.

Known are ``images/`` beside ``labels/`` (with folders of the same names in both, as YOLO's ``train`` and
``val``), VOC's ``JPEGImages/`` beside ``Annotations/``, these below ``train/``, ``valid/`` and ``test/``, and
pictures and labels side by side. Light: standard library only.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

IMAGE_SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".mrf", ".bmp", ".webp", ".jp2")
IMAGES, LABELS, SECONDS = ("images", "jpegimages"), ("labels", "annotations"), ("images2",)
SPLITS = ("train", "training", "val", "valid", "validation", "test", "testing")
# Folders of pictures that are two kinds to be turned into each other.
_DOMAINS = {"traina", "trainb", "train_a", "train_b"}
# Files that may lie among labels and are none.
_NO_LABELS = {"classes.txt", "map.txt", "stats.txt", "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt"}
# Deep enough for images/train/PLACE/, and bounded.
_DEPTH = 3
# Of a folder of any size, this many labels are looked at to tell what it holds.
_SEEN = 2000


class Paired(NamedTuple):
    """A picture, its label and its second picture."""

    image: Path
    label: Path | None = None
    image2: Path | None = None


class _File(NamedTuple):
    key: tuple[str, ...]  # the path without suffix, below the folder that was searched
    path: Path


class Tree:
    """A folder of pictures and labels; links that lead out of it do not count."""

    def __init__(self, root: Path) -> None:
        self._root, self._real = root, root.resolve()

    def pairs(self, suffixes: Sequence[str]) -> list[Paired]:
        """Return the pictures in order of their names, each with the label of the same name.

        Labels end with one of ``suffixes``, the preferred first. Without a folder for pictures, those
        count that have a label beside them.
        """
        return list(self._pairs(self._root, suffixes))

    def first_labels(self, suffixes: Sequence[str], limit: int = 20) -> list[Path]:
        """Return a few labels, to tell what they are."""
        return list(itertools.islice(self._labels(self._root, suffixes), limit))

    def class_pictures(self) -> list[Path]:
        """Return the pictures in folders in ``images/`` or, without that, in two or more folders of the root.

        None, where there are labels, or pictures outside of such folders, or these are parts as ``train`` or
        domains as ``trainA``.
        """
        found = self._folders(self._root)
        if set(found) & {*LABELS, *SECONDS}:
            return []
        images = next((found[name] for name in IMAGES if name in found), None)
        place = images or self._root
        inner = self._folders(place)
        if set(inner) <= set(SPLITS) or set(inner) & _DOMAINS:
            return []
        if next(self._files(place, IMAGE_SUFFIXES, 0), None) is not None:
            return []
        folders = [sorted(path for _, path in self._files(inner[name], IMAGE_SUFFIXES, 0)) for name in sorted(inner)]
        folders = [pictures for pictures in folders if pictures]
        return list(itertools.chain(*folders)) if images is not None or len(folders) > 1 else []

    def _pairs(self, folder: Path, suffixes: Sequence[str]) -> Iterator[Paired]:
        found = self._folders(folder)
        images = next((found[name] for name in IMAGES if name in found), None)
        parts = [found[name] for name in SPLITS if name in found]
        if images is not None:
            labels = [self._by_key(found[name], suffixes, _DEPTH) for name in LABELS if name in found]
            seconds = self._by_key(found[SECONDS[0]], IMAGE_SUFFIXES, _DEPTH) if SECONDS[0] in found else {}
            for key, image in sorted(self._files(images, IMAGE_SUFFIXES, _DEPTH)):
                yield Paired(image, next((each[key] for each in labels if key in each), None), seconds.get(key))
        elif parts:
            for part in parts:
                yield from self._pairs(part, suffixes)
        else:
            # Rasters side by side: nobody could tell which is the label.
            beside = {} if _are_rasters(suffixes) else self._by_key(folder, suffixes, 0)
            for key, image in sorted(self._files(folder, IMAGE_SUFFIXES, 0)):
                if key in beside:
                    yield Paired(image, beside[key])

    def _labels(self, folder: Path, suffixes: Sequence[str]) -> Iterator[Path]:
        found = self._folders(folder)
        parts = [found[name] for name in SPLITS if name in found]
        if any(name in found for name in IMAGES):
            # Rasters below folders in labels/ are masks of one class each.
            depth = 0 if _are_rasters(suffixes) else _DEPTH
            places = [self._files(found[name], suffixes, depth) for name in LABELS if name in found]
            yield from (item.path for item in itertools.islice(itertools.chain(*places), _SEEN))
        elif parts:
            for part in parts:
                yield from self._labels(part, suffixes)
        elif not _are_rasters(suffixes):
            for _, path in itertools.islice(self._files(folder, suffixes, 0), _SEEN):
                if any(path.with_suffix(each).is_file() for each in IMAGE_SUFFIXES):
                    yield path

    def _folders(self, folder: Path) -> dict[str, Path]:
        """Return the folders in a folder by their names in lower case."""
        if not folder.is_dir():
            return {}
        with os.scandir(folder) as items:
            names = sorted(item.name for item in items if item.is_dir() and self._inside(item))
        return {name.lower(): folder / name for name in names}

    def _by_key(self, folder: Path, suffixes: Sequence[str], depth: int) -> dict[tuple[str, ...], Path]:
        """Return files by their keys; of two, the one with the preferred suffix."""
        rank = {suffix: number for number, suffix in enumerate(suffixes)}
        found = list(self._files(folder, suffixes, depth))
        found.sort(key=lambda item: rank[item.path.suffix.lower()], reverse=True)
        return {item.key: item.path for item in found}

    def _files(self, folder: Path, suffixes: Sequence[str], depth: int, above: tuple[str, ...] = ()) -> Iterator[_File]:
        """Yield files with one of the suffixes, as the system lists them, and those up to ``depth`` folders below."""
        below = []
        with os.scandir(folder) as items:
            for item in items:
                if item.name.startswith(".") or not self._inside(item):
                    continue
                stem, _, suffix = item.name.rpartition(".")
                if item.is_dir():
                    below.append(item.name)
                elif f".{suffix.lower()}" in suffixes and item.name.lower() not in _NO_LABELS:
                    yield _File((*above, stem), folder / item.name)
        for name in sorted(below) if depth > 0 else ():
            yield from self._files(folder / name, suffixes, depth - 1, (*above, name))

    def _inside(self, item: os.DirEntry[str]) -> bool:
        return not item.is_symlink() or Path(item.path).resolve().is_relative_to(self._real)


def _are_rasters(suffixes: Sequence[str]) -> bool:
    return bool(set(suffixes) & set(IMAGE_SUFFIXES))
