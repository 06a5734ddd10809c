"""The tab Train: fields, chips, arguments, what a run gets, and runs in the background."""

from __future__ import annotations

import json
import threading

import pytest
from dock_train_cases import FakeRun, make_boxes, make_chips
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


@pytest.fixture
def context(swath_plugin, qgis_new_project, qgis_canvas, monkeypatch):
    from swath.plugin.context import DockContext

    monkeypatch.setenv("SWATH_ENGINE_PYTHON", __import__("sys").executable)
    return DockContext(qgis_canvas)


@pytest.fixture
def tab(context):
    from swath.plugin.training.train_tab import TrainTab

    made = TrainTab(context)
    made.resize(400, 620)
    made.show()
    yield made
    made.runs.monitor.tensorboard.stop()
    made.hide()
    made.deleteLater()


@pytest.fixture
def segments(tmp_path):
    return make_chips(tmp_path / "town_chips")


@pytest.fixture
def loaded(tab, segments):
    """Return the tab with chips that have been looked at."""
    tab.setup.chips.set_paths([str(segments)])
    wait_for(lambda: tab.setup.chips.folders)
    return tab


@pytest.fixture
def engine(monkeypatch):
    """Put a training that a test steers in the place of the engine's."""
    from swath.engine.errors import CancelledError
    from swath.processing_provider import base

    class Engine:
        def __init__(self):
            self.jobs, self.go, self.made = [], threading.Event(), None

        def run(self, task, job, feedback, command=()):
            from pathlib import Path

            self.jobs.append(job)
            self.made = FakeRun(Path(job["output"])).begin(epochs=1)
            while not self.go.wait(0.02):
                if feedback.isCanceled() or (self.made.run / "cancel").exists():
                    self.made.die()
                    raise CancelledError(what="the training")
            self.made.epoch(2)
            self.made.finish(best=2)
            return {"model": job["output"] + "/m.onnx", "last_model": "l.onnx", "best_metric": 0.5}

    found = Engine()
    monkeypatch.setattr(base, "run_engine", found.run)
    yield found
    found.go.set()
    from swath.plugin.forms.run_task import running

    wait_for(lambda: not running("swath:trainmodel"))


def given(tab):
    """Return what a run would get."""
    return tab.setup.form._checked({})[0]


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# --- fields ----------------------------------------------------------------------------------------


def test_kinds_and_types_come_from_the_registries(tab):
    from swath.engine.models import MODEL_TYPES

    model = tab.setup.model
    assert [model.kind.itemText(number) for number in range(2)] == ["Pixel Segmentation", "Object Detection"]
    for place in range(model.kind.count()):
        model.kind.setCurrentIndex(place)
        shown = [model.model.itemData(number) for number in range(model.model.count())]
        wanted = [item.id for item in MODEL_TYPES.all().values() if item.task == model.task_id]
        assert shown == ["AUTO", *wanted]


def test_chips_of_another_kind_are_said_at_once_with_a_way_out(tab, tmp_path):
    tab.setup.chips.set_paths([str(make_boxes(tmp_path / "boxes"))])
    wait_for(lambda: "not for Pixel Segmentation" in tab.setup.chips.notice.text())
    tab.setup.chips.notice.label.linkActivated.emit("OBJECTS")
    assert tab.setup.model.task_id == "OBJECTS"
    assert tab.setup.chips.notice.text() == ""
    assert "3 chips" in tab.setup.chips.note.text()


@pytest.mark.parametrize("what", ["nothing", "no chips", "two formats"])
def test_folders_of_no_use_are_said_at_once(tab, tmp_path, segments, what):
    (tmp_path / "letters").mkdir()
    paths = {
        "nothing": [tmp_path / "gone"],
        "no chips": [tmp_path / "letters"],
        "two formats": [segments, make_boxes(tmp_path / "boxes")],
    }[what]
    sentence = {"nothing": "There is no folder", "no chips": "holds no chips", "two formats": "several formats"}[what]
    tab.setup.chips.set_paths([str(path) for path in paths])
    wait_for(lambda: sentence in tab.setup.chips.notice.text())


