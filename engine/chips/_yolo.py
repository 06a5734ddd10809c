"""What both YOLO formats share: lines of relative numbers, and the list of classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..classes import ClassInfo
from . import OBJECTS, Chip, ChipFormat, ChipSet
from ._folder import MapEntry
from ._label import Box, ChipLabel, LabelObject
from ._problems import ChipsUnreadableError

_EXPECTED = "a class index and 4 or at least 6 (an even number of) coordinates in parts of the picture's size"
# Numbers farther outside of the picture are pixels.
_LEAST, _MOST = -1.0, 2.0


class Outline(NamedTuple):
    """One line of a label in pixels: its class value, and the corners of its polygon (or of its box)."""

    value: int
    corners: list[tuple[float, float]]

    @property
    def box(self) -> Box:
        """Return (xmin, ymin, xmax, ymax)."""
        cols, rows = zip(*self.corners)
        return min(cols), min(rows), max(cols), max(rows)


class YoloFormat(ChipFormat):
    """A text file beside each chip; a line is a class index and numbers in parts of the chip's size.

    Indexes follow the class values in order; where these are not 1, 2, 3 and so on, ``class_values`` in
    ``data.yaml`` says which is which. That file names no ``path``: Ultralytics then looks beside it, and
    elsewhere for a relative one. It has the same chips for training and validation; whoever trains with it
    will want to part them.

    Read are also parts as ``images/train`` and ``labels/train``, names in ``data.yaml``, ``classes.txt`` or
    ``obj.names``, and lines of both kinds: the box of a polygon, a box as polygon.
    """

    needs = (OBJECTS,)
    kind: str

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.txt``; a chip without a feature has none."""
        return f"labels/{stem}.txt" if label.objects else None

    def lines(self, item: LabelObject, size: tuple[int, int]) -> Iterator[Sequence[float]]:
        """Yield the numbers of each line for one feature, in parts of the chip's size."""
        raise NotImplementedError

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the features in drawing order, with 8 decimals: a corner is exact to a thousandth of a pixel."""
        from ..data.writing import write_bytes  # noqa: PLC0415

        text = "".join(
            f"{item.value - 1} {' '.join(f'{number:.8f}' for number in numbers)}\n"
            for item in label.objects
            for numbers in self.lines(item, label.size)
        )
        write_bytes(folder / f"labels/{stem}.txt", text.encode("ascii"))

    def seal(self, folder: Path, before: Path | None, classes: Sequence[ClassInfo], lines: Sequence[str]) -> None:
        """Write ``data.yaml`` and ``classes.txt``, and indexes without gaps; raise DiskFullError."""
        from ._yolo_classes import write_classes  # noqa: PLC0415

        write_classes(folder, before, classes)

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; where nothing names the classes, those of all labels are taken."""
        from ._reading import read_chip_set  # noqa: PLC0415
        from ._yaml_names import read_class_names  # noqa: PLC0415
        from ._yolo_classes import stated_values  # noqa: PLC0415

        named = sorted(read_class_names(Path(folder), self.title).items())
        values = stated_values(Path(folder)) or range(1, max(dict(named), default=0) + 2)
        items = [{"value": values[index], "name": name} for index, name in named if index < len(values)]
        classes = sorted(map(ClassInfo.from_dict, items, range(len(items))), key=lambda item: item.value)
        return read_chip_set(folder, self, suffixes=(".txt",), names=self._names, classes=classes)

    def outlines(self, chip: Chip, classes: Sequence[ClassInfo], size: tuple[int, int]) -> list[Outline]:
        """Return the lines of a chip's label in pixels, uncut.

        Raises:
            ChipsUnreadableError: where a line is no outline, or its class none of ``classes`` (if there are any).
        """
        from ._yolo_classes import value_of_index  # noqa: PLC0415

        known = {item.value for item in classes}
        found: list[Outline] = []
        if chip.label is None:
            return found
        for number, index, numbers in self._rows(chip.label):
            value = value_of_index(chip.label, index)
            if value < 1 or (known and value not in known):
                names = ", ".join(item.name for item in classes[:8])
                detail = f"line {number} of it has the class index {index}, which is none of those of {names}"
                raise ChipsUnreadableError(path=chip.label, format=self.title, detail=detail)
            found.append(Outline(value, _corners(numbers, size)))
        return found

    def detect(self, folder: Path) -> bool:
        """Tell by what the folder says, else by its first labels: whether polygons are among them."""
        from ._kinds import is_kind  # noqa: PLC0415

        return is_kind(folder, self, self.kind)

    def _names(self, entry: MapEntry) -> set[str]:
        from ._yolo_classes import value_of_index  # noqa: PLC0415

        if entry.label is None:
            return set()
        return {str(value_of_index(entry.label, index)) for _, index, _ in self._rows(entry.label)}

    def _rows(self, label: Path) -> Iterator[tuple[int, int, list[float]]]:
        """Yield number, class index and coordinates of each line."""
        from ._lines import bad_line, read_lines  # noqa: PLC0415

        for number, words in read_lines(label, self.title):
            try:
                index, *numbers = (float(word) for word in words)
            except ValueError:
                raise bad_line(label, self.title, number, _EXPECTED) from None
            good = index.is_integer() and index >= 0 and all(_LEAST <= value <= _MOST for value in numbers)
            if not good or not (len(numbers) == 4 or (len(numbers) >= 6 and len(numbers) % 2 == 0)):
                raise bad_line(label, self.title, number, _EXPECTED)
            yield number, int(index), numbers


def _corners(numbers: list[float], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Return corners in pixels, from those of a polygon or from middle and size of a box."""
    width, height = size
    if len(numbers) == 4:
        x, y, w, h = numbers
        left, top, right, bottom = x - w / 2, y - h / 2, x + w / 2, y + h / 2
        numbers = [left, top, right, top, right, bottom, left, bottom]
    return [(col * width, row * height) for col, row in zip(numbers[::2], numbers[1::2])]
