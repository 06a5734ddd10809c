"""Several classes at once, groups, files and sources, in the panel of the classes."""

import dock_cases
import schema_cases
from qgis.PyQt.QtCore import Qt
from schema_cases import ALT, KEYS, LAND, draw

from swath.plugin.labeling.schema import ClassEntry, Schema
from swath.plugin.labeling.schema_files import load_schema, save_schema
from swath.plugin.labeling.schema_panel import SchemaPanel

canvas, hand, empty = schema_cases.canvas, schema_cases.hand, schema_cases.empty


# --- several -------------------------------------------------------------------------------------


def test_delete_asks_with_the_number_of_samples_and_removes_them(hand):
    draw(hand.store, 5, 5, 1)
    hand.click(5)
    hand.answers.yes = False
    hand.key(KEYS.Key_Delete)
    assert "'Water'" in hand.answers.asked[0]
    assert "2 samples" in hand.answers.asked[0]
    assert len(hand.store.samples) == 3
    hand.answers.yes = True
    hand.key(KEYS.Key_Delete)
    assert hand.names == ["Roof", "Road", "Tree"]
    assert len(hand.store.samples) == 1
    assert hand.view.selected_refs() == [10]
    hand.store.undo_stack.undo()
    assert len(hand.store.samples) == 3
    assert hand.names == ["Roof", "Road", "Water", "Tree"]


def test_delete_without_samples_does_not_ask(hand):
    hand.click(("Built",))
    hand.click(10, Qt.KeyboardModifier.ControlModifier)
    hand.key(KEYS.Key_Delete)
    assert hand.answers.asked == []
    assert hand.names == ["Water"]
    assert hand.store.schema.groups() == []
    hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_merge_makes_one_class_of_the_selected_ones(hand):
    fids = draw(hand.store, 1, 2, 5, 10)
    hand.click(1)
    assert not hand.panel.merge.isEnabled()
    hand.click(5, Qt.KeyboardModifier.ShiftModifier)
    hand.answers.place = 1
    hand.panel.merge.trigger()
    assert "3 samples" in hand.answers.asked[0]
    assert hand.answers.asked[1:] == ["Roof (1)", "Road (2)", "Water (5)"]
    assert hand.names == ["Road", "Tree"]
    assert [hand.store.samples[fid].value for fid in fids] == [2, 2, 2, 10]
    hand.store.undo_stack.undo()
    assert [hand.store.samples[fid].value for fid in fids] == [1, 2, 5, 10]
    hand.click(1)
    hand.click(2, Qt.KeyboardModifier.ControlModifier)
    hand.answers.place = None
    hand.panel.merge.trigger()
    assert hand.store.schema == LAND


def test_alt_and_arrows_move_a_row(hand):
    hand.click(10)
    hand.key(KEYS.Key_Up, ALT)
    assert hand.names == ["Roof", "Road", "Tree", "Water"]
    hand.key(KEYS.Key_Right, ALT)
    assert hand.store.schema.group_of(10) == ("Built",)
    hand.key(KEYS.Key_Up, ALT)
    hand.key(KEYS.Key_Up, ALT)
    hand.key(KEYS.Key_Up, ALT)  # is the first one already
    assert hand.names == ["Tree", "Roof", "Road", "Water"]
    hand.key(KEYS.Key_Down, ALT)
    hand.key(KEYS.Key_Left, ALT)
    assert hand.names == ["Roof", "Road", "Tree", "Water"]
    assert hand.store.schema.group_of(10) == ()
    assert hand.view.selected_refs() == [10]
    assert hand.store.undo_stack.count() == 6
    for _ in range(6):
        hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_rows_are_dropped_into_groups_and_between_others(hand):
    assert hand.drop([5, 10], ("Built",), 1)
    assert hand.names == ["Roof", "Water", "Tree", "Road"]
    assert hand.store.schema.group_of(10) == ("Built",)
    assert hand.drop([("Built",)], None, 1)
    assert not hand.drop([("Built",)], 1, -1)
    assert hand.drop([1], None, -1)
    assert hand.names == ["Water", "Tree", "Road", "Roof"]
    hand.store.undo_stack.setIndex(0)
    assert hand.store.schema == LAND


def test_rows_of_another_tree_are_not_taken(hand, tmp_path, canvas):
    data = hand.model.mimeData([hand.model.index_of(5)])
    other = SchemaPanel(dock_cases.make_context(canvas, None)).model
    assert not other.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, other.index_of(None))


def test_a_group_is_added_and_the_menu_moves_classes_into_it(hand):
    hand.click(10)
    hand.panel.add_group.trigger()
    hand.settle()
    hand.type("Green")
    assert hand.store.schema.groups() == [("Built",), ("Green",)]
    hand.click(10)
    menu = hand.panel.menu()
    groups = next(action.menu() for action in menu.actions() if action.menu())
    assert [action.text() for action in groups.actions()] == ["No group", "Built", "Green"]
    groups.actions()[2].trigger()
    assert hand.store.schema.group_of(10) == ("Green",)


def test_folded_groups_stay_folded_when_the_schema_changes(hand):
    hand.click(("Built",))
    hand.key(KEYS.Key_Left)
    assert not hand.view.isExpanded(hand.model.index_of(("Built",)))
    hand.store.set_schema(hand.store.schema.remove(10))
    assert not hand.view.isExpanded(hand.model.index_of(("Built",)))
    assert hand.view.selected_refs() == [("Built",)]


# --- files and sources ---------------------------------------------------------------------------


def test_a_schema_is_saved_and_loaded_and_samples_follow_their_class(hand, tmp_path):
    fids = draw(hand.store, 5, 10)
    hand.answers.path = str(tmp_path / "land.json")
    hand.panel.save.trigger()
    assert hand.answers.asked == ["land"]
    assert load_schema(hand.answers.path).schema == LAND
    other = Schema(children=(ClassEntry("water", 1, "#0000ff"), ClassEntry("Sand", 5, "#ffff00")))
    save_schema(other, hand.answers.path)
    hand.panel.load.trigger()
    assert [hand.store.samples[fid].value for fid in fids] == [1, 10]
    assert hand.names == ["water", "Sand", "Tree"]
    assert "Tree (10)" in hand.told[-1]
    hand.store.undo_stack.undo()
    assert hand.store.schema == LAND


def test_a_broken_schema_file_changes_nothing(hand, tmp_path):
    hand.answers.path = str(tmp_path / "bad.ecs")
    (tmp_path / "bad.ecs").write_bytes(b"\0")
    hand.panel.load.trigger()
    assert "bad.ecs" in hand.told[0]
    hand.panel.save.trigger()
    assert "JSON" in hand.told[1]
    assert hand.store.schema == LAND


def test_classes_taken_from_elsewhere_are_added_or_replace(hand):
    found = Schema(children=(ClassEntry("Sand", 5, "#ffff00"),))
    hand.answers.taken = (found, False)
    hand.panel.set_up.trigger()
    assert hand.answers.asked == ["False"]
    assert hand.names == ["Roof", "Road", "Water", "Tree", "Sand"]
    assert "'Sand'" in hand.told[0]
    hand.answers.taken = (found, True)
    hand.panel.set_up.trigger()
    assert hand.names == ["Sand"]
    hand.answers.taken = None
    hand.panel.set_up.trigger()
    assert hand.names == ["Sand"]