def test_exported_chips_are_filled_in_and_a_free_folder_is_proposed(tab, context, segments):
    segments.with_name("town_model").mkdir()
    context.remember(chips=str(segments))
    wait_for(lambda: tab.setup.form.output("OUTPUT"))
    assert given(tab)["INPUT"] == str(segments)
    assert given(tab)["OUTPUT"] == str(segments.with_name("town_model_2"))
    tab.setup.form.set_value("OUTPUT", "/data/mine")
    tab.setup.propose()
    assert given(tab)["OUTPUT"] == "/data/mine"


def test_backbones_follow_the_type_and_timm_names_stay(loaded):
    model = loaded.setup.model
    model.set_values("UNETPLUSPLUS", "")
    names = [model.backbone.itemText(number) for number in range(model.backbone.count())]
    assert names[0] == "resnet34" or names
    assert "mit_b0" not in names
    assert "BACKBONE" not in given(loaded)
    model.backbone.lineEdit().selectAll()
    QTest.keyClicks(model.backbone.lineEdit(), "timm:convnext_tiny")
    assert given(loaded)["BACKBONE"] == "timm:convnext_tiny"
    model.set_values("MMSEGMENTATION", "")
    loaded.setup.arguments.fields["model"].set("hrnet")
    assert all("hrnet" in model.backbone.itemText(number) for number in range(model.backbone.count()))


def test_only_changed_arguments_are_passed_on(loaded):
    loaded.setup.model.set_values("PSPNET", "")
    assert "MODEL_ARGUMENTS" not in given(loaded)
    fields = loaded.setup.arguments.fields
    fields["focal_loss"].widget.setChecked(True)
    fields["pyramid_sizes"].widget.setText("1, 2, 8")
    fields["background"].widget.setCurrentText("IGNORE")
    wanted = {"focal_loss": True, "pyramid_sizes": [1, 2, 8], "background": "IGNORE"}
    assert json.loads(given(loaded)["MODEL_ARGUMENTS"]) == wanted
    press(loaded.setup.arguments._marks["focal_loss"][1])
    del wanted["focal_loss"]
    assert json.loads(given(loaded)["MODEL_ARGUMENTS"]) == wanted
    loaded.setup.model.set_values("UNET", "")
    assert json.loads(given(loaded)["MODEL_ARGUMENTS"]) == {"background": "IGNORE"}


def test_argument_that_does_not_fit_is_said_and_refused(loaded):
    loaded.setup.model.set_values("PSPNET", "")
    loaded.setup.arguments.fields["pyramid_sizes"].widget.setText("1, none")
    assert "pyramid_sizes" in loaded.setup.arguments.notice.text()
    assert "pyramid_sizes" in loaded.setup.form.check()
    assert loaded.setup.form.run() is None


def test_every_argument_of_every_type_has_a_field_that_gives_its_default(tab):
    from swath.engine.models import MODEL_TYPES

    for item in MODEL_TYPES.all().values():
        tab.setup.arguments.set_model(item)
        assert list(tab.setup.arguments.fields) == [argument.name for argument in item.arguments]
        assert tab.setup.arguments.values() == {}, item.id
        for name, field in tab.setup.arguments.fields.items():
            assert field.value() == item.parse_arguments({})[name], (item.id, name)
            assert field.argument.expected in field.widget.toolTip()


def test_distances_are_set_for_all_classes_or_each(loaded):
    distances = loaded.setup.distances
    assert sorted(distances.spins) == [0, 1, 2]
    distances.spins[0][0].setValue(4)
    assert [distances.spins[value][0].value() for value in (1, 2)] == [4, 4]
    assert given(loaded)["SOLID_DISTANCE"] == "4"
    assert "BLUR_DISTANCE" not in given(loaded)
    distances.spins[2][0].setValue(6.5)
    distances.spins[1][1].setValue(3)
    assert distances.spins[1][2].value() == 3
    assert given(loaded)["SOLID_DISTANCE"] == "1 4;2 6.5"
    assert given(loaded)["BLUR_DISTANCE"] == "1 3 3;2 0 0"
    loaded.setup.model.set_kind("OBJECTS")
    assert "SOLID_DISTANCE" not in given(loaded)
    assert loaded.setup.distances_box.isHidden()


