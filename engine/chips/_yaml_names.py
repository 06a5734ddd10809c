"""The classes that a YOLO data set names: the list ``names`` of its ``data.yaml``, or a text file.

Only what these files hold is understood of YAML; its libraries belong to no tier of the engine.
Light: standard library only.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ._problems import ChipsUnreadableError

_LARGEST = 4 * 2**20
_TEXTS = ("classes.txt", "obj.names", "labels/classes.txt", "labels/obj.names")
_KEY = re.compile(r"""^['"]?(\d{1,9})['"]?\s*:(?:\s+(.*))?$""")
# A scalar in either kind of quotes, or plain up to a comma.
_SCALAR = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^']|'')*'|" + r"[^,\[\]{}'\"][^,\[\]{}]*"


def read_class_names(folder: Path, title: str) -> dict[int, str]:
    """Return the names of classes by index; empty where no file names any.

    Raises:
        ChipsUnreadableError: where there is a list of names that is not understood.
    """
    yamls = sorted(folder.glob("*.y*ml"), key=lambda path: (path.stem != "data", path.name))
    for path in yamls:
        try:
            names = _names_in(_read(path))
        except ValueError as error:
            raise ChipsUnreadableError(path=path, format=title, detail=f"its names: {error}") from error
        if names:
            return names
    for path in (folder / name for name in _TEXTS):
        lines = _read(path).rstrip().splitlines()
        if lines:
            return dict(enumerate(line.strip() for line in lines))
    return {}


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            return ""
        return path.read_text("utf-8-sig", errors="replace")
    except OSError:
        return ""


def _names_in(text: str) -> dict[int, str]:
    """Return the names in a document; raise ValueError where they are written in a way that is not known."""
    lines = [_without_comment(line) for line in text.splitlines()]
    start = next((number for number, line in enumerate(lines) if re.match(r"names\s*:(\s|$)", line)), None)
    if start is None:
        return {}
    first = lines[start].partition(":")[2].strip()
    block = []
    for line in lines[start + 1 :]:
        if line.strip() and not line.startswith((" ", "\t", "-", "]", "}")):
            break
        block.append(line.strip())
    items = [item for item in block if item]
    if first:
        return _flow(" ".join([first, *items]))
    if all(item == "-" or item.startswith("- ") for item in items):
        return {index: _scalar(item[1:]) for index, item in enumerate(items)}
    return dict(_pair(item) for item in items)


def _flow(text: str) -> dict[int, str]:
    """Read ``[a, 'b', "c"]`` or ``{0: a, 1: b}``."""
    if text[0] + text[-1] not in ("[]", "{}"):
        raise ValueError(f"'{text[:60]}' is no list")
    inner = text[1:-1].strip().rstrip(",")
    pairs = text[0] == "{"
    item = rf"\s*((?:\d+\s*:\s+)?(?:{_SCALAR}))\s*(?:,|$)" if pairs else rf"\s*({_SCALAR})\s*(?:,|$)"
    found, at = [], 0
    while at < len(inner):
        match = re.compile(item).match(inner, at)
        if match is None:
            raise ValueError(f"'{inner[at : at + 60]}' is not understood")
        found.append(match[1])
        at = match.end()
    return dict(_pair(each) for each in found) if pairs else {index: _scalar(each) for index, each in enumerate(found)}


def _pair(text: str) -> tuple[int, str]:
    match = _KEY.match(text)
    if match is None:
        raise ValueError(f"'{text[:60]}' is no index with a name")
    return int(match[1]), _scalar(match[2] or "")


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] == '"':
        return str(json.loads(text))
    if text[:1] == "'":
        if len(text) < 2 or text[-1] != "'":
            raise ValueError(f"{text[:60]} does not end")
        return text[1:-1].replace("''", "'")
    return text


def _without_comment(line: str) -> str:
    """Return a line without what follows a # that stands alone and in no quotes."""
    quote, skip = "", False
    for at, sign in enumerate(line):
        before = line[at - 1 : at] or " "
        if skip:
            skip = False
        elif quote:
            skip = sign == "\\" and quote == '"'
            quote = "" if sign == quote else quote
        elif sign in "'\"" and before in " \t[{,:":
            quote = sign
        elif sign == "#" and before.isspace():
            return line[:at].rstrip()
    return line.rstrip()
