"""The tree of classes: values and names stay unique, every change makes a new schema."""

import pytest

from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema, SchemaError

ROOF = ClassEntry("Roof", 1, "#e69f00")
ROAD = ClassEntry("Road", 2, "#56b4e9", "Paved")
TREE = ClassEntry("Tree", 5, "#009e73")


def city() -> Schema:
    return Schema("City", "", (ClassGroup("Built", (ROOF, ROAD)), TREE))


def test_classes_of_a_tree_come_in_its_order():
    schema = city()
    assert schema.classes() == [ROOF, ROAD, TREE]
    assert schema.find(5) is TREE
    assert schema.find(3) is None
    assert schema.find(None) is None
    assert schema.find_name(" rOAD ") is ROAD
    assert schema.groups() == [("Built",)]
    assert schema.group_of(2) == ("Built",)
    assert schema.group_of(5) == ()


@pytest.mark.parametrize("value", [0, -1, 2**31, 1.0, "1", True, None])
def test_a_value_that_is_no_whole_number_from_1_is_refused(value):
    with pytest.raises(SchemaError, match="Roof"):
        ClassEntry("Roof", value, "#000000")


@pytest.mark.parametrize("name", ["", "  \n", "x" * 256])
def test_a_name_of_no_or_endless_letters_is_refused(name):
    with pytest.raises(SchemaError, match="name"):
        ClassEntry(name, 1, "#000000")


@pytest.mark.parametrize("color", ["red", "#12345", "#12345g", ""])
def test_a_color_of_another_form_is_refused(color):
    with pytest.raises(SchemaError, match="#e69f00"):
        ClassEntry("Roof", 1, color)


def test_names_lose_line_breaks_and_colors_their_case():
    entry = ClassEntry(" New\n roof ", 1, "#FFaa00")
    assert (entry.name, entry.color, entry.rgb) == ("New roof", "#ffaa00", (255, 170, 0))


def test_a_taken_value_or_name_is_refused_and_says_of_whom():
    with pytest.raises(SchemaError, match="'Tree'"):
        city().add(ClassEntry("Bush", 5, "#000000"))
    with pytest.raises(SchemaError, match=r"'Road'.*2"):
        city().add(ClassEntry("ROAD", 7, "#000000"))
    with pytest.raises(SchemaError, match="'Tree'"):
        city().replace(1, ClassEntry("Roof", 5, "#000000"))
    with pytest.raises(SchemaError, match=r"'Tree'.*5"):
        city().replace(1, ClassEntry("tree", 1, "#000000"))


def test_add_puts_a_class_into_its_group_and_leaves_the_old_schema():
    old = city()
    new = old.add(ClassEntry("Bridge", 6, "#000000"), ("Built",), 1)
    assert [entry.name for entry in new.classes()] == ["Roof", "Bridge", "Road", "Tree"]
    assert len(old.classes()) == 3
    with pytest.raises(SchemaError, match="Green / Low"):
        old.add(ClassEntry("Grass", 6, "#000000"), ("Green", "Low"))


def test_next_value_and_color_are_not_in_use():
    schema = Schema()
    assert schema.next_value() == 1
    for _ in range(60):
        schema = schema.add(ClassEntry(f"c{schema.next_value()}", schema.next_value(), schema.next_color()))
    assert len({entry.color for entry in schema.classes()}) == 60
    assert Schema(children=(ClassEntry("a", 2**31 - 1, "#000000"),)).next_value() == 1
    assert city().next_value() == 6
    assert city().remove(2).next_value() == 6


def test_replace_changes_a_class_where_it_is():
    schema = city().replace(1, ClassEntry("House", 9, "#111111"))
    assert schema.children_of(("Built",))[0] == ClassEntry("House", 9, "#111111")
    with pytest.raises(SchemaError, match="3"):
        schema.replace(3, TREE)


def test_remove_takes_classes_and_groups():
    assert city().remove(1, 5).classes() == [ROAD]
    assert city().remove(1, 2).groups() == [("Built",)]
    assert city().remove_group(("Built",)).classes() == [TREE]
    with pytest.raises(SchemaError, match="8"):
        city().remove(8)
    with pytest.raises(SchemaError, match="Green"):
        city().remove_group(("Green",))


def test_move_takes_a_class_to_another_group_and_place():
    schema = city().move(5, ("Built",), 0)
    assert [entry.name for entry in schema.classes()] == ["Tree", "Roof", "Road"]
    assert schema.move(5, (), None).children[-1] == TREE
    assert [entry.name for entry in city().move(1, ("Built",), 1).classes()] == ["Road", "Roof", "Tree"]


def test_groups_nest_move_and_take_other_names():
    schema = city().add_group("Green").move(5, ("Green",)).move_group(("Green",), ("Built",), 0)
    assert schema.groups() == [("Built",), ("Built", "Green")]
    assert schema.rename_group(("Built", "Green"), "Plants").group_of(5) == ("Built", "Plants")
    with pytest.raises(SchemaError, match="itself"):
        schema.move_group(("Built",), ("Built", "Green"))
    with pytest.raises(SchemaError, match="'built'"):
        schema.add_group("built")
    with pytest.raises(SchemaError, match="Green"):
        schema.move_group(("Green",), ())


def test_groups_cannot_be_endlessly_deep():
    def nest() -> None:
        schema, path = Schema(), ()
        for number in range(100):
            schema = schema.add_group(str(number), path)
            path = (*path, str(number))

    with pytest.raises(SchemaError, match=r"'12'.*deep"):
        nest()


def test_merge_says_what_each_value_becomes():
    schema, becomes = city().merged([1, 2, 5], 2)
    assert schema.classes() == [ROAD]
    assert becomes == {1: 2, 5: 2}
    with pytest.raises(SchemaError, match="7"):
        city().merged([1], 7)


def test_a_schema_reads_back_from_its_plain_values():
    assert Schema.from_dict(city().to_dict()) == city()
    assert Schema.from_dict({**city().to_dict(), "later": 1}) == city()


def deep(levels: int) -> dict:
    node: dict = {"name": "a", "children": []}
    for _ in range(levels):
        node = {"name": "a", "children": [node]}
    return node


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"children": 5},
        {"children": [5]},
        {"children": [{"name": "Roof"}]},
        {"children": [{"name": "Roof", "value": "1", "color": "#000000"}]},
        {"children": [{"name": "Roof", "value": 1, "color": "#000000"}] * 2},
        deep(500),
    ],
)
def test_plain_values_of_another_form_are_refused_in_one_sentence(values):
    with pytest.raises(SchemaError):
        Schema.from_dict(values)
