"""Schemas as files: JSON there and back, lists of classes of others, hostile files."""

import json

import pytest

from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema, SchemaError
from swath.plugin.labeling.schema_files import load_schema, save_schema
from swath.plugin.labeling.schema_found import RawClass, collect

CITY = Schema(
    "City",
    "For maps",
    (ClassGroup("Built", (ClassEntry("Dächer", 1, "#e69f00", "flat"),)), ClassEntry("Tree", 5, "#009e73")),
)


def values(found) -> list[tuple[int, str, str]]:
    return [(entry.value, entry.name, entry.color) for entry in found.schema.classes()]


def test_a_schema_saved_as_json_reads_back(tmp_path):
    path = save_schema(CITY, tmp_path / "city")
    assert path.name == "city.json"
    assert load_schema(path).schema == CITY
    assert load_schema(path).notes == ()
    assert [item.name for item in tmp_path.iterdir()] == ["city.json"]


def test_saving_where_no_folder_is_says_so(tmp_path):
    with pytest.raises(SchemaError, match=r"city\.json"):
        save_schema(CITY, tmp_path / "absent" / "city.json")


def test_ecs_is_not_written_and_the_sentence_says_what_to_do(tmp_path):
    with pytest.raises(SchemaError, match="Classvalue"):
        save_schema(CITY, tmp_path / "city.ecs")
    assert not list(tmp_path.iterdir())


def test_classes_in_the_form_of_emd_are_read(tmp_path):
    path = tmp_path / "model.emd"
    classes = [{"Value": 0, "Name": "Background"}, {"Value": 7, "Name": "Palm", "Color": [1, 2, 3]}]
    path.write_text(json.dumps({"Framework": "x", "ModelName": "y", "Classes": classes}), encoding="utf-8-sig")
    found = load_schema(path)
    assert values(found) == [(7, "Palm", "#010203")]
    assert "0" in found.notes[0]


def test_classes_in_the_form_of_ecd_are_read(tmp_path):
    path = tmp_path / "a.ecd"
    item = {"ClassValue": 3, "ClassName": "Water", "Red": 0, "Green": 10.0, "Blue": "255", "Mean": [1, 2]}
    path.write_text(json.dumps({"NumberDefinitions": 1, "Definitions": [{"Classifier": "SVM", "Classes": [item]}]}))
    assert values(load_schema(path)) == [(3, "Water", "#000aff")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_groups_of_a_nested_schema_are_kept(tmp_path, encoding):
    path = tmp_path / "land.ecs"
    inner = [{"Name": "Open", "Value": 21, "Color": "200,100,50"}, {"Name": "Dense", "Value": 22}]
    classes = [{"Name": "Developed", "Value": 20, "Classes": inner}, {"Name": "Wasser", "Value": 10}]
    path.write_text(json.dumps({"Name": "Land", "Description": "Cover", "Classes": classes}), encoding=encoding)
    found = load_schema(path)
    assert (found.schema.name, found.schema.description) == ("Land", "Cover")
    assert found.schema.groups() == [("Developed",)]
    assert [(value, name) for value, name, _ in values(found)] == [
        (20, "Developed"),
        (21, "Open"),
        (22, "Dense"),
        (10, "Wasser"),
    ]
    assert found.schema.find(21).color == "#c86432"


def test_classes_in_xml_are_read(tmp_path):
    path = tmp_path / "land.ecs"
    path.write_text(
        "<?xml version='1.0'?><Schema xmlns='urn:x'><Name>Land</Name><Classes><Class><Name>Water</Name>"
        "<Value>1</Value><Color><Red>0</Red><Green>0</Green><Blue>9</Blue></Color></Class>"
        "<Class name='Wood' value='2'/></Classes></Schema>"
    )
    assert values(load_schema(path))[0] == (1, "Water", "#000009")
    assert load_schema(path).schema.find(2).name == "Wood"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x00\x01\x02 binary",
        b'{"Name": "x"}',
        b"[1, 2, 3]",
        b"[" * 100_000,
        b"<a>" * 100_000,
        b'{"name": "a", "c": [' * 400 + b"]}" * 400,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a><b name='&b;' value='1'/></a>",
        b'{"Classes": [{"Name": "a", "Value": ' + b"9" * 5000 + b"}]}",
        b'{"swath_schema": 2, "children": []}',
        b'{"swath_schema": 1, "children": [{"name": "a", "value": 0, "color": "#000000"}]}',
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".ecs"])
def test_files_of_another_kind_are_refused_in_one_sentence(tmp_path, content, suffix):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match="bad"):
        load_schema(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SchemaError, match=r"absent\.ecs"):
        load_schema(tmp_path / "absent.ecs")


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(5 * 2**20)
    with pytest.raises(SchemaError, match="4 MB"):
        load_schema(path)


def test_what_is_wrong_in_a_source_is_left_out_and_told():
    found = collect(
        [RawClass("Roof", 1), RawClass("roof", "2.0"), RawClass("Pipe", 1), RawClass("Half", 1.5), RawClass("", 9)],
        "x",
    )
    assert [(value, name) for value, name, _ in values(found)] == [(1, "Roof"), (2, "roof (2)"), (9, "9")]
    assert "1.5" in found.notes[0]
    assert "Pipe (1)" in found.notes[1]


def test_classes_without_values_are_numbered_behind_the_others():
    found = collect([RawClass("a"), RawClass("b", 4), RawClass("c")], "x")
    assert [(value, name) for value, name, _ in values(found)] == [(5, "a"), (4, "b"), (6, "c")]
    assert len({color for _, _, color in values(found)}) == 3


def test_groups_deeper_than_a_schema_takes_are_flattened():
    raw = RawClass("leaf", 1)
    for number in range(20):
        raw = RawClass(f"g{number}", None, None, "", (raw,))
    assert collect([raw], "x").schema.find(1).name == "leaf"


@pytest.mark.parametrize(("raws", "says"), [([], "empty"), ([RawClass("a", 0)], "0"), ([RawClass("a", "b")], "b")])
def test_a_source_without_classes_says_why(raws, says):
    with pytest.raises(SchemaError, match=f"layer x names no classes.*{says}"):
        collect(raws, "layer x")


def test_a_source_of_too_many_values_is_refused():
    with pytest.raises(SchemaError, match="1000"):
        collect([RawClass(str(value), value) for value in range(1, 1002)], "x")
