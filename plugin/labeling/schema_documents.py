"""Lists of classes in JSON and XML of other programs, whatever they call their parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

from ...i18n import translate
from .schema_found import RawClass, whole_number
from .schema_problems import SchemaFileError

_LARGEST = 4 * 2**20
_DEEPEST = 40
_MOST_PARTS = 200_000
_NAMES = ("name", "classname", "label", "title", "alias")
_VALUES = ("value", "classvalue", "classid", "code", "id")
_COLORS = ("color", "colour", "rgb", "classcolor", "fillcolor")
_TEXTS = ("description", "classdescription")


def read_document(path: Path) -> Any:
    """Return what a JSON or XML file holds, as dicts, lists and texts.

    The file may come from anyone: its size and depth are bounded, and XML that declares entities is refused.

    Raises:
        SchemaFileError: where it is neither, or far too large.
    """
    try:
        if path.stat().st_size > _LARGEST:
            text = translate("Swath", "it has more than {size} MB").format(size=_LARGEST // 2**20)
            raise SchemaFileError(path=path, detail=text)
        data = path.read_bytes()
        if data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<":
            return _xml(data)
        return json.loads(_decoded(data))
    except OSError as error:
        raise SchemaFileError(path=path, detail=error.strerror or str(error)) from error
    except (ValueError, LookupError, RecursionError, ElementTree.ParseError) as error:
        if isinstance(error, SchemaFileError):
            raise
        text = translate("Swath", "it is neither JSON nor XML, or it is damaged")
        raise SchemaFileError(path=path, detail=text) from error


def find_classes(document: Any) -> tuple[RawClass, ...]:
    """Return the first list of classes in a document, from its outside inwards; empty where there is none."""
    try:
        return _first_list(document)
    except RecursionError:  # groups in groups without end
        return ()


def _first_list(document: Any) -> tuple[RawClass, ...]:
    level, seen = [document], 0
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for part in level:
            seen += 1
            if _is_class_list(part):
                return tuple(_raw(item, 0) for item in part)
            inner += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        if not inner or seen > _MOST_PARTS:
            return ()
        level = inner
    return ()


def text_of(document: Any, *keys: str) -> str:
    """Return the first text that a document has under one of the keys."""
    parts = _keyed(document) if isinstance(document, dict) else {}
    return next((parts[key].strip() for key in keys if isinstance(parts.get(key), str)), "")


def _is_class_list(part: Any) -> bool:
    return isinstance(part, list) and bool(part) and all(_is_class(item) for item in part)


def _is_class(item: Any) -> bool:
    """Tell whether a part is a class (a name or a colour beside a value), or a group (a name beside classes)."""
    if not isinstance(item, dict):
        return False
    keys = _keyed(item)
    named = any(key in keys for key in _NAMES)
    valued = any(whole_number(keys[key]) is not None for key in _VALUES if key in keys)
    return named and (valued or any(_is_class_list(value) for value in _lists(item)))


def _raw(item: dict[str, Any], depth: int) -> RawClass:
    keys = _keyed(item)
    value = next((keys[key] for key in _VALUES if key in keys and whole_number(keys[key]) is not None), None)
    children: tuple[RawClass, ...] = ()
    if depth < _DEEPEST:
        children = tuple(_raw(child, depth + 1) for part in _lists(item) if _is_class_list(part) for child in part)
    return RawClass(
        next((str(keys[key]) for key in _NAMES if isinstance(keys.get(key), (str, int))), ""),
        value,
        _color(keys),
        next((keys[key] for key in _TEXTS if isinstance(keys.get(key), str)), ""),
        children,
    )


def _color(keys: dict[str, Any]) -> Any:
    """Return a colour in any of the ways it is written: a list, a text, three numbers, or a part with one of these."""
    if all(part in keys for part in ("red", "green", "blue")):
        return [keys["red"], keys["green"], keys["blue"]]
    found = next((keys[key] for key in _COLORS if key in keys), None)
    if isinstance(found, dict):
        inner = _keyed(found)
        return (
            inner.get("values") if "values" in inner else _color({k: v for k, v in inner.items() if k not in _COLORS})
        )
    if isinstance(found, str) and not found.startswith("#"):
        return re.findall(r"[0-9]+", found)
    return found


def _lists(item: dict[str, Any]) -> Iterator[Any]:
    """Yield the lists in a part, and those one step below (``<Classes><Class/></Classes>``)."""
    for value in item.values():
        if isinstance(value, list):
            yield value
        elif isinstance(value, dict):
            yield from (inner for inner in value.values() if isinstance(inner, list))


def _keyed(item: dict[str, Any]) -> dict[str, Any]:
    return {re.sub(r"[^a-z]", "", str(key).lower()): value for key, value in item.items()}


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 or, as Windows also writes it, in UTF-16 with its mark."""
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")


class _Guard(ElementTree.TreeBuilder):
    """Build a tree of a file that declares nothing: entities could name other files or grow without end."""

    def doctype(self, *_: str | None) -> NoReturn:
        raise ValueError("it declares a document type or entities")


def _xml(data: bytes) -> Any:
    parser = ElementTree.XMLParser(target=_Guard())  # noqa: S314
    parser.feed(data)
    root = parser.close()
    return {root.tag: _element(root, 0)}


def _element(element: ElementTree.Element, depth: int) -> Any:
    """Return an element as a dict of its attributes and children, each child a list; as a text where it has none."""
    if depth > _DEEPEST:
        raise ValueError("it is too deep")
    if not len(element) and not element.attrib:
        return element.text or ""
    parts: dict[str, Any] = dict(element.attrib)
    by_tag: dict[str, list[Any]] = {}
    for child in element:
        by_tag.setdefault(str(child.tag).rpartition("}")[2], []).append(_element(child, depth + 1))
    for tag, items in by_tag.items():
        # What comes once may be a plain part or a list of one; only parts with parts are taken for lists.
        parts[tag] = items if len(items) > 1 or _is_class(items[0]) else items[0]
    return parts