def test_state_comes_back_from_a_project(loaded, context, segments):
    from swath.plugin.training.train_tab import TrainTab

    loaded.setup.model.set_values("PSPNET", "resnet50")
    loaded.setup.arguments.fields["mixup"].widget.setChecked(True)
    loaded.setup.form.set_value("MAX_EPOCHS", 7)
    loaded.setup.form.set_value("PRESET", "ENVI")
    loaded.setup.distances.spins[2][0].setValue(5)
    state = json.loads(json.dumps(loaded.state()))
    other = TrainTab(context)
    other.restore(state)
    wait_for(lambda: other.setup.chips.folders)
    assert given(other) == given(loaded)
    assert given(other)["SOLID_DISTANCE"] == "1 0;2 5"
    other.deleteLater()


def test_preset_says_what_it_changes(loaded):
    assert loaded.setup.preset_note.text() == ""
    loaded.setup.form.set_value("PRESET", "ENVI")
    assert "UNETPLUSPLUS" in loaded.setup.preset_note.text()
    assert "MAX_EPOCHS 25" in loaded.setup.preset_note.text()


# --- chips -----------------------------------------------------------------------------------------


def test_preview_draws_labels_pages_and_shuffles(tab, tmp_path):
    folder = make_chips(tmp_path / "many_chips", 30, empty_last=True)
    tab.setup.chips.set_paths([str(folder)])
    wait_for(lambda: tab.setup.chips.folders)
    press(tab.setup.preview_button)
    assert tab.pages.currentWidget() is tab.preview
    preview = tab.preview
    wait_for(lambda: preview._task is None and preview.tiles and preview.tiles[-1].chip is not None)
    count = len(preview.tiles)
    assert 2 <= count < 30
    image = preview.tiles[0].chip.image
    assert image.pixelColor(2, 32).green() > image.pixelColor(2, 32).red()
    assert image.pixelColor(60, 32).red() > image.pixelColor(60, 32).green()
    assert preview.tiles[0].caption() == "Field, Roof"
    preview.labels.setChecked(False)
    wait_for(lambda: preview._task is None and preview.tiles[0].chip.classes == ())
    preview.labels.setChecked(True)
    paths = [tile.chip.path.name for tile in preview.tiles]
    press(preview.forth)
    wait_for(lambda: preview._task is None and preview.tiles[0].chip.path.name not in paths)
    assert preview.place.text() == f"{count + 1} to {2 * count} of 30"
    preview.turn(99)
    wait_for(lambda: preview._task is None and not preview.forth.isEnabled())
    last = [tile for tile in preview.tiles if tile.chip is not None][-1]
    assert last.caption() == "no label"
    preview.mix(seed=3)
    wait_for(lambda: preview._task is None and preview.first == 0)
    assert [tile.chip.path.name for tile in preview.tiles] != paths
    assert "Field" in preview.counts.text()


@pytest.mark.parametrize("chip_format", ["PASCAL_VOC_RECTANGLES", "YOLO", "YOLO_POLYGONS", "COCO", "RCNN_MASKS"])
def test_objects_are_drawn_where_they_lie_in_every_format(tmp_path, chip_format):
    """One box from (8, 8) to (40, 40) of class 2."""
    from swath.plugin.training.chip_folder import read_chip_folder
    from swath.plugin.training.chip_pictures import draw_chip

    folder = make_boxes(tmp_path / "chips")
    rewrite(folder, chip_format)
    found = read_chip_folder(folder)
    assert (found.problem, found.format.id, len(found.entries)) == ("", chip_format, 3)
    plain = draw_chip(found, found.entries[0], labels=False).image
    drawn = draw_chip(found, found.entries[0])
    assert drawn.problem == ""
    assert drawn.classes == ("Roof",)
    changed = [
        (x, y)
        for x in range(64)
        for y in range(64)
        if plain.pixelColor(x, y).rgb() != drawn.image.pixelColor(x, y).rgb()
    ]
    assert {(8, 20), (20, 8), (39, 20), (20, 39)} <= set(changed)
    assert not [(x, y) for x, y in changed if not (4 <= x < 44 and y < 44)]


