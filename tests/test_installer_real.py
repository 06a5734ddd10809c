"""A real installation of the small tier, the diagnosis of it, and the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swath.engine.installer import cli, find_engine_python
from swath.engine.installer.build import Builder
from swath.engine.installer.check import diagnose
from swath.engine.installer.choices import make_choice
from swath.engine.installer.errors import OfflineError
from swath.engine.installer.machine import platform_key
from swath.engine.installer.output import StepProgress
from swath.engine.progress import Silent


@pytest.fixture
def installed(engine_home: Path) -> Path:
    """Return the home of a really installed small environment; skip where no package can be had."""
    build = "apple" if platform_key() == "macos" else "cpu"
    try:
        Builder(engine_home, Silent()).create(make_choice(platform_key(), "apply", build))
    except OfflineError as error:
        pytest.skip(f"no package registry can be reached: {error}")
    return engine_home


def test_installed_environment_works_and_the_diagnosis_finds_what_breaks(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = find_engine_python()
    assert python is not None
    code = "import onnxruntime, rasterio, shapely; print(shapely.__version__)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2.2.0"

    diagnosis = diagnose()
    assert diagnosis.ok, diagnosis.text()
    assert "CPUExecutionProvider" in diagnosis.facts["providers"]
    assert re.search(r"onnxruntime [\d.]+ s", diagnosis.facts["imports"])
    assert str(Path.home()) + "/" not in diagnosis.text()

    package = next(installed.glob("lib/*/site-packages/shapely/__init__.py"))
    package.unlink()  # uv links files from its cache: writing into this one would damage the cache
    package.write_text("raise ImportError('a library is gone')")
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "NOT ready" in told
    assert "shapely does not import (ImportError: a library is gone)" in told

    assert cli.main(["repair"]) == 0
    assert diagnose().ok
    assert cli.main(["where"]) == 0
    assert capsys.readouterr().out.strip().endswith(str(python))
    assert cli.main(["remove"]) == 0
    assert not installed.exists()


def test_doctor_without_environment_names_the_remedy(engine_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 1
    assert "there is no engine environment" in capsys.readouterr().out
    assert cli.main(["where"]) == 1
    assert "Plugins > Swath > Set up" in capsys.readouterr().err


def test_set_up_that_is_killed_leaves_nothing_and_ends_its_child(engine_home: Path, tmp_path: Path) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    # A uv that begins an environment and then hangs, as a download on a bad line does.
    uv.write_text(
        f"""#!/bin/sh
case "$1" in --version) echo "uv 0.13.8";; *) mkdir "{engine_home}.partial"; echo $$ > "{tmp_path}/pid"; sleep 60;; esac
"""
    )
    uv.chmod(0o755)
    launcher = Path(cli.__file__).parents[1] / "launch.py"
    environment = {**os.environ, "PATH": f"{uv.parent}:/usr/bin:/bin"}
    child = subprocess.Popen([sys.executable, launcher, "install", "--tier", "apply"], env=environment)
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert engine_home.with_name("engine.partial").exists()
    child.terminate()
    assert child.wait(timeout=20) == 130
    assert not engine_home.with_name("engine.partial").exists()
    assert not engine_home.exists()


def test_diagnosis_of_a_python_that_does_not_run_is_a_sentence(
    engine_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho broken loader\nexit 127\n")
    python.chmod(0o755)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", str(python))
    diagnosis = diagnose()
    assert not diagnosis.ok
    assert "broken loader" in diagnosis.problems[0]


def test_progress_of_a_step_follows_the_sizes_that_uv_announces() -> None:
    progress = StepProgress(3)
    assert progress.feed("Resolved 3 packages in 1ms") is None
    assert progress.feed("Downloading torch (900.0MiB)") == (0.0, "Downloading torch (900.0 MiB)")
    assert progress.feed("Downloading numpy (100.0MiB)") == (0.0, "Downloading numpy (100.0 MiB)")
    half = progress.feed(" Downloaded torch")
    assert half is not None
    assert half[0] == pytest.approx(0.72)
    done = progress.feed("Installed 3 packages in 20ms")
    assert done is not None
    assert done[0] == 1.0
