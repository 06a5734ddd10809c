"""The tab Train: fields, folders, arguments, distances, and what a run would get."""

from __future__ import annotations

import json

import pytest
from dock_train_cases import make_boxes
from dock_train_fixtures import given, press
from form_cases import wait_for
from qgis.PyQt.QtTest import QTest


def test_kinds_and_types_come_from_the_registries(train_tab):
    from swath.engine.models import MODEL_TYPES

    model = train_tab.setup.model
    assert [model.kind.itemText(number) for number in range(2)] == ["Pixel Segmentation", "Object Detection"]
    for place in range(model.kind.count()):
        model.kind.setCurrentIndex(place)
        shown = [model.model.itemData(number) for number in range(model.model.count())]
        wanted = [item.id for item in MODEL_TYPES.all().values() if item.task == model.task_id]
        assert shown == ["AUTO", *wanted]


def test_chips_of_another_kind_are_said_at_once_with_a_way_out(train_tab, tmp_path):
    train_tab.setup.chips.set_paths([str(make_boxes(tmp_path / "boxes"))])
    wait_for(lambda: "not for Pixel Segmentation" in train_tab.setup.chips.notice.text())
    train_tab.setup.chips.notice.label.linkActivated.emit("OBJECTS")
    assert train_tab.setup.model.task_id == "OBJECTS"
    assert train_tab.setup.chips.notice.text() == ""
    assert "3 chips" in train_tab.setup.chips.note.text()


@pytest.mark.parametrize("what", ["nothing", "no chips", "two formats"])
def test_folders_of_no_use_are_said_at_once(train_tab, tmp_path, town_chips, what):
    (tmp_path / "letters").mkdir()
    paths = {
        "nothing": [tmp_path / "gone"],
        "no chips": [tmp_path / "letters"],
        "two formats": [town_chips, make_boxes(tmp_path / "boxes")],
    }[what]
    sentence = {"nothing": "There is no folder", "no chips": "holds no chips", "two formats": "several formats"}[what]
    train_tab.setup.chips.set_paths([str(path) for path in paths])
    wait_for(lambda: sentence in train_tab.setup.chips.notice.text())


def test_exported_chips_are_filled_in_and_a_free_folder_is_proposed(train_tab, train_context, town_chips):
    town_chips.with_name("town_model").mkdir()
    train_context.remember(chips=str(town_chips))
    wait_for(lambda: train_tab.setup.form.output("OUTPUT"))
    assert given(train_tab)["INPUT"] == str(town_chips)
    assert given(train_tab)["OUTPUT"] == str(town_chips.with_name("town_model_2"))
    train_tab.setup.form.set_value("OUTPUT", "/data/mine")
    train_tab.setup.propose()
    assert given(train_tab)["OUTPUT"] == "/data/mine"


def test_backbones_follow_the_type_and_timm_names_stay(filled_tab):
    model = filled_tab.setup.model
    model.set_values("UNETPLUSPLUS", "")
    names = [model.backbone.itemText(number) for number in range(model.backbone.count())]
    assert names[0] == "resnet34" or names
    assert "mit_b0" not in names
    assert "BACKBONE" not in given(filled_tab)
    model.backbone.lineEdit().selectAll()
    QTest.keyClicks(model.backbone.lineEdit(), "timm:convnext_tiny")
    assert given(filled_tab)["BACKBONE"] == "timm:convnext_tiny"
    model.set_values("MMSEGMENTATION", "")
    filled_tab.setup.arguments.fields["model"].set("hrnet")
    assert all("hrnet" in model.backbone.itemText(number) for number in range(model.backbone.count()))


def test_only_changed_arguments_are_passed_on(filled_tab):
    filled_tab.setup.model.set_values("PSPNET", "")
    assert "MODEL_ARGUMENTS" not in given(filled_tab)
    fields = filled_tab.setup.arguments.fields
    fields["focal_loss"].widget.setChecked(True)
    fields["pyramid_sizes"].widget.setText("1, 2, 8")
    fields["background"].widget.setCurrentText("IGNORE")
    wanted = {"focal_loss": True, "pyramid_sizes": [1, 2, 8], "background": "IGNORE"}
    assert json.loads(given(filled_tab)["MODEL_ARGUMENTS"]) == wanted
    press(filled_tab.setup.arguments._marks["focal_loss"][1])
    del wanted["focal_loss"]
    assert json.loads(given(filled_tab)["MODEL_ARGUMENTS"]) == wanted
    filled_tab.setup.model.set_values("UNET", "")
    assert json.loads(given(filled_tab)["MODEL_ARGUMENTS"]) == {"background": "IGNORE"}


def test_argument_that_does_not_fit_is_said_and_refused(filled_tab):
    filled_tab.setup.model.set_values("PSPNET", "")
    filled_tab.setup.arguments.fields["pyramid_sizes"].widget.setText("1, none")
    assert "pyramid_sizes" in filled_tab.setup.arguments.notice.text()
    assert "pyramid_sizes" in filled_tab.setup.form.check()
    assert filled_tab.setup.form.run() is None