def rewrite(folder, chip_format):
    """Write the labels of boxes in another format."""
    from osgeo import gdal

    path = folder / "esri_model_definition.emd"
    names = {"YOLO": "YOLO_rectangles", "YOLO_POLYGONS": "YOLO_polygons", "COCO": "COCO", "RCNN_MASKS": "RCNN_Masks"}
    if chip_format not in names:
        return
    path.write_text(path.read_text().replace("PASCAL_VOC_rectangles", names[chip_format]))
    stems = [item.stem for item in sorted((folder / "images").iterdir())]
    for item in (folder / "labels").iterdir():
        item.unlink()
    if chip_format in {"YOLO", "YOLO_POLYGONS"}:
        line = "1 0.375 0.375 0.5 0.5\n" if chip_format == "YOLO" else "1 .125 .125 .625 .125 .625 .625 .125 .625\n"
        for stem in stems:
            (folder / "labels" / f"{stem}.txt").write_text(line)
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif  labels\\{s}.txt \r\n" for s in stems))
    elif chip_format == "RCNN_MASKS":
        (folder / "labels" / "2").mkdir()
        for stem in stems:
            dataset = gdal.GetDriverByName("GTiff").Create(str(folder / "labels/2" / f"{stem}.tif"), 64, 64, 1)
            import numpy as np

            mask = np.zeros((64, 64), np.uint8)
            mask[8:40, 8:40] = 1
            dataset.GetRasterBand(1).WriteArray(mask)
            dataset = None
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif  labels\\2\\{s}.tif \r\n" for s in stems))
    else:
        (folder / "labels").rmdir()
        ring = [8, 8, 40, 8, 40, 40, 8, 40]
        values = {
            "images": [{"id": n, "file_name": f"{s}.tif", "width": 64, "height": 64} for n, s in enumerate(stems)],
            "categories": [{"id": 1, "name": "Field"}, {"id": 2, "name": "Roof"}],
            "annotations": [
                {"id": n, "image_id": n, "category_id": 2, "segmentation": [ring], "bbox": [8, 8, 32, 32]}
                for n, _ in enumerate(stems)
            ],
        }
        (folder / "annotations.json").write_text(json.dumps(values))
        (folder / "map.txt").write_text("".join(f"images\\{s}.tif \r\n" for s in stems))


def test_broken_chips_are_said_and_the_others_shown(tab, segments):
    (segments / "labels" / "000000000000.tif").write_bytes(b"no raster")
    (segments / "images" / "000000000001.tif").write_bytes(b"")
    tab.setup.chips.set_paths([str(segments)])
    wait_for(lambda: tab.setup.chips.folders)
    tab.pages.setCurrentWidget(tab.preview)
    preview = tab.preview
    wait_for(lambda: preview._task is None and preview.tiles[2].chip is not None)
    problems = [bool(tile.chip.problem) for tile in preview.tiles[:3]]
    assert problems == [True, True, False]


# --- runs ------------------------------------------------------------------------------------------


def test_run_goes_on_in_the_background_and_its_end_reaches_the_next_tab(loaded, context, engine, segments):
    loaded.setup.form.set_value("MAX_EPOCHS", 2)
    press(loaded.setup.form.panel.run_button)
    monitor = loaded.runs.monitor
    wait_for(lambda: monitor.reader is not None and monitor.reader.status == "running")
    assert loaded.pages.currentWidget() is loaded.runs
    assert engine.jobs[0]["max_epochs"] == 2
    assert not loaded.setup.form.panel.run_button.isEnabled()
    engine.go.set()
    wait_for(lambda: context.results.get("model"))
    assert context.results["model"] == str(segments.with_name("town_model"))
    wait_for(lambda: monitor.reader.status == "done")
    asked = []
    context.tabAsked.connect(asked.append)
    press(monitor.buttons.apply)
    assert asked == ["apply"]
    assert given(loaded)["OUTPUT"] == str(segments.with_name("town_model_2"))


