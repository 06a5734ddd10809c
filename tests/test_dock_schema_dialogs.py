"""The dialogs of the classes: one class, and where classes come from."""

import gc
import json
import time

import dock_cases
import pytest
from layer_cases import make_layer, square
from qgis.core import QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFileDialog, QInputDialog, QMessageBox

from swath.plugin.labeling import schema_dialogs
from swath.plugin.labeling.class_dialog import ClassDialog
from swath.plugin.labeling.schema import ClassEntry, Schema
from swath.plugin.labeling.schema_dialogs import SchemaDialogs
from swath.plugin.labeling.set_up_dialog import SetUpDialog

ROOF, ROAD = ClassEntry("Roof", 1, "#e69f00", "flat"), ClassEntry("Road", 2, "#56b4e9")
SCHEMA = Schema("", "", (ROOF, ROAD))
OK = QDialogButtonBox.StandardButton.Ok


def settle(dialog) -> None:
    """Wait until the dialog has read what is chosen."""
    end = time.monotonic() + 20
    while dialog._later.isActive() or dialog._reader.is_busy:
        assert time.monotonic() < end, "still reading"
        QCoreApplication.processEvents()
        time.sleep(0.005)


def names(dialog) -> list[str]:
    return [entry.name for entry in dialog.schema.classes()] if dialog.schema else []


@pytest.fixture
def set_up(qgis_new_project):
    """Return what makes the dialog; each one goes with its test, for it listens to the project."""
    made = []

    def make(**options):
        made.append(SetUpDialog(QgsProject.instance(), **options))
        return made[-1]

    yield make
    for dialog in made:
        sip.delete(dialog)


@pytest.fixture
def labels(qgis_new_project):
    rows = [(square(0, 0), "Water", 11), (square(9, 0), "Wood", 41), (square(9, 0), "", 0)]
    return make_layer(["Classname:string", "Classvalue:integer"], rows)


def test_a_class_is_edited_by_keys_alone(qgis_app):
    dialog = ClassDialog(ROOF, SCHEMA)
    dialog.show()
    QTest.keyClicks(dialog.name, "House")
    QTest.keyClick(dialog.name, Qt.Key.Key_Tab)
    dialog.value.setValue(7)
    dialog.color.setColor(QColor(1, 2, 3))
    dialog.description.setText(" steep ")
    assert dialog.entry() == ClassEntry("House", 7, "#010203", "steep")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.result() == dialog.DialogCode.Accepted


@pytest.mark.parametrize(
    ("name", "value", "says"), [("road", 1, "'Road'"), ("Roof", 2, "'Road'"), ("Roof", 0, "0"), (" ", 1, "name")]
)
def test_a_class_that_does_not_fit_cannot_be_taken_and_the_reason_is_shown(qgis_app, name, value, says):
    dialog = ClassDialog(ROOF, SCHEMA)
    assert dialog.buttons.button(OK).isEnabled()
    dialog.name.setText(name)
    dialog.value.setValue(value)
    assert not dialog.buttons.button(OK).isEnabled()
    assert says in dialog.problem.text()


def test_the_classes_of_a_layer_are_shown_before_they_are_taken(set_up, labels):
    dialog = set_up(replaces=False)
    dialog.layer.setLayer(labels)
    settle(dialog)
    assert dialog.field.currentText() == "Classname"
    assert names(dialog) == ["Water", "Wood"]
    assert dialog.model.index(0, 1).data() == "11"
    assert "2 classes" in dialog.notes.text()
    assert not dialog.replaces
    dialog.take.setChecked(True)
    assert dialog.replaces
    dialog.field.setCurrentText("Classvalue")
    settle(dialog)
    assert "0 means unlabeled" in dialog.notes.text()
    assert dialog.buttons.button(OK).isEnabled()


def test_a_layer_without_classes_says_why_and_cannot_be_taken(set_up, labels, tmp_path):
    image = dock_cases.make_image(tmp_path)
    dialog = set_up()
    dialog.layer.setLayer(image)
    settle(dialog)
    assert "3 bands" in dialog.notes.text()
    assert dialog.field.isHidden()
    assert not dialog.buttons.button(OK).isEnabled()
    dialog.layer.setLayer(labels)
    settle(dialog)
    assert dialog.buttons.button(OK).isEnabled()


