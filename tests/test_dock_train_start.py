"""Trainings that are started, cancelled, resumed and found in the tab Train; the engine is a pretended one."""

from __future__ import annotations

from dock_train_cases import FakeRun
from dock_train_fixtures import given, press
from form_cases import wait_for


def test_end_of_a_run_in_the_background_reaches_the_next_tab(filled_tab, train_context, pretended_engine, town_chips):
    filled_tab.setup.form.set_value("MAX_EPOCHS", 2)
    press(filled_tab.setup.form.panel.run_button)
    monitor = filled_tab.runs.monitor
    wait_for(lambda: monitor.reader is not None and monitor.reader.status == "running")
    assert filled_tab.pages.currentWidget() is filled_tab.runs
    assert pretended_engine.jobs[0]["max_epochs"] == 2
    assert not filled_tab.setup.form.panel.run_button.isEnabled()
    pretended_engine.go.set()
    wait_for(lambda: train_context.results.get("model"))
    assert train_context.results["model"] == str(town_chips.with_name("town_model"))
    wait_for(lambda: monitor.reader.status == "done")
    asked = []
    train_context.tabAsked.connect(asked.append)
    press(monitor.buttons.apply)
    assert asked == ["apply"]
    assert given(filled_tab)["OUTPUT"] == str(town_chips.with_name("town_model_2"))


def test_closed_tab_stops_nothing_and_a_new_one_finds_the_run(train_context, pretended_engine, town_chips):
    from qgis.PyQt import sip

    from swath.plugin.training.train_tab import TrainTab

    first = TrainTab(train_context)
    first.show()
    first.setup.chips.set_paths([str(town_chips)])
    wait_for(lambda: first.setup.chips.folders)
    press(first.setup.form.panel.run_button)
    wait_for(lambda: pretended_engine.made is not None)
    state = first.state()
    sip.delete(first)
    other = TrainTab(train_context)
    other.restore(state)
    other.show()
    wait_for(lambda: other.runs.monitor.reader is not None and other.runs.monitor.reader.status == "running")
    assert other.setup.form.panel.current is not None
    pretended_engine.go.set()
    wait_for(lambda: train_context.results.get("model"))
    wait_for(lambda: other.runs.monitor.reader.status == "done")
    other.hide()
    other.deleteLater()


def test_cancel_in_the_monitor_ends_the_run(filled_tab, pretended_engine):
    press(filled_tab.setup.form.panel.run_button)
    monitor = filled_tab.runs.monitor
    wait_for(lambda: monitor.reader is not None and monitor.reader.status == "running")
    monitor.ask = lambda question: True
    press(monitor.buttons.cancel)
    wait_for(lambda: filled_tab.setup.form.panel.current is None)
    wait_for(monitor.buttons.resume.isVisible)


def test_killed_run_of_before_is_resumed_with_its_own_parameters(filled_tab, pretended_engine, tmp_path, town_chips):
    run = FakeRun(tmp_path / "old").begin(epochs=2, job={
        "inputs": [str(town_chips)], "output": str(tmp_path / "old"), "name": "old", "model_type": "UNET",
        "backbone": "resnet18", "max_epochs": 9, "batch_size": 3,
    })  # fmt: skip
    run.die()
    filled_tab.setup.form.set_value("MAX_EPOCHS", 4)
    filled_tab.setup.form.set_value("AUGMENTATION", "NONE")
    filled_tab.runs.ask_folder = lambda: str(run.run)
    filled_tab.pages.setCurrentWidget(filled_tab.runs)
    press(filled_tab.runs.open_button)
    assert filled_tab.runs.output == run.output
    press(filled_tab.runs.monitor.buttons.resume)
    wait_for(lambda: pretended_engine.jobs)
    job = pretended_engine.jobs[0]
    assert (job["output"], job["max_epochs"], job["batch_size"]) == (str(run.output), 9, 3)
    assert job["augmentation"] == "DEFAULT"
    assert given(filled_tab)["MAX_EPOCHS"] == 4


def test_refused_run_says_why_and_stays_in_the_form(train_tab):
    press(train_tab.setup.form.panel.run_button)
    assert train_tab.setup.form.panel.notice.text()
    assert train_tab.pages.currentWidget() is train_tab.setup
    assert train_tab.runs.monitor.reader is None


def test_run_started_elsewhere_is_found_beside_those_of_the_project(train_tab, tmp_path):
    run = FakeRun(tmp_path / "toolbox").begin(epochs=1)
    known = FakeRun(tmp_path / "known").begin(epochs=1, alive=False)
    known.finish(best=1)
    train_tab.runs.set_known([str(known.output)])
    names = {train_tab.runs.choice.itemText(number) for number in range(train_tab.runs.choice.count())}
    assert names == {"known", "toolbox"}
    train_tab.runs.choice.setCurrentIndex(train_tab.runs.choice.findText("toolbox"))
    train_tab.runs.choice.activated.emit(train_tab.runs.choice.currentIndex())
    assert train_tab.runs.monitor.reader.status == "running"
    run.die()


def test_folder_without_a_run_is_said(train_tab, tmp_path):
    told = []
    train_tab.runs.told.connect(told.append)
    train_tab.runs.ask_folder = lambda: str(tmp_path)
    train_tab.runs.open()
    assert "no training" in told[0]
