"""Labels in the XML of PASCAL VOC, as ArcGIS writes them and as anyone does.

Light: standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ._label import Box
from ._problems import ChipsUnreadableError

# A label of a thousand boxes has a quarter of a megabyte.
_LARGEST = 16 * 2**20


class Named(NamedTuple):
    """One object of a label: its class as it is written there, and its box where it has one."""

    name: str
    box: Box | None


def annotation(filename: str, size: tuple[int, int], bands: int, objects: Iterable[tuple[str, Box]]) -> str:
    """Return a label as ArcGIS writes it, boxes cut to the chip and with two decimals.

    Every version of ArcGIS calls itself 2.1 there; a reader may look for that.
    """
    width, height = size
    head = (
        f'<?xml version="1.0"?>\n<annotation>\n    <filename>{escape(filename)}</filename>\n'
        "    <source>\n        <annotation>ArcGIS Pro 2.1</annotation>\n    </source>\n"
        f"    <size>\n        <width>{width}</width>\n        <height>{height}</height>\n"
        f"        <depth>{bands}</depth>\n    </size>\n"
    )
    return head + "".join(_object(name, box, size) for name, box in objects) + "</annotation>\n"


def _object(name: str, box: Box, size: tuple[int, int]) -> str:
    limits = (*size, *size)
    corners = zip(("xmin", "ymin", "xmax", "ymax"), box, limits)
    lines = "".join(f"            <{key}>{min(max(0.0, at), end):.2f}</{key}>\n" for key, at, end in corners)
    named = f"        <name>{escape(name)}</name>\n"
    return f"    <object>\n{named}        <bndbox>\n{lines}        </bndbox>\n    </object>\n"


def read_objects(path: Path, title: str) -> list[Named]:
    """Read the objects of a label; boxes are pixels as they stand there, from the upper left corner.

    VOC's own tools count pixels from 1, most others from 0 (and no file says which): nothing is shifted.
    ``difficult``, ``truncated`` and parts of objects are not looked at.

    Raises:
        ChipsUnreadableError: where the file is no such label, is huge, or declares entities.
    """
    root = _root(path, title)
    if root.tag != "annotation":
        raise _problem(path, title, f"it is XML of another kind, <{str(root.tag)[:40]}>")
    return [
        Named((item.findtext("name") or "").strip(), _box(item.find("bndbox"), path, title))
        for item in root.findall("object")
    ]


class _Guard(ElementTree.TreeBuilder):
    """Build a tree of a file that declares nothing: entities could name other files or grow without end."""

    def doctype(self, *_: str | None) -> NoReturn:
        raise ValueError("it declares a document type or entities")


def _root(path: Path, title: str) -> ElementTree.Element:
    try:
        if path.stat().st_size > _LARGEST:
            raise _problem(path, title, f"it has more than {_LARGEST // 2**20} MB")
        parser = ElementTree.XMLParser(target=_Guard())  # noqa: S314
        parser.feed(path.read_bytes())
        root: ElementTree.Element = parser.close()
    except (OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        if isinstance(error, ChipsUnreadableError):
            raise
        raise _problem(path, title, str(error)) from error
    return root


def _box(item: ElementTree.Element | None, path: Path, title: str) -> Box | None:
    if item is None:
        return None
    texts = [item.findtext(key) or "" for key in ("xmin", "ymin", "xmax", "ymax")]
    try:
        xmin, ymin, xmax, ymax = (float(text) for text in texts)
    except ValueError:
        xmin = math.nan
    if not math.isfinite(xmin) or not all(math.isfinite(value) for value in (ymin, xmax, ymax)):
        raise _problem(path, title, f"a box of it is {', '.join(texts)[:80]}")
    return xmin, ymin, xmax, ymax


def _problem(path: Path, title: str, detail: str) -> ChipsUnreadableError:
    return ChipsUnreadableError(path=path, format=title, detail=detail)
