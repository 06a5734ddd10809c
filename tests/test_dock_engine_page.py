"""What a tab shows while there is no engine environment."""

from __future__ import annotations

import sys

import pytest
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


@pytest.fixture
def engine_tab(form_context, engine_home, qgis_app):
    """Return a tab without an engine environment."""
    from qgis.PyQt.QtWidgets import QLabel

    from swath.plugin.forms.engine_page import guarded

    class Tab(QLabel):
        def title(self):
            return "Fly"

        def state(self):
            return {"text": self.text()}

        def restore(self, state):
            self.setText(state["text"])

    shown = guarded(Tab("to the moon"), form_context)
    shown.resize(400, 620)
    shown.show()
    yield shown
    shown.deleteLater()


def test_without_the_engine_a_tab_says_what_is_missing_and_offers_it(engine_tab, form_context):
    asked = []
    form_context.setupAsked.connect(lambda: asked.append(1))
    assert engine_tab.currentWidget() is engine_tab.page
    assert engine_tab.page.missing.toolTip() == form_context.needs_engine() != ""
    QTest.mouseClick(engine_tab.page.button, Qt.MouseButton.LeftButton)
    assert asked == [1]


def test_the_tab_comes_as_soon_as_the_engine_is_there(engine_tab, monkeypatch):
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    wait_for(lambda: engine_tab.currentWidget() is engine_tab.tab, 5)
    monkeypatch.delenv("SWATH_ENGINE_PYTHON")
    engine_tab.hide()
    engine_tab.show()
    assert engine_tab.currentWidget() is engine_tab.page


def test_a_guarded_tab_has_the_face_of_the_tab(engine_tab):
    assert engine_tab.title() == "Fly"
    engine_tab.restore({"text": "and back"})
    assert engine_tab.state() == {"text": "and back"}
