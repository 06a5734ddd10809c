"""The panel of the classes, driven by mouse and keys; each change is one step that can be undone."""

import dock_cases
import pytest
import schema_cases
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from schema_cases import KEYS, draw

from swath.plugin.labeling.schema import ClassEntry, Schema
from swath.plugin.labeling.schema_model import COUNT, KEY, NAME, VALUE

canvas, hand, empty = schema_cases.canvas, schema_cases.hand, schema_cases.empty


# --- what is shown -------------------------------------------------------------------------------


def test_the_tree_shows_name_value_samples_and_key(hand):
    draw(hand.store, 1, 1, 10)
    QTest.qWait(100)
    assert [hand.text(1, column) for column in (NAME, VALUE, COUNT, KEY)] == ["Roof", "1", "2", "1"]
    assert [hand.text(10, column) for column in (NAME, VALUE, COUNT, KEY)] == ["Tree", "10", "1", "4"]
    assert [hand.text(("Built",), column) for column in (NAME, VALUE, COUNT, KEY)] == ["Built", "", "2", ""]
    hand.store.undo_stack.undo()
    QTest.qWait(100)
    assert hand.text(10, COUNT) == "0"


def test_texts_of_files_are_shown_as_they_are(empty):
    empty.store.set_schema(Schema(children=(ClassEntry("<b>a</b>", 1, "#000000"),)))
    index = empty.model.index_of(1)
    assert index.data() == "<b>a</b>"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "<qt>&lt;b&gt;a&lt;/b&gt;</qt>"


def test_only_the_first_nine_classes_have_a_key(empty):
    classes = tuple(ClassEntry(f"c{value}", value, f"#0000{value:02x}") for value in range(1, 12))
    empty.store.set_schema(Schema(children=classes))
    assert [empty.text(value, KEY) for value in (1, 9, 10)] == ["1", "9", ""]


def test_without_samples_or_classes_the_panel_says_what_to_do_first(empty):
    assert empty.panel.pages.currentIndex() == 0
    assert "no classes" in empty.panel.hint.text()
    assert empty.panel.first.isVisible()
    empty.context.set_store(None)
    assert "samples" in empty.panel.hint.text()
    assert not empty.panel.first.isVisible()
    assert not empty.panel.add_class.isEnabled()


def test_the_panel_follows_other_samples(hand, tmp_path):
    other = dock_cases.make_store(tmp_path, "other.gpkg")
    hand.context.set_store(other)
    assert hand.text(2) == "roof"
    other.set_schema(other.schema.remove(2))
    assert not hand.model.index_of(2).isValid()


# --- the current class ---------------------------------------------------------------------------


def test_a_chosen_row_is_the_class_of_new_samples_and_the_other_way_round(hand):
    hand.click(10)
    assert hand.store.current_class == 10
    hand.store.current_class = 5
    assert hand.view.selected_refs() == [5]
    assert hand.model.index_of(5).data(Qt.ItemDataRole.FontRole).bold()
    assert hand.model.index_of(10).data(Qt.ItemDataRole.FontRole) is None
    hand.click(("Built",))
    assert hand.store.current_class == 5


def test_keys_go_through_the_tree_and_numbers_choose(hand):
    hand.click(5)
    hand.key(KEYS.Key_Down)
    assert hand.store.current_class == 10
    hand.key(KEYS.Key_2)
    assert hand.store.current_class == 2
    hand.key(KEYS.Key_9)
    assert hand.store.current_class == 2


# --- single classes ------------------------------------------------------------------------------


def test_the_first_class_is_added_by_the_button_and_named_at_once(empty):
    QTest.mouseClick(empty.panel.first, Qt.MouseButton.LeftButton)
    empty.settle()
    empty.type("Pool")
    assert [(entry.value, entry.name) for entry in empty.store.schema.classes()] == [(1, "Pool")]
    assert empty.store.current_class == 1
    empty.store.undo_stack.undo()
    assert empty.names == ["Class 1"]
    empty.store.undo_stack.undo()
    assert empty.names == []
    assert empty.panel.pages.currentIndex() == 0


def test_insert_adds_behind_the_chosen_class_and_into_the_chosen_group(hand):
    hand.click(1)
    hand.key(KEYS.Key_Insert)
    hand.type("Pipe")
    assert hand.names == ["Roof", "Pipe", "Road", "Water", "Tree"]
    assert hand.store.schema.find_name("Pipe").value == 11
    hand.click(("Built",))
    hand.key(KEYS.Key_Insert)
    hand.type("Wall", KEYS.Key_Escape)
    assert hand.store.schema.group_of(12) == ("Built",)
    assert hand.text(12) == "Class 12"


def test_f2_renames_in_the_tree_and_undo_brings_the_name_back(hand):
    hand.click(5)
    hand.key(KEYS.Key_F2)
    hand.type("  Lake ")
    assert hand.names == ["Roof", "Road", "Lake", "Tree"]
    assert hand.view.selected_refs() == [5]
    hand.store.undo_stack.undo()
    assert hand.names == ["Roof", "Road", "Water", "Tree"]
    assert hand.store.undo_stack.redoText() == "Rename to Lake"


def test_a_taken_name_is_refused_with_a_sentence(hand):
    hand.click(5)
    hand.key(KEYS.Key_F2)
    hand.type("tree")
    assert hand.text(5) == "Water"
    assert "'Tree'" in hand.told[0]
    assert hand.store.undo_stack.count() == 0


def test_a_double_click_on_the_swatch_recolors(hand):
    hand.answers.color = "#123456"
    left = hand.view.visualRect(hand.model.index_of(5)).left()
    hand.double_click(QPoint(left + 6, hand.spot(5).y()))
    assert hand.answers.asked == ["#0072b2"]
    assert hand.store.schema.find(5).color == "#123456"
    hand.store.undo_stack.undo()
    assert hand.store.schema.find(5).color == "#0072b2"


def test_a_double_click_on_the_name_renames(hand):
    hand.double_click(hand.spot(("Built",)))
    hand.type("City")
    assert hand.store.schema.groups() == [("City",)]
    assert hand.names == ["Roof", "Road", "Water", "Tree"]


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_another_value_changes_the_samples_too(hand, by):
    fids = draw(hand.store, 5, 5, 1)
    hand.answers.entry = ClassEntry("Lake", 7, "#0072b2", "Still water")
    hand.click(5)
    hand.key(KEYS.Key_Return) if by == "key" else hand.double_click(hand.spot(5, VALUE))
    assert [hand.store.samples[fid].value for fid in fids] == [7, 7, 1]
    assert hand.store.current_class == 7
    assert hand.view.selected_refs() == [7]
    assert dock_cases.rows(hand.store.path)[fids[0]]["Classname"] == "Lake"
    hand.store.undo_stack.undo()
    assert [hand.store.samples[fid].value for fid in fids] == [5, 5, 1]
    assert hand.text(5) == "Water"
