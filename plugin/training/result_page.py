"""What came out of a run: the best epoch, its measures, each class, and where the report is."""

from __future__ import annotations

from html import escape
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from ...i18n import translate
from . import run_texts
from .epoch_table import ClassModel, table_view
from .run_reader import RunReader
from .theme import series_color

_MOST_MEASURES = 3


class ResultPage(QWidget):
    """The report's headline; of a running training, the best epoch so far."""

    reportAsked = pyqtSignal()
    folderAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head, self.links = QLabel(), QLabel()
        self.model = ClassModel(self)
        self.table = table_view(self.model, translate("Swath", "Classes"))
        self.head.setTextFormat(Qt.TextFormat.RichText)
        self.links.setTextFormat(Qt.TextFormat.RichText)
        for label in (self.head, self.links):
            label.setWordWrap(True)
        self.links.linkActivated.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 4)
        layout.addWidget(self.head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.links)

    def show_run(self, reader: RunReader, report: Path) -> None:
        """Show the best epoch of a run."""
        best = reader.best if reader.epochs else {}
        classes = reader.start.get("classes", [])
        columns = run_texts.class_columns(best, len(classes)) if best else {}
        self.model.set_classes(classes if columns else [], columns)
        self.table.setVisible(bool(columns))
        if not best:
            self.head.setText(escape(translate("Swath", "The result stands here after the first epoch.")))
            self.links.setText("")
            return
        key, _ = run_texts.headline(reader)
        names = run_texts.measures([best], key)[:_MOST_MEASURES]
        cells = "".join(
            "<td style='padding-right:20px; white-space:nowrap'>"
            f"<span style='font-size:x-large'><b>{best[name]:.3f}</b></span><br>"
            f"{escape(run_texts.measure_name(name))}</td>"
            for name in names
        )
        epoch = translate("Swath", "At the best epoch, {epoch}:").format(epoch=best["epoch"])
        self.head.setText(f"{escape(epoch)}<table><tr>{cells}</tr></table>")
        offered = [("folder", translate("Swath", "Open the folder"))]
        if report.is_file():
            offered.insert(0, ("report", translate("Swath", "Open the report")))
        color = series_color(self.palette(), 0).name()
        links = (f"<a href='{name}' style='color:{color}'>{escape(text)}</a>" for name, text in offered)
        self.links.setText(" &nbsp; ".join(links))
        self.links.setToolTip(str(reader.folder.parent))

    def _follow(self, link: str) -> None:
        (self.reportAsked if link == "report" else self.folderAsked).emit()