def test_a_typed_path_is_read_and_a_broken_one_told(set_up, tmp_path):
    path = tmp_path / "model.emd"
    path.write_text(json.dumps({"Classes": [{"Value": 3, "Name": "Palm"}]}))
    dialog = set_up()
    assert dialog.of_file.isChecked()  # there is no layer
    assert not dialog.buttons.button(OK).isEnabled()
    dialog.path.setText(f'"{path}"')
    settle(dialog)
    assert names(dialog) == ["Palm"]
    dialog.path.setText(str(tmp_path / "absent.onnx"))
    assert dialog._later.isActive()
    settle(dialog)
    assert "absent.onnx" in dialog.notes.text()
    assert names(dialog) == []


def test_browsing_fills_the_path(set_up, tmp_path, monkeypatch):
    path = tmp_path / "esri_model_definition.emd"
    path.write_text(json.dumps({"Classes": [{"Value": 3, "Name": "Palm"}]}))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: str(tmp_path))
    dialog = set_up()
    for button in (dialog.browse_file, dialog.browse_folder):
        dialog.path.clear()
        button.click()
        settle(dialog)
        assert names(dialog) == ["Palm"]


def test_closing_while_reading_is_safe(set_up, labels):
    dialog = set_up()
    dialog.layer.setLayer(labels)
    dialog.reject()
    assert not dialog._reader.is_busy
    QTest.qWait(50)
    assert names(dialog) == []


def test_a_dialog_that_goes_while_reading_harms_nobody(labels):
    for _ in range(5):
        dialog = SetUpDialog(QgsProject.instance())
        assert dialog._reader.is_busy
        dialog.deleteLater()
        del dialog
        QCoreApplication.sendPostedEvents(None, 52)  # what waits for deleteLater()
        gc.collect()
    QTest.qWait(100)  # an exception in a slot would end the process


def test_questions_are_asked_by_windows(qgis_app, monkeypatch):
    dialogs = SchemaDialogs(None)
    no, yes = QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes
    for said in (no, yes):
        monkeypatch.setattr(QMessageBox, "question", lambda *_arguments, said=said: said)
        assert dialogs.question("?") is (said == yes)
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_arguments: ("b", True))
    assert dialogs.choose("", "", ["a", "b"]) == 1
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_arguments: ("b", False))
    assert dialogs.choose("", "", ["a", "b"]) is None
    for picked, expected in ((QColor(1, 2, 3), "#010203"), (QColor(), None)):
        monkeypatch.setattr(schema_dialogs.QgsColorDialog, "getColor", lambda *_arguments, picked=picked: picked)
        assert dialogs.pick_color("#000000", "") == expected


def test_a_dialog_that_is_accepted_gives_what_it_holds(qgis_app, labels, monkeypatch):
    dialogs = SchemaDialogs(None)
    monkeypatch.setattr(ClassDialog, "exec", lambda dialog: dialog.DialogCode.Accepted)
    assert dialogs.edit_class(ROOF, SCHEMA) == ROOF

    def accept(dialog):
        settle(dialog)
        return dialog.DialogCode.Accepted

    monkeypatch.setattr(SetUpDialog, "exec", accept)
    taken, replaces = dialogs.set_up(QgsProject.instance(), replaces=True)
    assert [entry.name for entry in taken.classes()] == ["Water", "Wood"]
    assert replaces
    monkeypatch.setattr(ClassDialog, "exec", lambda dialog: dialog.DialogCode.Rejected)
    assert dialogs.edit_class(ROOF, SCHEMA) is None


def test_the_folder_of_schema_files_is_remembered(qgis_app, monkeypatch, tmp_path):
    asked = []

    def answer(_parent, _title, place, _kinds):
        asked.append(place)
        return str(tmp_path / "a.json"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    dialogs = SchemaDialogs(None)
    assert dialogs.open_file() == str(tmp_path / "a.json")
    dialogs.save_file("land")
    assert asked[1] == f"{tmp_path.as_posix()}/land.json"