def test_closed_tab_stops_nothing_and_a_new_one_finds_the_run(context, engine, segments):
    from qgis.PyQt import sip

    from swath.plugin.training.train_tab import TrainTab

    first = TrainTab(context)
    first.show()
    first.setup.chips.set_paths([str(segments)])
    wait_for(lambda: first.setup.chips.folders)
    press(first.setup.form.panel.run_button)
    wait_for(lambda: engine.made is not None)
    state = first.state()
    sip.delete(first)
    other = TrainTab(context)
    other.restore(state)
    other.show()
    wait_for(lambda: other.runs.monitor.reader is not None and other.runs.monitor.reader.status == "running")
    assert other.setup.form.panel.current is not None
    engine.go.set()
    wait_for(lambda: context.results.get("model"))
    wait_for(lambda: other.runs.monitor.reader.status == "done")
    other.hide()
    other.deleteLater()


def test_cancel_in_the_monitor_ends_the_run(loaded, engine):
    press(loaded.setup.form.panel.run_button)
    monitor = loaded.runs.monitor
    wait_for(lambda: monitor.reader is not None and monitor.reader.status == "running")
    monitor.ask = lambda question: True
    press(monitor.buttons.cancel)
    wait_for(lambda: loaded.setup.form.panel.current is None)
    wait_for(monitor.buttons.resume.isVisible)


def test_killed_run_of_before_is_resumed_with_its_own_parameters(loaded, engine, tmp_path, segments):
    run = FakeRun(tmp_path / "old").begin(epochs=2, job={
        "inputs": [str(segments)], "output": str(tmp_path / "old"), "name": "old", "model_type": "UNET",
        "backbone": "resnet18", "max_epochs": 9, "batch_size": 3,
    })  # fmt: skip
    run.die()
    loaded.setup.form.set_value("MAX_EPOCHS", 4)
    loaded.setup.form.set_value("AUGMENTATION", "NONE")
    loaded.runs.ask_folder = lambda: str(run.run)
    loaded.pages.setCurrentWidget(loaded.runs)
    press(loaded.runs.open_button)
    assert loaded.runs.output == run.output
    press(loaded.runs.monitor.buttons.resume)
    wait_for(lambda: engine.jobs)
    job = engine.jobs[0]
    assert (job["output"], job["max_epochs"], job["batch_size"]) == (str(run.output), 9, 3)
    assert job["augmentation"] == "DEFAULT"
    assert given(loaded)["MAX_EPOCHS"] == 4


def test_refused_run_says_why_and_stays_in_the_form(tab):
    press(tab.setup.form.panel.run_button)
    assert tab.setup.form.panel.notice.text()
    assert tab.pages.currentWidget() is tab.setup
    assert tab.runs.monitor.reader is None


def test_run_started_elsewhere_is_found_beside_those_of_the_project(tab, tmp_path):
    run = FakeRun(tmp_path / "toolbox").begin(epochs=1)
    known = FakeRun(tmp_path / "known").begin(epochs=1, alive=False)
    known.finish(best=1)
    tab.runs.set_known([str(known.output)])
    names = {tab.runs.choice.itemText(number) for number in range(tab.runs.choice.count())}
    assert names == {"known", "toolbox"}
    tab.runs.choice.setCurrentIndex(tab.runs.choice.findText("toolbox"))
    tab.runs.choice.activated.emit(tab.runs.choice.currentIndex())
    assert tab.runs.monitor.reader.status == "running"
    run.die()


def test_folder_without_a_run_is_said(tab, tmp_path):
    told = []
    tab.runs.told.connect(told.append)
    tab.runs.ask_folder = lambda: str(tmp_path)
    tab.runs.open()
    assert "no training" in told[0]
