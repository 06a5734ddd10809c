"""The monitor of a training: what it shows, Stop, Cancel, killed runs, the report, TensorBoard."""

from __future__ import annotations

import stat
import sys
import time

import pytest
from dock_train_cases import JOB, FakeRun
from form_cases import wait_for
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


@pytest.fixture
def run(tmp_path):
    made = FakeRun(tmp_path / "roads")
    yield made
    made.die()


@pytest.fixture
def monitor(qgis_app, run):
    from swath.plugin.training.monitor import RunMonitor

    shown = RunMonitor()
    shown.asked, shown.opened = [], []
    shown.ask = lambda question: shown.asked.append(question) or shown.answer
    shown.answer = True
    shown.open_url = shown.opened.append
    shown.resize(400, 600)
    shown.show()
    yield shown
    shown.tensorboard.stop()
    shown.deleteLater()


def press(button):
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def cells(model, row):
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_monitor_shows_progress_time_memory_and_the_best_epoch(monitor, run):
    run.begin(epochs=4)
    run.now(epoch=5, step=5, seconds_left=200)
    monitor.watch(run.output)
    assert monitor.head.headline.text() == "Epoch 5 of 6, batch 5 of 10"
    assert 700 < monitor.head.bar.value() < 750
    assert "epoch 3" in monitor.head.best.text()
    assert "mean IoU 0.300" in monitor.head.best.text()
    assert "left" in monitor.head.numbers.text()
    assert "2.0 GB" in monitor.head.numbers.text()
    assert "UNET" in monitor.head.facts.text
    assert monitor.epochs.rowCount() == 4
    assert cells(monitor.epochs, 2)[:4] == ["3", "0.6667", "1.0000", "0.3000"]
    assert len(monitor.charts.loss.shown()) == 2
    assert monitor.charts.loss.marked == 3


def test_monitor_of_a_running_training_fits_into_a_narrow_dock(monitor, run):
    run.begin(epochs=4)
    run.now(epoch=5, step=5, seconds_left=200)
    monitor.watch(run.output)
    for place in range(monitor.pages.count()):
        monitor.pages.setCurrentIndex(place)
        assert monitor.minimumSizeHint().width() <= 380


def test_new_epoch_appears_by_itself(monitor, run):
    run.begin(epochs=1)
    monitor.watch(run.output)
    monitor.samples.slider.setValue(0)
    run.epoch(2)
    wait_for(lambda: monitor.epochs.rowCount() == 2 and monitor.samples.epoch == 2, 10)
    assert monitor.charts.loss.series[0].xs == [1.0, 2.0]


def test_slider_stays_at_an_epoch_that_the_user_looks_at(monitor, run):
    run.begin(epochs=3)
    monitor.watch(run.output)
    monitor.pages.setCurrentWidget(monitor.samples)
    slider = monitor.samples.slider
    assert monitor.samples.epoch == 3
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Left)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert monitor.samples.epoch == 1
    seen = monitor.samples.picture.grab().toImage().pixelColor(4, 4)
    assert abs(seen.red() - 20) < 4
    run.epoch(4)
    monitor.poll()
    assert (slider.maximum(), monitor.samples.epoch) == (3, 1)


def test_stop_lays_down_its_file_and_keeps_cancel(monitor, run):
    run.begin(epochs=2)
    monitor.watch(run.output)
    press(monitor.buttons.stop)
    assert (run.run / "stop").is_file()
    assert not (run.run / "cancel").exists()
    monitor.poll()
    assert not monitor.buttons.stop.isEnabled()
    assert monitor.buttons.cancel.isEnabled()


@pytest.mark.parametrize("agrees", [True, False])
def test_cancel_asks_once_and_acts_only_where_the_user_agrees(monitor, run, agrees):
    run.begin(epochs=2)
    monitor.watch(run.output)
    monitor.answer = agrees
    told = []
    monitor.cancelAsked.connect(told.append)
    press(monitor.buttons.cancel)
    assert len(monitor.asked) == 1
    assert (run.run / "cancel").is_file() is agrees
    assert told == ([run.output] if agrees else [])
    assert monitor.buttons.cancel.isEnabled() is not agrees


def test_killed_run_says_so_and_resumes_with_the_same_parameters(monitor, run):
    run.begin(epochs=2)
    run.die()
    monitor.watch(run.output)
    assert "ended without a word" in monitor.notice.text()
    assert "after epoch 2" in monitor.notice.text()
    assert not monitor.buttons.stop.isVisible()
    asked = []
    monitor.resumeAsked.connect(asked.append)
    press(monitor.buttons.resume)
    assert asked[0]["INPUT"] == JOB["inputs"][0]
    assert asked[0]["OUTPUT"] == str(run.output)
    assert asked[0]["MAX_EPOCHS"] == JOB["max_epochs"]


def test_run_that_dies_while_one_looks_is_noticed(monitor, run):
    run.begin(epochs=1)
    monitor.watch(run.output)
    states = []
    monitor.statusChanged.connect(states.append)
    run.die()
    wait_for(lambda: "killed" in states, 10)
    assert monitor.buttons.resume.isVisible()


def test_clean_up_asks_and_removes_the_unfinished_folder(monitor, run, tmp_path):
    run.begin(epochs=1)
    run.die()
    monitor.watch(run.output)
    monitor.answer = False
    press(monitor.buttons.clean)
    assert run.partial.is_dir()
    monitor.answer = True
    press(monitor.buttons.clean)
    assert len(monitor.asked) == 2
    assert list(tmp_path.iterdir()) == []
    assert monitor.epochs.rowCount() == 0
    assert not monitor.buttons.clean.isVisible()


