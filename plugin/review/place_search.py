"""The search for places, in the background, as the first page of the review shows it."""

from __future__ import annotations

from html import escape
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.errors import CancelledError, SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from ..context import DockContext
from ..forms.notice import ERROR, INFO, WARNING
from ..setup_task import SetupTask
from .probabilities_run import ProbabilitiesRun, link_text
from .review_problems import NoProbabilitiesError
from .source_panel import COMPUTE, SourcePanel
from .sources import Search, prepare


class PlaceSearch(QObject):
    """Looks for what a panel asks for; ``found`` gives the search and its places, never none."""

    found = pyqtSignal(object, object)

    def __init__(self, context: DockContext, panel: SourcePanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._panel = context, panel
        self.task: SetupTask | None = None
        self.again = ProbabilitiesRun(context, panel, self)
        self.again.made.connect(self.start)
        panel.computeAsked.connect(self.again.start)
        panel.searchAsked.connect(self.start)
        panel.cancelAsked.connect(self.cancel)

    def start(self) -> None:
        """Begin, or say why not."""
        if self.task is not None:
            return
        notice = self._panel.notice
        try:
            search = prepare(self._panel.source(), self._context.project, self._context.store)
        except NoProbabilitiesError as error:
            again = self.again.is_possible()
            link = link_text() if again else translate("Swath", "Go to the tab Apply")
            href = COMPUTE if again else "apply"
            notice.say(f'{escape(sentence(error))} <a href="{href}">{escape(link)}</a>', WARNING, rich=True)
            return
        except SwathError as error:
            notice.say(sentence(error), ERROR)
            return
        self._panel.show_busy(True)
        task = SetupTask(translate("Swath", "Find places to review"), search.work)
        task.progressChanged.connect(lambda percent: self._panel.bar.setValue(round(percent)))
        task.told.connect(self._panel.step.say)
        task.ended.connect(lambda places, error: task is self.task and self._end(search, places, error))
        self.task = task  # QGIS deletes a task that nobody holds
        QgsApplication.taskManager().addTask(task)

    def cancel(self) -> None:
        """Stop looking."""
        if self.task is not None:
            self.task.cancel()

    def forget(self) -> None:
        """Stop looking, and take nothing of what is found: another project begins."""
        self.cancel()
        self.again.forget()
        self.task = None
        self._panel.show_busy(False)
        self._panel.notice.say("")

    def _end(self, search: Search, places: Any, error: BaseException | None) -> None:
        self.task = None
        self._panel.show_busy(False)
        notice = self._panel.notice
        if isinstance(error, CancelledError):
            notice.say(translate("Swath", "Cancelled."), INFO)
        elif error is not None:
            text = sentence(error) if isinstance(error, SwathError) else f"{type(error).__name__}: {error}"
            notice.say(text, ERROR)
        elif places:
            self.found.emit(search, places)
        else:
            notice.say(
                translate(
                    "Swath",
                    "No such place was found: widen the search under More settings, or look at something else.",
                ),
                INFO,
            )
