"""What folders of chips hold, read lightly: format, number, classes, entries. Nothing here touches Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...engine.chips import FORMATS, ChipFormat, _stated
from ...engine.chips._folder import MapEntry, read_documents, read_map
from ...engine.chips._targets import BOXES
from ...engine.classes import ClassInfo
from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence

_TEXTS = {"PASCAL_VOC_RECTANGLES", "LABELED_TILES", "MULTILABELED_TILES"}


@dataclass(frozen=True)
class ChipFolder:
    """One folder of chips.

    Attributes:
        format: of the chips; None where there are none.
        problem: a sentence where the folder is of no use, else "".
        entries: picture and label of each chip.
        totals: pixels or objects of each class value, where the export counted them; 0 is unlabelled.
        counts: the same of each chip, by the stem of its picture.
        side: width of a chip in pixels, 0 where the folder does not say it.
    """

    path: Path
    format: ChipFormat | None = None
    problem: str = ""
    entries: Sequence[MapEntry] = ()
    classes: Sequence[ClassInfo] = ()
    totals: Mapping[int, int] = field(default_factory=dict)
    counts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    side: int = 0

    @property
    def in_objects(self) -> bool:
        """Tell whether counts are objects, not pixels."""
        return self.format is not None and self.format.target in {BOXES, "INSTANCES"}


def format_of(path: Path) -> ChipFormat | None:
    """Return the format of the chips in a folder, None where there are none."""
    if not path.is_dir():
        return None
    return next((item for item in FORMATS.all().values() if item.detect(path)), None)


def read_chip_folder(path: Path) -> ChipFolder:
    """Look at a folder of chips; takes a moment where it holds many."""
    if not path.is_dir():
        return ChipFolder(path, problem=translate("Swath", "There is no folder {path}.").format(path=path))
    found = format_of(path)
    if found is None:
        text = translate("Swath", "The folder {path} holds no chips: export some, or choose the folder with map.txt.")
        return ChipFolder(path, problem=text.format(path=path))
    try:
        entries, classes = _entries(path, found)
    except (SwathError, OSError, ValueError) as error:
        text = sentence(error) if isinstance(error, SwathError) else str(error)
        return ChipFolder(path, found, problem=text)
    stats, definition = read_documents(path)
    try:
        classes = _stated.classes([definition, stats]) or classes
        totals = _stated.class_pixels(stats) if not _objects(found) else _stated.class_objects(stats)
        side = int(definition.get("ImageWidth") or 0)
    except (KeyError, TypeError, ValueError):
        totals, side = {}, 0
    noted = _stated.noted_chips(path, len(entries))
    counts = {stem: item.counts for stem, item in noted.items() if item.counts is not None}
    return ChipFolder(path, found, "", entries, classes, totals, counts, side)


def _objects(chip_format: ChipFormat) -> bool:
    return chip_format.target in {BOXES, "INSTANCES"}


def _entries(path: Path, chip_format: ChipFormat) -> tuple[Sequence[MapEntry], Sequence[ClassInfo]]:
    """Return the chips of a folder, and the classes that its labels name."""
    if chip_format.id == "COCO":
        from ...engine.chips._coco_folder import coco_entries, index_of  # noqa: PLC0415 - only for these

        index = index_of(path)
        return coco_entries(path, index), index.classes
    suffixes: dict[str, Sequence[str]] = dict.fromkeys(_TEXTS, (".xml",))
    suffixes |= dict.fromkeys(("KITTI_RECTANGLES", "YOLO", "YOLO_POLYGONS"), (".txt",))
    wanted = suffixes.get(chip_format.id)
    return (read_map(path, wanted) if wanted else read_map(path)), ()


def summary(folders: Sequence[ChipFolder]) -> str:
    """Return how many chips of which kind some folders hold, in one line."""
    first = next((item for item in folders if item.format is not None), None)
    if first is None or first.format is None:
        return ""
    count = sum(len(item.entries) for item in folders)
    parts = [translate("Swath", "{count} chips").format(count=count)]
    if first.side:
        parts.append(translate("Swath", "{side} pixels wide").format(side=first.side))
    parts += [first.format.title]
    if first.classes:
        names = ", ".join(item.name for item in first.classes[:4]) + (", ..." if len(first.classes) > 4 else "")
        parts.append(names)
    return " · ".join(parts)
