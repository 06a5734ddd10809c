"""The engine's process as QGIS runs it: cancel, death, and what the user reads then."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

FAKE = Path(__file__).with_name("fake_worker.py")
COMMAND = [sys.executable, str(FAKE)]


@pytest.fixture
def feedback():
    from qgis.core import QgsProcessingFeedback

    class Feedback(QgsProcessingFeedback):
        """Collects what is said."""

        def __init__(self):
            super().__init__(False)
            self.infos, self.warnings = [], []

        def pushInfo(self, info):
            self.infos.append(info)

        def pushWarning(self, warning):
            self.warnings.append(warning)

    return Feedback()


@pytest.fixture
def run(swath_plugin, feedback, tmp_path, monkeypatch):
    """Run the fake task; its logs lie in the test's folder."""
    from swath.processing_provider import engine_process

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def start(what, marker=""):
        job = {"what": what, "marker": marker or str(tmp_path / "marker")}
        return engine_process.run_engine("fake", job, feedback, COMMAND)

    return start


def cancel_when_started(feedback, marker: Path, times: list[float]) -> threading.Thread:
    def watch():
        while not (marker.exists() and marker.read_text()):
            time.sleep(0.01)
        times.append(time.monotonic())
        feedback.cancel()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_run_reports_and_returns_the_result(run, feedback):
    values = run("noise")
    assert feedback.infos == ["said"]
    assert values["numbers"] == [1, 2.5]


def test_run_cancelled_ends_as_an_error_within_a_second(run, feedback, tmp_path):
    from swath.engine.errors import CancelledError

    times = []
    thread = cancel_when_started(feedback, tmp_path / "marker", times)
    with pytest.raises(CancelledError, match="the fake work"):
        run("work")
    thread.join()
    latency = time.monotonic() - times[0]
    print(f"cancel latency {latency:.2f} s")
    assert latency < 3


def test_run_cancelled_stubborn_engine_is_killed_with_its_children(run, feedback, tmp_path, monkeypatch):
    from swath.engine.errors import CancelledError
    from swath.processing_provider import engine_process

    monkeypatch.setattr(engine_process, "GRACE_S", 1.0)
    times = []
    thread = cancel_when_started(feedback, tmp_path / "marker", times)
    with pytest.raises(CancelledError):
        run("ignore_cancel")
    thread.join()
    assert time.monotonic() - times[0] < 6
    time.sleep(0.2)
    for pid in (tmp_path / "marker").read_text().split():
        state = Path(f"/proc/{pid}/stat")
        assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("exit_at_once", "exit status 7"),
        ("crash", "SIGSEGV"),
        ("kill_self", "out of memory"),
    ],
)
def test_run_dead_engine_becomes_one_sentence_with_the_log(run, what, words, tmp_path):
    from swath.engine.errors import SwathError

    with pytest.raises(SwathError) as caught:
        run(what)
    text = str(caught.value)
    assert words in text
    assert "\n" not in text
    log = next(part for part in text.replace(")", " ").split() if part.rstrip(".").endswith(".log") or ".log" in part)
    assert Path(log[: log.index(".log") + 4]).is_file()


def test_run_crash_leaves_its_trace_in_the_log(run, tmp_path):
    from swath.engine.errors import SwathError

    with pytest.raises(SwathError):
        run("crash")
    logs = list((tmp_path / "swath" / "logs").glob("*.log"))
    assert len(logs) == 1
    assert "Segmentation fault" in logs[0].read_text()


def test_run_engine_without_a_needed_package_says_which(run, swath_plugin, feedback, tmp_path, monkeypatch):
    from swath.engine.errors import SwathError
    from swath.processing_provider import engine_process

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    command = [sys.executable, "-c", "import a_package_that_is_not_there"]
    with pytest.raises(SwathError, match="a_package_that_is_not_there is missing"):
        engine_process.run_engine("fake", {}, feedback, command)


def test_run_no_interpreter_says_how_to_get_one(swath_plugin, feedback, tmp_path, monkeypatch):
    from swath.engine.errors import NoEnvironmentError
    from swath.processing_provider import engine_process

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(NoEnvironmentError, match="Set up"):
        engine_process.run_engine("fake", {}, feedback, [str(tmp_path / "python")])


def test_run_error_of_the_engine_is_translated_by_its_template(run, monkeypatch):
    from swath.engine.errors import SwathError
    from swath.processing_provider import sentences

    monkeypatch.setattr(
        sentences,
        "translate",
        lambda context, text: "Kein Platz: {path}" if context == "SwathErrors" and "disk is full" in text else text,
    )
    with pytest.raises(SwathError) as caught:
        run("fail", "disk")
    assert str(caught.value) == "Kein Platz: /data/out.tif"


def test_run_broken_translation_falls_back_to_english(run, monkeypatch):
    from swath.engine.errors import SwathError
    from swath.processing_provider import sentences

    monkeypatch.setattr(sentences, "translate", lambda context, text: "{nothing}" if "disk" in text else text)
    with pytest.raises(SwathError, match="The disk is full"):
        run("fail", "disk")


def test_run_environment_of_the_engine_holds_nothing_of_qgis(monkeypatch, run, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PROJ_LIB", "/elsewhere")
    monkeypatch.setenv("GDAL_DATA", "/elsewhere")
    values = run("environment")
    assert not {"PYTHONPATH", "PYTHONHOME", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA"} & set(values["names"])
    assert os.environ["PROJ_LIB"] == "/elsewhere"
