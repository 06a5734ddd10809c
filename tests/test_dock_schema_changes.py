"""Larger changes of a schema: several nodes moved, classes added or taken instead."""

import pytest

from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema, SchemaError
from swath.plugin.labeling.schema_changes import added, moved, replaced


def entry(value: int, name: str = "", color: str = "") -> ClassEntry:
    return ClassEntry(name or f"c{value}", value, color or f"#0000{value:02x}")


FIVE = Schema(children=tuple(entry(value) for value in range(1, 6)))
TREE = Schema(children=(ClassGroup("A", (entry(1), ClassGroup("B", (entry(2),)))), entry(3), ClassGroup("C")))


def order(schema: Schema) -> list[int]:
    return [item.value for item in schema.classes()]


@pytest.mark.parametrize(
    ("refs", "index", "expected"),
    [
        ([1], 3, [2, 3, 1, 4, 5]),
        ([1, 2], 3, [3, 1, 2, 4, 5]),
        ([5, 4], 0, [5, 4, 1, 2, 3]),
        ([2, 4], None, [1, 3, 5, 2, 4]),
        ([3], 2, [1, 2, 3, 4, 5]),
        ([3], 3, [1, 2, 3, 4, 5]),
    ],
)
def test_moved_classes_go_before_the_child_at_the_index(refs, index, expected):
    assert order(moved(FIVE, refs, (), index)) == expected


def test_a_moved_group_takes_along_what_is_in_it():
    schema = moved(TREE, [("A",), 1, 2, ("A", "B"), 3], ("C",))
    assert schema.groups() == [("C",), ("C", "A"), ("C", "A", "B")]
    assert order(schema) == [1, 2, 3]
    assert schema.group_of(3) == ("C",)


def test_a_group_cannot_move_into_itself():
    with pytest.raises(SchemaError, match="itself"):
        moved(TREE, [3, ("A",)], ("A", "B"))


def test_a_class_moves_out_of_its_group_to_the_top():
    assert [getattr(node, "name", "") for node in moved(TREE, [2], (), 1).children] == ["A", "c2", "c3", "C"]


def test_added_classes_come_behind_and_into_groups_of_the_same_name():
    found = Schema(children=(ClassGroup("a", (entry(9), ClassGroup("D", (entry(8),)))), entry(7)))
    made = added(TREE, found)
    assert order(made.schema) == [1, 2, 9, 8, 3, 7]
    assert made.schema.groups() == [("A",), ("A", "B"), ("A", "D"), ("C",)]
    assert made.notes == ()


def test_added_classes_whose_names_or_values_are_taken_are_told():
    found = Schema(children=(entry(9, "C3"), entry(1, "new", "#000001"), entry(2, "c2")))
    made = added(TREE, found)
    assert made.schema.find(1).name == "c1"
    assert made.schema.find_name("new").value == 4
    assert made.schema.find_name("new").color != "#000001"
    assert made.schema.find(9) is None
    assert len(made.notes) == 2
    assert "'c3'" in made.notes[0]
    assert "'c1'" in made.notes[1]


def test_samples_follow_the_name_of_their_class_into_another_schema():
    present = Schema(children=(entry(1, "Roof"), entry(2, "Road"), entry(3, "Pond"), entry(4, "Path")))
    found = Schema(children=(entry(2, "roof"), entry(1, "road"), entry(3, "Tree")))
    made = replaced(present, found, [1, 2, 3])
    assert made.recode == {1: 2, 2: 1, 3: 4}
    assert [(item.value, item.name) for item in made.schema.classes()] == [
        (2, "roof"),
        (1, "road"),
        (3, "Tree"),
        (4, "Pond"),
    ]
    assert "Pond (4)" in made.notes[0]


def test_a_schema_without_samples_is_replaced_as_a_whole():
    assert replaced(TREE, FIVE, []).schema == FIVE


def test_samples_of_an_unknown_class_keep_their_value():
    made = replaced(Schema(), Schema(children=(entry(1, "7"),)), [7])
    assert made.recode == {}
    assert made.schema.find(7).name == "7 (2)"
    assert replaced(Schema(), FIVE, [9]).schema.find(9).name == "9"
