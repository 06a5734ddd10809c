"""What QGIS loads: the algorithms everywhere, and a menu in the desktop program."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QAction, QDialog

from ..i18n import translate
from ..processing_provider.icons import icon
from ..processing_provider.provider import SwathProvider

MENU = "Swath"


class SwathPlugin:
    """The plugin; ``iface`` is None where there is no desktop, as in qgis_process."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self.provider: SwathProvider | None = None
        self._actions: list[QAction] = []
        self._dialog: QDialog | None = None

    def initProcessing(self) -> None:
        """Register the algorithms; all that qgis_process calls."""
        if self.provider is None:
            self.provider = SwathProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        """Register the algorithms and add the menu Plugins > Swath."""
        self.initProcessing()
        if self._iface is None:
            return
        action = QAction(icon(), translate("Swath", "Set up the engine environment ..."), self._iface.mainWindow())
        action.setObjectName("swathSetUp")
        action.triggered.connect(self.show_setup)
        self._iface.addPluginToMenu(MENU, action)
        self._actions.append(action)

    def unload(self) -> None:
        """Take everything away again."""
        for action in self._actions:
            self._iface.removePluginMenu(MENU, action)
            action.deleteLater()
        self._actions.clear()
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
            self._dialog = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None

    def show_setup(self) -> None:
        """Open the dialog that creates, checks and repairs the engine environment."""
        from .setup_dialog import SetupDialog  # noqa: PLC0415 - most sessions never open it

        if self._dialog is None:
            self._dialog = SetupDialog(self._iface.mainWindow())
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
