"""A sentence about the place of an output: unfinished work there, things in the way, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence, unusable
from .export_folder import free_name, holds_chips, is_busy, is_used, remove_unfinished, unfinished
from .notice import ERROR, INFO, WARNING, Notice


class OutputNotice(Notice):
    """Looks at the place of an output when told to.

    Args:
        adds: tells of a folder whether a run adds to what is there.
    """

    placeAsked = pyqtSignal(str)  # the user takes this path instead
    cleaned = pyqtSignal()
    failed = pyqtSignal(str)  # a sentence: what was left could not be deleted

    def __init__(self, adds: Callable[[str], bool] = holds_chips, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adds, self._path = adds, ""
        self.label.setOpenExternalLinks(False)
        self.label.linkActivated.connect(self._follow)

    def look(self, path: str) -> None:
        """Say what is to say of a path; nothing of an empty one."""
        self._path = path
        try:
            self._look(path)
        except OSError as error:
            self.say(sentence(unusable(error)), ERROR)

    def _look(self, path: str) -> None:
        partial = unfinished(path)
        if partial is not None and is_busy(partial):
            text = translate("Swath", 'Another run is writing this output. <a href="free">Take {name} instead</a>.')
            self.say(text.format(name=escape(free_name(path, taken=True))), WARNING, rich=True)
        elif partial is not None:
            text = translate(
                "Swath",
                "A run with this output was cut off. The same settings continue it; "
                '<a href="clean">or delete what it left</a>.',
            )
            self.say(text, WARNING, rich=True)
        elif path and self._adds(path):
            self.say(translate("Swath", "This folder holds chips: the new ones are added to them."), INFO)
        elif is_used(path):
            text = translate("Swath", 'This folder holds other files. <a href="free">Take {name} instead</a>.')
            self.say(text.format(name=escape(free_name(path))), WARNING, rich=True)
        elif path and Path(path).is_file():
            text = translate("Swath", 'This file exists and is replaced. <a href="free">Take {name} instead</a>.')
            self.say(text.format(name=escape(free_name(path))), INFO, rich=True)
        else:
            self.say("")

    def _follow(self, link: str) -> None:
        partial = unfinished(self._path)
        if link == "free":
            name = free_name(self._path, taken=partial is not None)
            self.placeAsked.emit(str(Path(self._path).parent / name))
        elif partial is not None:
            try:
                remove_unfinished(partial)
            except SwathError as error:
                self.failed.emit(sentence(error))
            except OSError as error:
                text = translate("Swath", "{path} could not be deleted: {reason}.")
                self.failed.emit(text.format(path=partial, reason=error.strerror))
            self.cleaned.emit()