def test_every_argument_of_every_type_has_a_field_that_gives_its_default(train_tab):
    from swath.engine.models import MODEL_TYPES

    for item in MODEL_TYPES.all().values():
        train_tab.setup.arguments.set_model(item)
        assert list(train_tab.setup.arguments.fields) == [argument.name for argument in item.arguments]
        assert train_tab.setup.arguments.values() == {}, item.id
        for name, field in train_tab.setup.arguments.fields.items():
            assert field.value() == item.parse_arguments({})[name], (item.id, name)
            assert field.argument.expected in field.widget.toolTip()


def test_distances_are_set_for_all_classes_or_each(filled_tab):
    distances = filled_tab.setup.distances
    assert sorted(distances.spins) == [0, 1, 2]
    distances.spins[0][0].setValue(4)
    assert [distances.spins[value][0].value() for value in (1, 2)] == [4, 4]
    assert given(filled_tab)["SOLID_DISTANCE"] == "4"
    assert "BLUR_DISTANCE" not in given(filled_tab)
    distances.spins[2][0].setValue(6.5)
    distances.spins[1][1].setValue(3)
    assert distances.spins[1][2].value() == 3
    assert given(filled_tab)["SOLID_DISTANCE"] == "1 4;2 6.5"
    assert given(filled_tab)["BLUR_DISTANCE"] == "1 3 3;2 0 0"
    filled_tab.setup.model.set_kind("OBJECTS")
    assert "SOLID_DISTANCE" not in given(filled_tab)
    assert filled_tab.setup.distances_box.isHidden()


def test_state_comes_back_from_a_project(filled_tab, train_context, town_chips):
    from swath.plugin.training.train_tab import TrainTab

    filled_tab.setup.model.set_values("PSPNET", "resnet50")
    filled_tab.setup.arguments.fields["mixup"].widget.setChecked(True)
    filled_tab.setup.form.set_value("MAX_EPOCHS", 7)
    filled_tab.setup.form.set_value("PRESET", "ENVI")
    filled_tab.setup.distances.spins[2][0].setValue(5)
    state = json.loads(json.dumps(filled_tab.state()))
    other = TrainTab(train_context)
    other.restore(state)
    wait_for(lambda: other.setup.chips.folders)
    assert given(other) == given(filled_tab)
    assert given(other)["SOLID_DISTANCE"] == "1 0;2 5"
    other.deleteLater()


def test_preset_says_what_it_changes(filled_tab):
    assert filled_tab.setup.preset_note.text() == ""
    filled_tab.setup.form.set_value("PRESET", "ENVI")
    assert "UNETPLUSPLUS" in filled_tab.setup.preset_note.text()
    assert "MAX_EPOCHS 25" in filled_tab.setup.preset_note.text()


def test_every_page_fits_into_a_narrow_dock(filled_tab):
    filled_tab.setup.arguments_box.setCollapsed(False)
    filled_tab.setup.distances_box.setCollapsed(False)
    filled_tab.setup.model.set_values("FASTERRCNN", "")
    for place in range(3):
        filled_tab.pages.setCurrentIndex(place)
        assert filled_tab.pages.currentWidget().minimumSizeHint().width() <= 380
        assert filled_tab.minimumSizeHint().height() <= 560
        assert filled_tab.sizeHint().width() <= 400


def test_what_is_in_the_way_at_the_model_folder_is_said_at_once(filled_tab, tmp_path):
    from dock_train_cases import FakeRun

    setup = filled_tab.setup
    run = FakeRun(tmp_path / "roads").begin(epochs=1)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    for name, words in (("roads", "at work"), ("letters", "take letters_2"), ("free", "")):
        setup.form.set_value("OUTPUT", str(tmp_path / name))
        assert words in setup.output_notice.text()
        assert bool(words) == bool(setup.output_notice.text())
    run.die()
    setup.form.set_value("OUTPUT", str(tmp_path / "roads"))
    assert "unfinished" in setup.output_notice.text()


def test_last_model_is_one_press_away(filled_tab, train_context):
    assert filled_tab.setup.last_button.isHidden()
    train_context.remember(model="/models/roads")
    press(filled_tab.setup.last_button)
    assert given(filled_tab)["PRETRAINED_MODEL"] == "/models/roads"


def test_kind_follows_chips_that_were_just_exported(train_tab, train_context, tmp_path):
    train_context.remember(chips=str(make_boxes(tmp_path / "boxes")))
    wait_for(lambda: train_tab.setup.chips.folders)
    assert train_tab.setup.model.task_id == "OBJECTS"
    assert train_tab.setup.chips.notice.text() == ""
    train_tab.setup.model.set_kind("PIXELS")
    train_tab.setup.chips.look()
    wait_for(lambda: "not for Pixel" in train_tab.setup.chips.notice.text())
    assert train_tab.setup.model.task_id == "PIXELS"
