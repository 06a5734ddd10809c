"""The classes to label: the tree, its buttons, and what to do where there is none yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QPoint, QSize, Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QAction,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...i18n import translate
from ..context import DockContext
from .flow_layout import FlowLayout
from .schema_changes import Ref
from .schema_dialogs import SchemaDialogs
from .schema_edits import SchemaEdits
from .schema_model import SchemaModel
from .schema_view import SchemaView

if TYPE_CHECKING:
    from .store import SampleStore

_COUNT_MS = 60
_ICON_PX = 16


class SchemaPanel(QWidget):
    """Shows and edits the schema of the context's samples; ``dialogs`` asks the questions."""

    def __init__(
        self, context: DockContext, dialogs: SchemaDialogs | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._store: SampleStore | None = None
        self.edits = SchemaEdits(context, dialogs or SchemaDialogs(self), self)
        self.model = SchemaModel(self)
        self.view = SchemaView(self.model)
        self.pages, self.hint, self.start = QStackedWidget(), QLabel(), QWidget()
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(_COUNT_MS)
        self._counting.timeout.connect(self._count)
        self._make_actions()
        self._lay_out()
        self._connect()
        self._take_store()

    # --- what is shown -----------------------------------------------------------------------

    def _take_store(self) -> None:
        """Follow the samples that the context has now."""
        if self._store is not None:
            self._store.schemaChanged.disconnect(self._show)
            self._store.samplesChanged.disconnect(self._samples_changed)
            self._store.currentClassChanged.disconnect(self._show_current)
        self._store = self._context.store
        if self._store is not None:
            self._store.schemaChanged.connect(self._show)
            self._store.samplesChanged.connect(self._samples_changed)
            self._store.currentClassChanged.connect(self._show_current)
        self._show()

    def _show(self) -> None:
        """Show the schema as it is now."""
        schema = self.edits.schema
        self._count()
        self.view.show_schema(lambda: self.model.show(schema))
        self.pages.setCurrentIndex(1 if schema.children else 0)
        self.hint.setText(_first_step(self._store is not None))
        self.start.setVisible(self._store is not None)
        self._show_current(self._store.current_class if self._store else None)
        self._refresh()

    def _show_current(self, value: int | None) -> None:
        """Mark the class that new samples get, and go to it unless a group or several rows are chosen."""
        self.model.show_current(value)
        refs = self.view.selected_refs()
        if value is not None and value not in refs and not any(isinstance(ref, tuple) for ref in refs):
            self.view.choose(value)

    def _samples_changed(self, _changes: object) -> None:
        if not self._counting.isActive():
            self._counting.start()

    def _count(self) -> None:
        self.model.show_counts(self.edits.counts())

    def _go(self, ref: Ref) -> None:
        if isinstance(ref, int) and self._store is not None:
            self._store.current_class = ref

    def _refresh(self) -> None:
        """Enable what makes sense for what is chosen."""
        refs, ready = self.view.selected_refs(), self._store is not None
        for action in (self.add_class, self.add_group, self.set_up, self.load):
            action.setEnabled(ready)
        self.edit.setEnabled(self.view.current_ref() is not None)
        self.merge.setEnabled(sum(isinstance(ref, int) for ref in refs) > 1)
        self.remove.setEnabled(bool(refs))
        self.save.setEnabled(bool(self.edits.schema.children))

    # --- what is done ------------------------------------------------------------------------

    def _edit(self) -> None:
        ref = self.view.current_ref()
        if isinstance(ref, tuple):
            self.view.rename(ref)
        elif ref is not None:
            self.edits.edit(ref)

    def _recolor(self) -> None:
        ref = self.view.current_ref()
        if isinstance(ref, int):
            self.edits.recolor(ref)

    def _remove(self) -> None:
        refs = self.view.selected_refs()
        below = self.view.indexBelow(self.model.index_of(refs[-1])) if refs else self.view.currentIndex()
        above = self.view.indexAbove(self.model.index_of(refs[0])) if refs else self.view.currentIndex()
        near = [self.model.ref(below), self.model.ref(above)]
        self.edits.remove(refs)
        if refs and not self.model.index_of(refs[0]).isValid():
            self.view.choose(next((ref for ref in near if self.model.index_of(ref).isValid()), None))

    def _choose_number(self, number: int) -> None:
        classes = self.edits.schema.classes()
        if number <= len(classes):
            self.view.choose(classes[number - 1].value)

    def _pressed(self, name: str) -> None:
        action = {"add": self.add_class, "remove": self.remove, "edit": self.edit}[name]
        action.trigger()

    def menu(self) -> QMenu:
        """Return the menu of what can be done with the chosen rows."""
        menu = QMenu(self)
        menu.addActions([self.rename, self.edit, self.recolor])
        groups = menu.addMenu(translate("Swath", "Move to group"))
        self._fill_groups(groups)
        menu.addSeparator()
        menu.addActions([self.add_class, self.add_group, self.merge, self.remove])
        menu.addSeparator()
        menu.addActions([self.set_up, self.load, self.save])
        ref = self.view.current_ref()
        self.rename.setEnabled(ref is not None)
        self.recolor.setEnabled(isinstance(ref, int))
        groups.setEnabled(bool(self.view.selected_refs() and groups.actions()))
        return menu

    def _fill_groups(self, menu: QMenu) -> None:
        refs = self.view.selected_refs()
        paths = [path for path in self.edits.schema.groups() if path not in refs]
        if paths:
            menu.addAction(translate("Swath", "No group"), lambda: self.edits.move(refs, ()))
        for path in paths:
            menu.addAction(" / ".join(path).replace("&", "&&"), lambda path=path: self.edits.move(refs, path))

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(place))

    # --- parts -------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        edits, view = self.edits, self.view
        self.add_class = self._action(
            "symbologyAdd", translate("Swath", "Add class"), "Insert", lambda: edits.add_class(view.current_ref())
        )
        self.add_group = self._action(
            "mActionNewFolder", translate("Swath", "Add group"), "", lambda: edits.add_group(view.current_ref())
        )
        self.edit = self._action("mActionToggleEditing", translate("Swath", "Edit..."), "Enter", self._edit)
        self.merge = self._action(
            "mActionMergeFeatures",
            translate("Swath", "Merge classes..."),
            "",
            lambda: edits.merge(view.selected_refs()),
        )
        self.remove = self._action("symbologyRemove", translate("Swath", "Remove"), "Del", self._remove)
        self.set_up = self._action("", translate("Swath", "Set up from..."), "", edits.set_up)
        self.load = self._action("mActionFileOpen", translate("Swath", "Load schema..."), "", edits.load)
        self.save = self._action("mActionFileSave", translate("Swath", "Save schema..."), "", edits.save)
        self.rename = self._action(
            "", translate("Swath", "Rename"), "F2", lambda: view.edit(self.model.index_of(view.current_ref()))
        )
        self.recolor = self._action("mIconColorBox", translate("Swath", "Colour..."), "", self._recolor)
        self.set_up.setIconText(self.set_up.text())  # buttons leave out the dots else
        self.set_up.setToolTip(
            translate("Swath", "Take the classes of a layer, a raster, a model, other samples or training chips")
        )

    def _action(self, icon: str, text: str, key: str, do: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        if icon:
            action.setIcon(QgsApplication.getThemeIcon(f"/{icon}.svg"))
        plain = text.rstrip(".")
        action.setToolTip(f"{plain} ({key})" if key else plain)
        action.triggered.connect(lambda _checked=False: do())
        return action

    def _lay_out(self) -> None:
        bar = QWidget()
        row = FlowLayout(bar)
        buttons = (self.add_class, self.add_group, self.edit, self.merge, self.remove, self.load, self.save)
        for action in (*buttons, self.set_up):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.pages.addWidget(self._start_page())
        self.pages.addWidget(self.view)
        self.view.setAccessibleName(translate("Swath", "Classes"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(bar)
        layout.addWidget(self.pages, 1)

    def _start_page(self) -> QWidget:
        """Return what is shown while there is no class."""
        page = QFrame()
        page.setFrameShape(QFrame.Shape.StyledPanel)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner = QHBoxLayout(self.start)  # side by side: a dock on a small screen has few rows here
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addStretch(1)
        self.first, self.first_set_up = QPushButton(self.add_class.text()), QPushButton(self.set_up.text())
        for button, action in ((self.first, self.add_class), (self.first_set_up, self.set_up)):
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            inner.addWidget(button)
        inner.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.addStretch(1)
        layout.addWidget(self.hint)
        layout.addWidget(self.start)
        layout.addStretch(1)
        return page

    def _connect(self) -> None:
        self._context.storeChanged.connect(self._take_store)
        self.model.renameAsked.connect(self.edits.rename, Qt.ConnectionType.QueuedConnection)
        self.model.moveAsked.connect(self.edits.move, Qt.ConnectionType.QueuedConnection)
        self.edits.made.connect(self.view.rename)
        self.view.chosen.connect(self._go)
        self.view.keyPressed.connect(self._pressed)
        self.view.numberPressed.connect(self._choose_number)
        self.view.stepAsked.connect(lambda way: self.edits.step(self.view.current_ref(), way))
        self.view.colorAsked.connect(self.edits.recolor)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(lambda *_rows: self._refresh())


def _first_step(has_samples: bool) -> str:
    if not has_samples:
        return translate("Swath", "Classes belong to samples: open samples, or create new ones, first.")
    return translate(
        "Swath",
        "There are no classes yet: add one for each kind of object, or take those of a layer, a raster or a model.",
    )
