"""TensorBoard in the engine environment, as a child process that ends with QGIS."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

from qgis.PyQt.QtCore import QObject, QProcess, QProcessEnvironment, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices

from ...engine.errors import SwathError
from ...engine.installer import engine_python
from ...engine.installer.machine import clean_environment
from ...i18n import translate
from ...processing_provider.sentences import sentence

_HOST = "127.0.0.1"
# Whatever ends QGIS, the pipe to it closes, and TensorBoard goes.
_START = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
import tensorboard.main
sys.argv[0] = "tensorboard"
tensorboard.main.run_main()
"""


class TensorBoard(QObject):
    """Shows one log folder at a time in the browser.

    Args:
        open_url: opens an address; for tests.
    """

    told = pyqtSignal(str)  # a sentence where it does not work, "" where it does

    def __init__(self, parent: QObject | None = None, open_url: Callable[[str], object] | None = None) -> None:
        super().__init__(parent)
        self.open_url = open_url or (lambda address: QDesktopServices.openUrl(QUrl(address)))
        self.folder = Path()
        self.address = ""
        self._process: QProcess | None = None
        self._said = ""
        self._port = 0
        self._shown = False

    @property
    def running(self) -> bool:
        """Tell whether it is there or coming."""
        return self._process is not None

    def show(self, folder: Path) -> None:
        """Open the log in a folder; where it runs already, only the browser opens."""
        if self.running and folder == self.folder:
            if self.address:
                self.open_url(self.address)
            return
        self.stop()
        self._port, self._shown = free_port(), False
        self._start(folder)

    def move(self, folder: Path) -> None:
        """Go on with a folder that has got another name, at the same address."""
        if self._port and folder != self.folder:
            self.stop()
            self._start(folder)

    def stop(self) -> None:
        """End it at once."""
        process, self._process, self.address = self._process, None, ""
        if process is not None:
            process.readyReadStandardError.disconnect()
            process.finished.disconnect()
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _start(self, folder: Path) -> None:
        try:
            python = engine_python()
        except SwathError as error:
            self.told.emit(sentence(error))
            return
        self.folder, self._said = folder, ""
        process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in clean_environment().items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.readyReadStandardError.connect(self._read)
        process.finished.connect(self._ended)
        self._process = process
        options = ["--logdir", str(folder), "--host", _HOST, "--port", str(self._port), "--reload_interval", "5"]
        process.start(str(python), ["-c", _START, *options])

    def _read(self) -> None:
        if self._process is None:
            return
        self._said += bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        if not self.address and (found := re.search(rf"http://{re.escape(_HOST)}:\d+/", self._said)):
            self.address = found[0]
            self.told.emit("")
            if not self._shown:
                self._shown = True
                self.open_url(self.address)

    def _ended(self, *_: object) -> None:
        self._read()
        self._process = None
        self.address = ""
        if "No module named" in self._said:
            text = translate(
                "Swath",
                "TensorBoard is not in the engine environment: install it for training "
                "(Plugins > Swath > Set up the engine environment).",
            )
        else:
            last = next((line.strip() for line in reversed(self._said.splitlines()) if line.strip()), "?")
            text = translate("Swath", "TensorBoard did not start: {reason}").format(reason=last)
        self.told.emit(text)


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])
