"""What QGIS loads: the algorithms everywhere, and a menu in the desktop program."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAction, QDialog

from ..i18n import translate
from ..processing_provider.icons import icon
from ..processing_provider.provider import SwathProvider
from ..processing_provider.shipped_models import FOLDER
from .free_path import free_path

if TYPE_CHECKING:
    from .dock import SwathDock

MENU = "Swath"


class SwathPlugin:
    """The plugin; ``iface`` is None where there is no desktop, as in qgis_process."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self.provider: SwathProvider | None = None
        self._actions: list[QAction] = []
        self._dialog: QDialog | None = None
        self.dock: SwathDock | None = None

    def initProcessing(self) -> None:
        """Register the algorithms; all that qgis_process calls."""
        if self.provider is None:
            self.provider = SwathProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Register the algorithms; add the menu Plugins > Swath, its button in the toolbar, and the dock."""
        self.initProcessing()
        if self._iface is None:
            return
        self._add_dock()
        self._add_action("swathSetUp", translate("Swath", "Set up the engine environment ..."), self.show_setup)
        self._add_action(
            "swathCopyModels", translate("Swath", "Copy the graphical models to my models"), self.copy_models
        )

    def _add_action(self, name: str, text: str, slot: Callable[..., None]) -> None:
        action = QAction(icon(), text, self._iface.mainWindow())
        action.setObjectName(name)
        action.triggered.connect(slot)
        self._iface.addPluginToMenu(MENU, action)
        self._actions.append(action)

    def _add_dock(self) -> None:
        """Add the dock, hidden until it is asked for; QGIS remembers where it was and whether it was shown."""
        from .dock import SwathDock  # noqa: PLC0415 - qgis_process has no windows

        self.dock = SwathDock(self._iface.mapCanvas(), bar=self._iface.messageBar(), parent=self._iface.mainWindow())
        self.dock.context.setupAsked.connect(self.show_setup)
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        action = QAction(icon(), translate("Swath", "Swath: label, train, apply"), self._iface.mainWindow())
        action.setObjectName("swathDock")
        action.setCheckable(True)
        self.dock.setToggleVisibilityAction(action)
        self._iface.addPluginToMenu(MENU, action)
        self._iface.addToolBarIcon(action)
        self._actions.append(action)

    def unload(self) -> None:
        """Take everything away again."""
        if self.dock is not None:
            self._iface.removeDockWidget(self.dock)
            self.dock.shut()
            self.dock = None
        for action in self._actions:
            self._iface.removePluginMenu(MENU, action)
            self._iface.removeToolBarIcon(action)
            action.deleteLater()
        self._actions.clear()
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None

    def copy_models(self) -> None:
        """Copy the graphical models that go the whole way to the user's own models, to be changed there."""
        from processing.modeler.ModelerUtils import ModelerUtils  # noqa: PLC0415 - of the desktop program

        folder = Path(ModelerUtils.modelsFolders()[0])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for source in sorted(FOLDER.glob("*.model3")):
                shutil.copyfile(source, free_path(folder / source.name))
        except OSError as error:
            text = translate("Swath", "The models could not be copied to {path}: {reason}.")
            self._iface.messageBar().pushWarning("Swath", text.format(path=folder, reason=error.strerror))
            return
        models = QgsApplication.processingRegistry().providerById("model")
        if models is not None:
            models.refreshAlgorithms()
        text = translate("Swath", "The models are in {path}: edit them from the toolbox, under Models.")
        self._iface.messageBar().pushSuccess("Swath", text.format(path=folder))

    def show_setup(self) -> None:
        """Open the dialog that creates, checks and repairs the engine environment."""
        from .setup_dialog import SetupDialog  # noqa: PLC0415 - most sessions never open it

        if self._dialog is None:
            self._dialog = SetupDialog(self._iface.mainWindow())
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