def test_failed_run_shows_the_reason(monitor, run):
    run.begin(epochs=1)
    run.die()
    run.line({"event": "failed", "time": 1.0, "message": "The disk is full."})
    monitor.watch(run.output)
    assert "The disk is full." in monitor.notice.text()
    assert monitor.buttons.resume.isVisible()


def test_finished_run_shows_result_classes_and_report(monitor, run):
    run.begin(epochs=4)
    monitor.watch(run.output)
    run.finish(best=3)
    wait_for(lambda: monitor.reader.status == "done", 10)
    monitor.pages.setCurrentWidget(monitor.result)
    assert monitor.head.headline.text() == "Finished after 4 epochs"
    assert "0.300" in monitor.result.head.text()
    assert cells(monitor.result.model, 0)[:3] == ["Field", "0.500", "0.600"]
    assert cells(monitor.result.model, 1)[:3] == ["Roof", "0.750", "–"]
    applied = []
    monitor.applyAsked.connect(applied.append)
    press(monitor.buttons.apply)
    press(monitor.buttons.report)
    monitor.result.links.linkActivated.emit("report")
    assert applied == [str(run.output)]
    assert [url.rsplit("/", 1)[1] for url in monitor.opened] == ["model_metrics.html"] * 2


def test_monitor_waits_for_a_run_that_is_about_to_begin(monitor, run):
    monitor.watch(run.output, expected=True)
    monitor.tell("Reading chips")
    assert "begins" in monitor.head.headline.text()
    assert monitor.head.numbers.text() == "Reading chips"
    run.begin()
    wait_for(lambda: monitor.reader.status == "running", 10)
    run.now("tuning")
    wait_for(lambda: monitor.head.headline.text() == "Looking for the learning rate", 10)


def test_leftover_of_a_run_that_is_started_again_is_no_reason_to_worry(monitor, run):
    run.begin(epochs=2)
    run.die()
    monitor.watch(run.output, expected=True)
    assert "begins" in monitor.head.headline.text()
    assert monitor.notice.text() == ""
    assert not monitor.buttons.resume.isVisible()
    run.hold()
    monitor.poll()
    assert monitor.buttons.stop.isVisible()
    run.die()
    monitor.poll()
    assert monitor.buttons.resume.isVisible()


def test_another_run_takes_the_place_of_the_first(monitor, run, tmp_path):
    other = FakeRun(tmp_path / "lakes").begin(epochs=1, alive=False)
    other.finish(best=1)
    run.begin(epochs=3)
    monitor.watch(run.output)
    monitor.watch(other.output)
    assert monitor.epochs.rowCount() == 1
    assert monitor.charts.loss.series[0].xs == [1.0]
    assert monitor.samples.epoch == 1
    assert monitor.buttons.apply.isVisible()


def test_a_thousand_epochs_stay_fluid(monitor, run):
    run.begin(alive=False)
    from dock_train_cases import epoch_record

    with (run.run / "run.jsonl").open("a") as file:
        file.writelines(__import__("json").dumps(epoch_record(epoch, 1000)) + "\n" for epoch in range(1, 1001))
    run.hold()
    monitor.watch(run.output)
    wait_for(lambda: monitor.epochs.rowCount() == 1000)
    spent = []
    for epoch in range(1001, 1006):
        run.line(epoch_record(epoch, 2000))
        began = time.process_time()
        monitor.poll()
        spent.append(time.process_time() - began)
    assert monitor.epochs.rowCount() == 1005
    assert sorted(spent)[2] < 0.05


# --- TensorBoard -----------------------------------------------------------------------------------


@pytest.fixture
def fake_python(tmp_path, monkeypatch):
    """Put a program in the place of the engine's Python."""

    def make(lines):
        path, script = tmp_path / "python", tmp_path / "instead.py"
        script.write_text(f"import sys\n{lines}\n")
        # A first line that names Python itself may hold no spaces, which paths do.
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("SWATH_ENGINE_PYTHON", str(path))

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with a first line")
def test_tensorboard_opens_once_it_answers_and_ends_with_the_monitor(monitor, run, fake_python):
    fake_python(
        "port = sys.argv[sys.argv.index('--port') + 1]\n"
        "print(f'TensorBoard 2 at http://127.0.0.1:{port}/ (Press CTRL+C to quit)', file=sys.stderr, flush=True)\n"
        "sys.stdin.read()"
    )
    run.begin(epochs=1)
    monitor.watch(run.output)
    press(monitor.buttons.board)
    wait_for(lambda: monitor.opened)
    assert monitor.opened[0].startswith("http://127.0.0.1:")
    assert monitor.tensorboard.folder == run.run / "tensorboard"
    press(monitor.buttons.board)
    assert monitor.opened == [monitor.opened[0]] * 2
    run.now("finishing")
    wait_for(lambda: not monitor.tensorboard.running, 10)
    run.finish(best=1)
    wait_for(lambda: monitor.tensorboard.folder == run.output / "run" / "tensorboard", 10)
    wait_for(lambda: monitor.tensorboard.address)
    assert monitor.tensorboard.address == monitor.opened[0]
    monitor.watch(None)
    assert not monitor.tensorboard.running


@pytest.mark.skipif(sys.platform == "win32", reason="needs scripts with a first line")
def test_missing_tensorboard_is_a_sentence(monitor, run, fake_python):
    fake_python("sys.exit('ModuleNotFoundError: No module named tensorboard')")
    run.begin(epochs=1)
    monitor.watch(run.output)
    press(monitor.buttons.board)
    wait_for(lambda: "not in the engine environment" in monitor.notice.text())
    assert not monitor.tensorboard.running
