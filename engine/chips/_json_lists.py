"""Walk through the lists of a large JSON file, one element at a time.

Light: standard library only. Text is decoded as Latin-1, so that a place in the text is one in the file;
only strings outside of ASCII need to be decoded again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

_CHUNK = 2**20
# A single value of more bytes (one annotation, say) is taken for a broken file.
_LARGEST_VALUE = 2**26
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"[-+.0-9eE]*")
_DECODER = json.JSONDecoder()


class BrokenJsonError(ValueError):
    """No JSON object, or one cut off."""


class Element(NamedTuple):
    """An element of a list: the list's name, the element, and its first and last + 1 byte in the file."""

    name: str
    value: Any
    start: int
    stop: int


def elements(path: Path, names: Collection[str]) -> Iterator[Element]:
    """Yield the elements of the lists ``names`` in the outermost object of a file, in the file's order.

    Memory holds one element, not the file.

    Raises:
        BrokenJsonError: where the file is no such object; OSError where it cannot be read.
    """
    with path.open("rb") as file:
        walk = _Walk(file)
        walk.expect("{")
        if walk.take("}"):
            return
        while True:
            name = str(walk.value().value)
            walk.expect(":")
            if walk.take("["):
                yield from (item for item in walk.list_of(name) if name in names)
            else:
                walk.value()
            if walk.take("}"):
                return
            walk.expect(",")


def text_of(path: Path, start: int, stop: int) -> Any:
    """Return the value in some bytes of a file."""
    with path.open("rb") as file:
        file.seek(start)
        return json.loads(file.read(stop - start))


class _Walk:
    """A place in a file, and the text around it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._text, self._at, self._base = file, "", 0, 0
        self._ended = False
        self._more(_CHUNK)
        if self._text.startswith("\xef\xbb\xbf"):
            self._at = 3

    def _more(self, size: int) -> None:
        """Forget what is behind, and read on."""
        data = self._file.read(size)
        self._ended = len(data) < size
        self._base += self._at
        self._text, self._at = self._text[self._at :] + data.decode("latin-1"), 0

    def _skip(self) -> str:
        """Go to the next character that is no space and return it; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more(_CHUNK)

    def take(self, mark: str) -> bool:
        """Pass over ``mark`` if it comes next, and tell whether it did."""
        found = self._skip() == mark
        self._at += found
        return found

    def expect(self, mark: str) -> None:
        """Pass over ``mark``; raise BrokenJsonError where something else comes next."""
        if not self.take(mark):
            raise BrokenJsonError(f"'{mark}' is missing at byte {self._base + self._at}")

    def value(self, name: str = "") -> Element:
        """Pass over the next value and return it."""
        self._skip()
        while True:
            start = self._at
            # A number at the end of what was read may go on.
            if _NUMBER.match(self._text, start).end() == len(self._text) and not self._ended:  # type: ignore[union-attr]
                self._more(_CHUNK)
                continue
            try:
                value, stop = _DECODER.raw_decode(self._text, start)
            except RecursionError as error:
                raise BrokenJsonError("it is nested too deeply") from error
            except ValueError as error:
                held = len(self._text) - start
                if self._ended or held > _LARGEST_VALUE:
                    raise BrokenJsonError(f"no value at byte {self._base + start}") from error
                self._more(max(_CHUNK, held))
                continue
            self._at = stop
            return Element(name, self._proper(value, start, stop), self._base + start, self._base + stop)

    def _proper(self, value: Any, start: int, stop: int) -> Any:
        """Return the value again with its strings decoded, where any may need it."""
        text = self._text[start:stop]
        if text.isascii():
            return value
        try:
            return json.loads(text.encode("latin-1"))
        except UnicodeDecodeError:
            return value

    def list_of(self, name: str) -> Iterator[Element]:
        """Yield the elements of the list whose bracket was passed."""
        if self.take("]"):
            return
        while True:
            yield self.value(name)
            if self.take("]"):
                return
            self.expect(",")
