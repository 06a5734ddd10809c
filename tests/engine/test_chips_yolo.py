"""YOLO: exact lines, read back by us and by a parser of the tests, the list of classes, and labels of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_cases import Scene, chips_polygons, write_picture, write_text
from rasterio.features import rasterize

from swath.engine.chips import FORMATS, Chip
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.classes import classes_from_dicts

YOLO, POLYGONS = FORMATS.get("YOLO"), FORMATS.get("YOLO_POLYGONS")
both = pytest.mark.parametrize("chip_format", [YOLO, POLYGONS], ids=lambda item: item.id)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(path):
    """Parse on our own: (index, numbers) of each line."""
    rows = [line.split(" ") for line in path.read_text("ascii").splitlines()]
    return [(int(row[0]), np.array(row[1:], float)) for row in rows]


def label(folder, text, size=(64, 48)):
    image = write_picture(folder / "images" / "a.png", size)
    return Chip("a", image, write_text(folder / "labels" / "a.txt", text))


def polygons(scene):
    """Return (value, part) for each part of each object, holes filled."""
    for item in scene.label.objects:
        for part in shapely.get_parts(item.shape):
            yield item.value, shapely.Polygon(part.exterior)


def test_box_is_middle_and_size_in_parts_of_the_chip(tmp_path):
    chip = Scene.of((64, 48), (1, shapely.box(16, 12, 32, 48))).write(YOLO, tmp_path)
    assert chip.label.read_bytes() == b"0 0.37500000 0.62500000 0.25000000 0.75000000\n"


def test_polygon_is_its_corners_without_the_first_again(tmp_path):
    shape = shapely.Polygon([(16, 12), (32, 12), (32, 48)])
    chip = Scene.of((64, 48), (3, shape)).write(POLYGONS, tmp_path)
    assert chip.label.read_bytes() == b"2 0.25000000 0.25000000 0.50000000 0.25000000 0.50000000 1.00000000\n"


@quick
@given(scene=chips_polygons())
def test_boxes_read_back_to_a_thousandth_of_a_pixel(tmp_path, scene):
    chip = scene.write(YOLO, tmp_path)
    found = YOLO.read_target(chip)
    assert found.values.tolist() == scene.values
    assert np.abs(found.boxes - scene.boxes).max(initial=0) < 0.001
    for (index, numbers), value, box in zip(
        rows_of(chip.label) if chip.label else (), scene.values, scene.boxes, strict=True
    ):
        assert index == value - 1
        assert ((numbers >= 0) & (numbers <= 1)).all()
        x, y, width, height = numbers * np.tile(scene.label.size, 2)
        assert np.abs(np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2]) - box).max() < 0.001


@quick
@given(scene=chips_polygons())
def test_polygons_read_back_as_boxes_and_masks(tmp_path, scene):
    chip = scene.write(POLYGONS, tmp_path)
    found = POLYGONS.read_target(chip)
    expected = list(polygons(scene))
    width, height = scene.label.size
    assert found.values.tolist() == [value for value, _ in expected]
    assert found.masks.shape == (len(expected), height, width)
    assert found.masks.dtype == bool
    for index, (_, shape) in enumerate(expected):
        assert np.abs(found.boxes[index] - shape.bounds).max() < 0.001
        truth = rasterize([shape], (height, width)).astype(bool)
        # A corner's last digit may decide on a pixel whose centre it meets.
        assert (found.masks[index] != truth).sum() <= 2
    for (index, numbers), (value, shape) in zip(rows_of(chip.label) if chip.label else (), expected, strict=True):
        assert index == value - 1
        assert ((numbers >= 0) & (numbers <= 1)).all()
        read = shapely.Polygon(numbers.reshape(-1, 2) * scene.label.size)
        assert read.symmetric_difference(shape).area < 0.001 * shape.length + 1e-6


@both
def test_lines_of_both_kinds_are_read(tmp_path, chip_format):
    chip = label(tmp_path, "4 0.5 0.5 0.25 0.5\n\n0 0 0 0.5 0 0.5 0.5 0 0.25\r\n2.0 0.9 0.9 0.4 0.4\n1 0.5 0.5 0 0.5\n")
    found = chip_format.read_target(chip)
    assert found.values.tolist() == [5, 1, 3]
    assert found.boxes[:2].tolist() == [[24, 12, 40, 36], [0, 0, 32, 24]]
    assert found.boxes[2] == pytest.approx([44.8, 33.6, 64, 48])
    if found.masks is not None:
        assert found.masks[0, 12:36, 24:40].all()
        assert found.masks[0].sum() == 24 * 16
        assert 0.7 < found.masks[1].sum() / (32 * 18) < 1.3


@both
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("0 0.5 0.5 0.1\n", "line 1 of it"),
        ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1 0.9\n", "line 2 of it"),
        ("0 320 240 64 64\n", "line 1 of it"),
        ("car 0.5 0.5 0.1 0.1\n", "line 1 of it"),
        ("-1 0.5 0.5 0.1 0.1\n", "line 1 of it"),
        ("0.5 0.5 0.5 0.1 0.1\n", "line 1 of it"),
        ("0 nan 0.5 0.1 0.1\n", "line 1 of it"),
        ("7 0.5 0.5 0.1 0.1\n", "class index 7.*car, van"),
    ],
)
def test_broken_label_says_where(tmp_path, chip_format, text, word):
    classes = classes_from_dicts([{"value": 1, "name": "car"}, {"value": 2, "name": "van"}])
    with pytest.raises(ChipsUnreadableError, match=word) as caught:
        chip_format.read_target(label(tmp_path, text), classes)
    assert "a.txt" in str(caught.value)


def test_label_whose_masks_would_fill_memory_is_refused(tmp_path):
    chip = label(tmp_path, "0 0.5 0.5 0.1 0.1\n" * 400, size=(2000, 1500))
    with pytest.raises(ChipsUnreadableError, match="400 objects"):
        POLYGONS.read_target(chip)


def named(folder, chip_format=YOLO):
    write_picture(folder / "images" / "a.png")
    write_text(folder / "labels" / "a.txt", "1 0.5 0.5 0.1 0.1\n")
    return {item.value: item.name for item in chip_format.read(folder).classes}


@pytest.mark.parametrize(
    "text",
    [
        "train: x\nnc: 3\nnames: [a, 'b # c', \"d, e\"]  # three\nval: y\n",
        "names:\n- a\n- 'b # c'\n- \"d, e\"\nnc: 3\n",
        "names:\n  0: a\n  1: 'b # c'\n  2: d, e # last\n# end\nval: y\n",
        "\ufeffnames :\r\n    '0': a\r\n    1: \"b # c\"\r\n\r\n    2: d, e\r\n",
        "names: ['a',\n        'b # c',\n  \"d, e\",\n]\nnc: 3\n",
        "names: {0: a, 1: 'b # c', 2: \"d, e\"}\n",
    ],
)
def test_names_in_any_style_of_yaml_are_read(tmp_path, text):
    yaml = pytest.importorskip("yaml")
    # The other reader agrees that this is what the text says.
    said = yaml.safe_load(text)["names"]
    said = dict(enumerate(said)) if isinstance(said, list) else {int(key): name for key, name in said.items()}
    write_text(tmp_path / "data.yaml", text)
    assert named(tmp_path) == {index + 1: name for index, name in said.items()} == {1: "a", 2: "b # c", 3: "d, e"}


@pytest.mark.parametrize(
    "text",
    ["names: 3\n", "names: [a, [b]]\n", "names:\n  zero: a\n", "names: ['a\n", 'names:\n- "a\n', "names: [a b: {c}]\n"],
)
def test_names_that_are_not_understood_are_refused(tmp_path, text):
    path = write_text(tmp_path / "data.yaml", text)
    with pytest.raises(ChipsUnreadableError, match="its names"):
        named(tmp_path)
    assert path.exists()


@pytest.mark.parametrize("place", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_names_in_a_text_file_are_read(tmp_path, place):
    write_text(tmp_path / place, "a\nb c\n\n")
    assert named(tmp_path) == {1: "a", 2: "b c"}


def test_classes_without_names_are_numbers(tmp_path):
    assert named(tmp_path) == {2: "2"}


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)


values = st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 6), min_size=1, max_size=6, unique=True)


def classes_of(numbers, listed=()):
    listed = dict(zip(numbers, listed, strict=False))
    return classes_from_dicts([{"value": each, "name": listed.get(each, f"no. {each}")} for each in sorted(numbers)])


def write_set(folder, chip_format, numbers, first=0, before=None, classes=None):
    """Write a chip for each class value and seal them."""
    for index, value in enumerate(numbers):
        Scene.of((16, 16), (value, shapely.box(1, 2, 9, 8))).write(chip_format, folder, f"{first + index:09d}")
    chip_format.seal(folder, before, classes or classes_of(numbers), [])


def values_in(folder, chip_format):
    found = chip_format.read(folder)
    return [chip_format.read_target(chip, found.classes).values.tolist() for chip in found.chips]


@quick
@given(numbers=values, listed=st.lists(names.filter(str.strip), max_size=6))
@both
def test_written_classes_are_yaml_without_gaps_and_read_back(tmp_path_factory, chip_format, numbers, listed):
    yaml = pytest.importorskip("yaml")
    folder = tmp_path_factory.mktemp("yolo")
    classes = classes_of(numbers, listed)
    write_set(folder, chip_format, numbers, classes=classes)
    said = yaml.safe_load((folder / "data.yaml").read_text("utf-8"))
    assert (said["train"], said["val"], said["nc"]) == ("images", "images", len(numbers))
    assert "path" not in said
    expected = [" ".join(item.name.split()) for item in classes]
    assert said["names"] == dict(enumerate(expected))
    assert (folder / "classes.txt").read_text("utf-8").split("\n")[:-1] == expected
    written = [rows_of(path)[0][0] for path in sorted((folder / "labels").iterdir())]
    assert [sorted(numbers)[index] for index in written] == numbers
    found = chip_format.read(folder)
    assert [(item.value, item.name) for item in found.classes] == [
        (item.value, name) for item, name in zip(classes, expected, strict=True)
    ]
    assert values_in(folder, chip_format) == [[value] for value in numbers]
    assert {path.name for path in folder.iterdir()} == {"images", "labels", "data.yaml", "classes.txt"}


@quick
@given(first=values, second=values)
def test_classes_of_more_chips_leave_old_indexes_alone(tmp_path_factory, first, second):
    old, new = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    write_set(old, YOLO, first)
    before = {path.name: path.read_bytes() for path in (old / "labels").iterdir()}
    write_set(new, YOLO, second, len(first), old, classes_of({*first, *second}))
    for path in sorted(new.rglob("*")):
        if path.is_file():
            path.replace(old / path.relative_to(new))
    assert {name: (old / "labels" / name).read_bytes() for name in before} == before
    assert values_in(old, YOLO) == [[value] for value in (*first, *second)]


@pytest.mark.parametrize("step", range(5))
def test_classes_that_were_cut_off_are_written_by_the_next_try(tmp_path, monkeypatch, step):
    numbers, calls = [7, 3, 40], []
    replace = Path.replace

    def fail(self, target):
        calls.append(target)
        if len(calls) == step + 1:
            raise OSError("killed")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        if step < 4:
            with pytest.raises(OSError, match="killed"):
                write_set(tmp_path, YOLO, numbers)
        else:
            write_set(tmp_path, YOLO, numbers)
    for _ in range(2):
        YOLO.seal(tmp_path, None, classes_of(numbers), [])
        assert values_in(tmp_path, YOLO) == [[7], [3], [40]]
        left = {path.name for path in tmp_path.iterdir()} - {"data.yaml.partial", "classes.txt.partial"}
        assert left == {"images", "labels", "data.yaml", "classes.txt"}
