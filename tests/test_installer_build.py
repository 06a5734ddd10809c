"""Building the environment with a runner that only pretends: order, cancel, failures, leftovers."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from swath.engine.errors import CancelledError, DiskFullError, NoEnvironmentError
from swath.engine.installer import build, engine_python, find_engine_python, places
from swath.engine.installer.build import Builder, NotOursError
from swath.engine.installer.choices import make_choice
from swath.engine.installer.errors import (
    BrokenPackageError,
    CertificateError,
    ChecksumError,
    EngineBusyError,
    NoPythonError,
    NoSpaceError,
    OfflineError,
    SetupError,
)
from swath.engine.installer.lockfile import exclusive
from swath.engine.installer.state import current_state
from swath.engine.progress import Silent

CHOICE = make_choice("linux", "train", "cpu")
APPLY = make_choice("linux", "apply", "cpu")


class Collected(Silent):
    """A reporter that remembers, and is cancelled when told."""

    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.texts: list[str] = []
        self.stop = False

    def progress(self, fraction: float, text: str = "") -> None:
        self.fractions.append(fraction)

    def message(self, text: str) -> None:
        self.texts.append(text)

    def warning(self, text: str) -> None:
        self.texts.append(text)

    def cancelled(self) -> bool:
        return self.stop


class Pretender:
    """Runs nothing; makes what the commands would make. ``fails`` maps a word of a command to its last line."""

    def __init__(self, fails: dict[str, str] | None = None, broken: str = "") -> None:
        self.commands: list[str] = []
        self.fails, self.broken = fails or {}, broken

    def __call__(
        self, argv: Sequence[str], on_line: Callable[[str], None], cancelled: Callable[[], bool], folder: Path
    ) -> int:
        line = " ".join(map(str, argv))
        self.commands.append(line)
        if cancelled():
            raise CancelledError(what="it")
        for word, said in self.fails.items():
            if word in line:
                on_line(said)
                return 2
        if " venv " in line:
            python = places.python_in(Path(argv[-1]))
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
            (Path(argv[-1]) / "pyvenv.cfg").write_text("home = x")
        if "probe.py" in line:
            names = line.split("probe.py ")[1].split()
            imports = {n: {"error": "ImportError: no DLL"} if n == self.broken else {"seconds": 0.1} for n in names}
            answer = {"python": "3.11.2", "versions": {"numpy": "2.4.6", "other": "1"}, "imports": imports}
            on_line(json.dumps({**answer, "devices": {}}))
        return 0


@pytest.fixture
def reporter() -> Collected:
    return Collected()


@pytest.fixture(autouse=True)
def _uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "find_uv", lambda tools: "/tools/uv")


def leftovers(home: Path) -> set[str]:
    """Return what lies beside the environment, without its log and lock."""
    return {path.name for path in home.parent.iterdir()} - {home.name, "engine.log", "engine.lock"}


def test_create_builds_beside_then_renames_and_stamps(engine_home: Path, reporter: Collected) -> None:
    runner = Pretender()
    stamp = Builder(engine_home, reporter, runner).create(CHOICE)
    assert "engine.partial" in runner.commands[0]
    assert stamp.versions == {"numpy": "2.4.6"}
    assert stamp.torch == "cpu"
    assert engine_python() == places.python_in(engine_home)
    assert current_state().kind == "ready"
    assert leftovers(engine_home) == set()
    assert reporter.fractions == sorted(reporter.fractions)
    assert reporter.fractions[-1] == 1.0


def test_create_where_own_builds_cannot_be_had_takes_the_registrys_pair(engine_home: Path, reporter: Collected) -> None:
    runner = Pretender(fails={"--torch-backend": "error: Connection refused"})
    stamp = Builder(engine_home, reporter, runner).create(CHOICE)
    assert runner.commands[-2].endswith("linux-train-cpu-torch.txt")
    assert any("package registry's build" in text for text in reporter.texts)
    assert stamp.torch == "registry"
    assert current_state().kind == "ready"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("error: Request failed: dns error: failed to lookup address information", OfflineError),
        ("invalid peer certificate: UnknownIssuer", CertificateError),
        ("error: Hash mismatch for `numpy==2.4.6`", ChecksumError),
        ("failed to write: No space left on device (os error 28)", DiskFullError),
        ("error: something quite new", SetupError),
    ],
)
def test_failed_step_becomes_one_sentence_and_leaves_nothing(
    engine_home: Path, reporter: Collected, line: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        Builder(engine_home, reporter, Pretender(fails={"--require-hashes": line})).create(APPLY)
    assert "\n" not in str(caught.value)
    assert type(caught.value) is error
    assert not engine_home.exists()
    assert leftovers(engine_home) == set()


def test_failed_repair_keeps_the_old_environment(engine_home: Path, reporter: Collected) -> None:
    Builder(engine_home, reporter, Pretender()).create(APPLY)
    with pytest.raises(OfflineError):
        Builder(engine_home, reporter, Pretender(fails={"install": "timed out"})).create(CHOICE)
    state = current_state()
    assert state.stamp is not None
    assert (state.kind, state.stamp.tier) == ("ready", "apply")


def test_repair_leaves_the_cache_aside_where_a_package_stays_broken(engine_home: Path, reporter: Collected) -> None:
    class Damaged(Pretender):
        def __call__(self, argv: Sequence[str], *rest: Any) -> int:
            self.broken = "" if any("--no-cache" in line for line in self.commands) else "shapely"
            return super().__call__(argv, *rest)

    runner = Damaged()
    Builder(engine_home, reporter, runner).repair(APPLY)
    assert sum("--no-cache" in line for line in runner.commands) == 1
    assert current_state().kind == "ready"


def test_package_that_does_not_import_is_no_success(engine_home: Path, reporter: Collected) -> None:
    with pytest.raises(BrokenPackageError, match=r"onnxruntime .*no DLL"):
        Builder(engine_home, reporter, Pretender(broken="onnxruntime")).create(APPLY)
    assert find_engine_python() is None


def test_cancel_removes_everything_unfinished(engine_home: Path, reporter: Collected) -> None:
    def runner(argv: Sequence[str], on_line: Callable[[str], None], cancelled: Callable[[], bool], folder: Path) -> int:
        reporter.stop = "install" in argv
        return Pretender()(argv, on_line, cancelled, folder)

    with pytest.raises(CancelledError):
        Builder(engine_home, reporter, runner).create(APPLY)
    assert not engine_home.exists()
    assert leftovers(engine_home) == set()


def test_unfinished_environment_is_told_and_not_used(engine_home: Path, reporter: Collected) -> None:
    Pretender()(["uv", " venv ", str(engine_home)], print, lambda: False, engine_home)
    assert current_state().kind == "unfinished"
    assert find_engine_python() is None
    with pytest.raises(NoEnvironmentError, match="Plugins > Swath > Set up"):
        engine_python()
    Builder(engine_home, reporter, Pretender()).create(APPLY)
    assert current_state().kind == "ready"


def test_environment_of_other_locks_is_out_of_date(engine_home: Path, reporter: Collected) -> None:
    Builder(engine_home, reporter, Pretender()).create(APPLY)
    path = engine_home / places.STAMP_NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), "digest": "another"}))
    assert current_state().kind == "outdated"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tier": 1}', "null"])
def test_broken_stamp_is_an_unfinished_environment(engine_home: Path, text: str) -> None:
    engine_home.mkdir()
    (engine_home / places.STAMP_NAME).write_text(text)
    assert current_state().kind == "unfinished"


def test_folder_of_somebody_else_is_never_touched(engine_home: Path, reporter: Collected) -> None:
    engine_home.mkdir()
    (engine_home / "thesis.odt").write_text("years of work")
    builder = Builder(engine_home, reporter, Pretender())
    with pytest.raises(NotOursError, match="something else"):
        builder.create(APPLY)
    with pytest.raises(NotOursError):
        builder.remove()
    assert (engine_home / "thesis.odt").exists()


def test_full_disk_is_told_before_anything_is_done(
    engine_home: Path, reporter: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(engine_home.parent)._replace(free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    runner = Pretender()
    with pytest.raises(NoSpaceError, match=r"0\.1 GB are free"):
        Builder(engine_home, reporter, runner).create(APPLY)
    assert runner.commands == []


@pytest.mark.parametrize("python", ["/no/such/python", "/bin/true"])
def test_python_that_is_none_is_refused(engine_home: Path, reporter: Collected, python: str) -> None:
    with pytest.raises(NoPythonError, match="it does not run"):
        Builder(engine_home, reporter, Pretender()).create(APPLY, python)
    assert leftovers(engine_home) == set()


def test_python_that_is_too_old_is_refused_and_fetched_where_it_runs_us(
    engine_home: Path, reporter: Collected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3 9\n")
    old.chmod(0o755)
    with pytest.raises(NoPythonError, match=r"3\.9"):
        Builder(engine_home, reporter, Pretender()).create(APPLY, str(old))
    monkeypatch.setattr(build, "running_python", lambda: str(old))
    runner = Pretender()
    Builder(engine_home, reporter, runner).create(APPLY)
    assert "--python 3.12" in runner.commands[0]


def test_remove_takes_everything_away(engine_home: Path, reporter: Collected) -> None:
    builder = Builder(engine_home, reporter, Pretender())
    builder.create(APPLY)
    assert builder.remove()
    assert not engine_home.exists()
    assert not places.log_of(engine_home).exists()
    assert not builder.remove()


def test_second_set_up_at_the_same_time_is_refused(engine_home: Path, reporter: Collected) -> None:
    with exclusive(engine_home), pytest.raises(EngineBusyError, match="another set-up"):
        Builder(engine_home, reporter, Pretender()).create(APPLY)


def test_engine_python_prefers_the_variable_and_does_not_fall_back(
    engine_home: Path, reporter: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    Builder(engine_home, reporter, Pretender()).create(APPLY)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    assert engine_python() == Path(sys.executable)
    assert current_state().kind == "chosen"
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", "/no/such/python")
    with pytest.raises(NoEnvironmentError, match="/no/such/python"):
        engine_python()
