"""What a COCO file holds, without its outlines: those are read from their place in the file when needed.

Light at module level.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ._json_lists import BrokenJsonError, elements
from ._problems import ChipsUnreadableError

if TYPE_CHECKING:
    import numpy as np

TITLE = "COCO"
LISTS = ("images", "annotations", "categories")
# A file of more bytes is not looked at; COCO's own largest has 0.5 GB.
_LARGEST = 2**33
_LARGEST_SIDE = 2**16


@dataclass(frozen=True)
class CocoImage:
    """One picture: its name with slashes, its width and height, and how many objects are in it."""

    name: str
    size: tuple[int, int]
    objects: int


@dataclass(frozen=True)
class CocoIndex:
    """What is in a COCO file.

    Attributes:
        images: by name.
        classes: by value; the class value of a category is its id, plus ``shift`` where an id is below 1.
        class_objects: of each class value.
        places: (n, 2) int64, where each annotation starts and stops in the file, picture by picture;
            those of a picture are the rows from ``rows[name]`` on.
    """

    path: Path
    images: dict[str, CocoImage]
    classes: tuple[ClassInfo, ...]
    shift: int
    class_objects: dict[int, int]
    places: np.ndarray
    rows: dict[str, int]

    def find(self, picture: Path) -> CocoImage | None:
        """Return what the file says of a picture on disk, None where it does not name it."""
        parts = picture.as_posix().split("/")
        names = ("/".join(parts[first:]) for first in range(len(parts)))
        return next((self.images[name] for name in names if name in self.images), None)

    def annotations(self, image: CocoImage) -> list[tuple[int, int]]:
        """Return where the annotations of a picture start and stop in the file."""
        first = self.rows[image.name]
        return [(start, stop) for start, stop in self.places[first : first + image.objects].tolist()]


def problem(path: Path, detail: object) -> ChipsUnreadableError:
    """Return the error that a COCO file is broken."""
    return ChipsUnreadableError(path=path, format=TITLE, detail=detail)


def coco_index(path: Path) -> CocoIndex:
    """Return what a COCO file holds; the last two files are remembered as long as they stay the same.

    Raises:
        ChipsUnreadableError: with the reason.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise problem(path, error.strerror or error) from error
    return _index(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _index(path: Path, _time: int, size: int) -> CocoIndex:
    if size > _LARGEST:
        raise problem(path, f"it has {size} bytes, more than any such file")
    found = _Found()
    try:
        for item in elements(path, LISTS):
            found.add(item.name, item.value, item.start, item.stop)
        return found.index(path)
    except (BrokenJsonError, OSError) as error:
        raise problem(path, error) from error
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise problem(path, f"an entry is broken: {error!r}") from error


class _Found:
    """The lists of a file, which come in any order."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}  # of the pictures, by id, as they are first named
        self._images: dict[int, tuple[str, tuple[int, int]]] = {}
        self._names: dict[int, str] = {}
        self._of = array("q")
        self._categories = array("q")
        self._starts, self._stops = array("q"), array("q")

    def add(self, name: str, item: dict[str, Any], start: int, stop: int) -> None:
        """Take one element of a list."""
        if name == "images":
            number = self._number(item["id"])
            if number in self._images:
                raise ValueError(f"two pictures have the id {item['id']}")
            size = (whole(item["width"]), whole(item["height"]))
            if not all(1 <= side <= _LARGEST_SIDE for side in size):
                raise ValueError(f"picture {item['id']} has {size[0]} x {size[1]} pixels")
            text = str(item["file_name"]).replace("\\", "/")
            self._images[number] = (text[2:] if text.startswith("./") else text, size)
        elif name == "categories":
            self._names[whole(item["id"])] = str(item["name"])
        elif not item.get("iscrowd"):
            # A crowd is no object: its region says where some are, but not which.
            self._of.append(self._number(item["image_id"]))
            self._categories.append(whole(item["category_id"]))
            self._starts.append(start)
            self._stops.append(stop)

    def _number(self, image_id: Any) -> int:
        return self._numbers.setdefault(image_id, len(self._numbers))

    def index(self, path: Path) -> CocoIndex:
        """Put together what was found."""
        import numpy as np  # noqa: PLC0415

        if not self._images or not self._names:
            raise problem(path, "it has no list of images or of categories")
        of, categories = np.array(self._of, np.int64), np.array(self._categories, np.int64)
        unknown = set(categories.tolist()) - set(self._names)
        if unknown:
            raise problem(path, f"it has objects of the category {min(unknown)}, but no such category")
        # Objects of pictures that are not listed are left out, as their number is at the end of all.
        order = np.argsort(of, kind="stable")
        first, last = (np.searchsorted(of[order], np.arange(len(self._numbers)), side) for side in ("left", "right"))
        images, rows = {}, {}
        for number, (name, size) in self._images.items():
            if name in images:
                raise problem(path, f"two entries name the picture {name}")
            images[name] = CocoImage(name, size, int(last[number] - first[number]))
            rows[name] = int(first[number])
        shift = max(0, 1 - min(self._names))
        values, counts = np.unique(categories, return_counts=True)
        return CocoIndex(
            path,
            images,
            tuple(
                ClassInfo.from_dict({"value": number + shift, "name": self._names[number]}, color)
                for color, number in enumerate(sorted(self._names))
            ),
            shift,
            {value + shift: count for value, count in zip(values.tolist(), counts.tolist())},
            np.stack([np.array(self._starts, np.int64), np.array(self._stops, np.int64)], axis=1)[order],
            rows,
        )


def whole(value: Any) -> int:
    """Return a whole number, which some write as 1.0; raise TypeError for anything else."""
    if type(value) is int or (type(value) is float and value.is_integer()):
        return int(value)
    raise TypeError(f"{value!r} is no whole number")
