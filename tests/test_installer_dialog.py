"""The set-up dialog, without a display and without downloads."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from qgis.PyQt.QtTest import QTest

from swath.engine.errors import CancelledError, InputError
from swath.engine.installer.stamp import Stamp
from swath.plugin.setup_dialog import SetupDialog
from swath.plugin.setup_task import SetupTask


@pytest.fixture
def dialog(engine_home: Path, qgis_app: Any) -> SetupDialog:
    dialog = SetupDialog()
    dialog.show()
    return dialog


def wait(dialog: SetupDialog) -> None:
    """Let the event loop run until the task has ended."""
    for _ in range(500):
        if not dialog.cancel.isEnabled():
            return
        QTest.qWait(20)
    pytest.fail("the task did not end")


def test_dialog_without_environment_offers_only_to_install(dialog: SetupDialog) -> None:
    assert "Not set up yet" in dialog.state.text()
    assert dialog.install.isEnabled()
    assert not dialog.repair.isEnabled()
    assert not dialog.remove.isEnabled()
    assert "GB" in dialog.room.text()


def test_dialog_with_environment_shows_it(engine_home: Path, qgis_app: Any) -> None:
    engine_home.mkdir()
    Stamp("linux", "apply", "cpu", "other digest", "3.11.2").write(engine_home)
    dialog = SetupDialog()
    assert "Out of date" in dialog.state.text()
    assert dialog.repair.isEnabled()
    assert dialog.tier.currentData() == "apply"


def test_dialog_with_chosen_python_says_so(engine_home: Path, qgis_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", "/my/python")
    dialog = SetupDialog()
    assert "/my/python" in dialog.state.text()
    assert not dialog.remove.isEnabled()


def test_choosing_the_small_tier_changes_the_size(dialog: SetupDialog) -> None:
    before = dialog.room.text()
    dialog.tier.setCurrentIndex(dialog.tier.findData("apply"))
    assert dialog.room.text() != before
    assert dialog.choice().tier == "apply"


def test_work_that_raises_is_shown_and_does_not_harm_qgis(dialog: SetupDialog) -> None:
    def work(reporter: Any) -> None:
        raise InputError(detail="the moon is too far")

    dialog.start("x", work)
    assert dialog.cancel.isEnabled()
    assert not dialog.install.isEnabled()
    wait(dialog)
    assert "the moon is too far" in dialog.log.toPlainText()
    assert dialog.install.isEnabled()


def test_cancel_reaches_the_work_and_closing_waits_for_it(dialog: SetupDialog) -> None:
    began = Event()

    def work(reporter: Any) -> None:
        began.set()
        for _ in range(500):
            if reporter.cancelled():
                raise CancelledError(what="it")
            QTest.qSleep(10)

    dialog.start("x", work)
    assert began.wait(10)
    dialog.close()
    assert dialog.isVisible()
    dialog.cancel.click()
    wait(dialog)
    assert "Cancelled" in dialog.step.text()
    dialog.close()
    assert not dialog.isVisible()


def test_task_cancelled_before_it_began_ends_as_cancelled(qgis_app: Any) -> None:
    ended: list[Any] = []
    task = SetupTask("x", lambda reporter: None)
    task.ended.connect(lambda result, error: ended.append(error))
    task.finished(False)
    assert isinstance(ended[0], CancelledError)


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()])
def test_task_lets_no_exception_out(qgis_app: Any, error: BaseException) -> None:
    def work(reporter: Any) -> None:
        raise error

    assert SetupTask("x", work).run() is False


def test_copy_diagnosis_puts_the_text_into_the_clipboard(dialog: SetupDialog, qgis_app: Any) -> None:
    dialog.copy.click()
    wait(dialog)
    assert "there is no engine environment" in qgis_app.clipboard().text()
