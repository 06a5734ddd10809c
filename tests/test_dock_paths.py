"""Paths as people type them, and as the system refuses them: a sentence in the form, never a slip."""

from __future__ import annotations

import sys

import pytest
from dock_train_cases import make_chips
from form_cases import wait_for
from qgis.PyQt.QtTest import QTest

LONG = "x" * 300
TYPED = ("/", "~nobody-is-called-so/a", "/dev/null/a", f"/tmp/{LONG}", "/proc/1/root/a")


@pytest.fixture
def slips(monkeypatch):
    """Return what went wrong in slots."""
    found = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append(f"{kind.__name__}: {error}"))
    return found


@pytest.fixture
def tab(train_context):
    """Return a function that makes a tab of the dock."""
    from swath.plugin.dock import _make

    made = []

    def make(name):
        made.append(_make(name, train_context))
        return made[-1].tab

    yield make
    for item in made:
        item.deleteLater()


def line_of(widget):
    from qgis.PyQt.QtWidgets import QLineEdit

    return widget.findChildren(QLineEdit)[0]


@pytest.mark.parametrize("path", TYPED)
@pytest.mark.parametrize("name", ["export", "train", "apply"])
def test_an_output_that_cannot_be_is_said_while_it_is_typed(tab, slips, name, path):
    shown = tab(name)
    form = shown.setup.form if name == "train" else shown.form
    line = line_of(form.widget("OUTPUT"))
    line.clear()
    QTest.keyClicks(line, path[:60])
    line.setText(path)
    (shown.setup.look_at_output if name == "train" else shown.refresh)()
    assert form.check()
    assert slips == []
    if LONG in path:
        notice = {"export": "folder_notice", "apply": "output_notice"}.get(name)
        said = shown.setup.output_notice if name == "train" else getattr(shown, notice)
        assert "cannot be used" in said.text()


@pytest.mark.parametrize("path", TYPED)
def test_chips_models_and_runs_that_cannot_be_are_said(tab, slips, path):
    train = tab("train")
    folders = train.setup.chips
    folders.set_paths([path])
    read = []
    folders.read.connect(lambda: read.append(1))
    wait_for(lambda: read)
    train.setup.form.set_value("PRETRAINED_MODEL", path)
    assert train.setup.form.check()
    train.runs.ask_folder = lambda: path
    told = []
    train.runs.told.connect(told.append)
    train.runs.open()
    assert told
    assert slips == []


def test_a_long_name_of_chips_has_no_model_folder_proposed(tab, slips, tmp_path):
    train = tab("train")
    train.setup.chips.set_paths([str(make_chips(tmp_path / ("c" * 250)))])
    wait_for(lambda: train.setup.chips.folders and train.setup.chips.folders[0].format)
    assert train.setup.form.output("OUTPUT") == ""
    assert slips == []
