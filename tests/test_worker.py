"""The engine's process by itself: its protocol, its cancel, and its end when the parent dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FAKE = Path(__file__).with_name("fake_worker.py")
LAUNCH = Path(__file__).resolve().parents[1] / "engine" / "launch.py"


class Worker:
    """A worker that is talked to by hand."""

    def __init__(self, what: str, tmp_path: Path, marker: str = "") -> None:
        self.marker, self.log = tmp_path / "marker", tmp_path / "run.log"
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        job = {"what": what, "marker": marker or str(self.marker)}
        self.send({"task": "fake", "job": job, "log": str(self.log)})

    def send(self, line: dict[str, Any]) -> None:
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines until the end; each must be JSON."""
        found = [json.loads(line) for line in self.process.stdout]
        self.process.wait(timeout=20)
        return found

    def wait_for_start(self) -> None:
        until = time.monotonic() + 20
        while not self.marker.exists() or not self.marker.read_text():
            assert time.monotonic() < until, "the work did not start"
            time.sleep(0.02)


@pytest.fixture
def start(tmp_path):
    """Start workers and make sure that none outlives the test."""
    workers = []

    def make(what: str, marker: str = "") -> Worker:
        workers.append(Worker(what, tmp_path, marker))
        return workers[-1]

    yield make
    for worker in workers:
        if worker.process.poll() is None:
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.stdin.close()
        worker.process.stdout.close()
        worker.process.wait()


def gone(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_worker_noise_on_standard_output_leaves_the_lines_whole(start):
    worker = start("noise")
    lines = worker.lines()
    assert [line["type"] for line in lines] == ["message", "result"]
    assert lines[1]["values"] == {"nan": None, "path": "a", "numbers": [1, 2.5], "inner": {"infinite": None}}
    log = worker.log.read_text()
    for noise in ("print", "os.write", "libc", "child", "a warning for the log"):
        assert noise in log
    assert worker.process.returncode == 0


def test_worker_reports_too_often_sends_few_lines_and_the_last_metrics(start):
    lines = start("many").lines()
    assert len(lines) < 200
    metrics = [line["values"]["epoch"] for line in lines if line["type"] == "metrics"]
    assert metrics[-1] == 19999
    assert lines[-1] == {"type": "result", "values": {"last": 19999}}


def test_worker_cancel_line_ends_as_an_error(start):
    worker = start("work")
    worker.wait_for_start()
    worker.send({"cancel": True})
    asked = time.monotonic()
    lines = worker.lines()
    assert time.monotonic() - asked < 3
    assert lines[-1]["error"]["type"] == "CancelledError"
    assert "the fake work" in lines[-1]["error"]["message"]
    assert worker.process.returncode == 1


def test_worker_signal_cancels(start):
    worker = start("work")
    worker.wait_for_start()
    worker.process.send_signal(signal.SIGTERM)
    assert worker.lines()[-1]["error"]["type"] == "CancelledError"


def test_worker_parent_dies_obedient_work_ends_within_seconds(start):
    worker = start("work")
    worker.wait_for_start()
    worker.process.stdin.close()
    assert gone(worker.process.pid, 3)


def test_worker_parent_dies_stubborn_work_and_its_children_are_killed(start):
    worker = start("ignore_cancel")
    worker.wait_for_start()
    pids = [int(pid) for pid in worker.marker.read_text().split()]
    worker.process.stdin.close()
    assert all(gone(pid, 9) for pid in pids)


def test_worker_thread_left_behind_does_not_keep_it_alive(start):
    worker = start("linger")
    assert worker.lines()[-1]["type"] == "result"


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        ("input", "InputError", ["what, where, what to do"]),
        ("memory", "OutOfMemoryError", ["smaller batch", "run.log"]),
        ("torch", "OutOfMemoryError", ["20 GiB"]),
        ("disk", "DiskFullError", ["/data/out.tif"]),
        ("access", "NoAccessError", ["/data/out.tif"]),
        ("package", "MissingPackageError", ["torch", "'train'"]),
        ("library", "BrokenPackageError", ["rasterio", "DLL load failed"]),
        ("bug", "InternalError", ["division by zero", "run.log"]),
    ],
)
def test_worker_failure_becomes_one_sentence(start, cause, kind, words):
    worker = start("fail", cause)
    error = worker.lines()[-1]["error"]
    assert error["type"] == kind
    assert "\n" not in error["message"]
    for word in words:
        assert word in error["message"]
    # The sentence can be made again from template and facts, in any language.
    assert error["template"].format(**error["facts"]) == error["message"]
    assert "Traceback" in worker.log.read_text() or cause == "input"


def test_worker_full_disk_inside_another_error_is_told(start):
    assert start("wrapped").lines()[-1]["error"]["type"] == "DiskFullError"


@pytest.mark.parametrize(
    "line", [b"", b"no json\n", b"[]\n", b'{"task": "nothing", "job": {}}\n', b'{"task": "label"}\n']
)
def test_worker_bad_request_is_refused_with_a_sentence(line):
    done = subprocess.run([sys.executable, str(LAUNCH), "worker"], input=line, capture_output=True, check=False)
    lines = [json.loads(text) for text in done.stdout.splitlines()]
    assert [item["type"] for item in lines] == ["error"]
    assert lines[0]["error"]["type"] == "BadJobError"
    assert done.returncode == 1


def test_launch_started_from_anywhere_hides_no_module_of_others(tmp_path):
    code = "import sys; import launch, json; print(json.dumps([p for p in sys.path if p.endswith('engine')]))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(LAUNCH.parent)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(done.stdout) == []


def test_command_line_job_without_needed_option_says_which():
    done = subprocess.run(
        [sys.executable, str(LAUNCH), "classify", "--raster", "a.tif"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--model" in done.stderr


def test_command_line_run_of_unknown_task_ends_with_a_sentence(tmp_path):
    job = tmp_path / "job.json"
    job.write_text('{"task": "dance", "job": {}}')
    done = subprocess.run([sys.executable, str(LAUNCH), "run", str(job)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "dance" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("command", "word"), [("models", "UNET"), ("formats", "CLASSIFIED_TILES")])
def test_command_line_lists_what_is_there(command, word):
    done = subprocess.run([sys.executable, str(LAUNCH), command], capture_output=True, text=True, check=True)
    assert word in done.stdout


def test_command_line_options_follow_the_jobs():
    from swath.engine.__main__ import _parser
    from swath.engine.options import read_job

    options = _parser("export").parse_args(
        [
            "export",
            "--raster",
            "a.tif",
            "--output",
            "chips",
            "--tile-size",
            "64",
            "64",
            "--no-all-tiles",
            "--extent",
            "-5.5",
            "0",
            "5",
            "7",
            "--classes",
            '[{"value": 1, "name": "House"}]',
        ]
    )
    job = read_job(options.job_type, options)
    assert job.raster == str(Path("a.tif").absolute())
    assert job.labels == ""
    assert job.tile_size == [64, 64]
    assert job.extent == [-5.5, 0, 5, 7]
    assert job.classes == [{"value": 1, "name": "House"}]
    options = _parser("train").parse_args(
        ["train", "--inputs", "chips", "--output", "model", "--arguments", "background TRAIN", "--stop-early"]
    )
    job = read_job(options.job_type, options)
    assert job.inputs == [str(Path("chips").absolute())]
    assert job.arguments == {"background": "TRAIN"}
