"""Fixtures that start QGIS's own programs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def qgis_process(tmp_path):
    """Start qgis_process with the plugin enabled, in a folder of another name, in a profile of its own."""
    program = shutil.which("qgis_process")
    if program is None:
        pytest.skip("qgis_process is not installed")
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "swath").symlink_to(ROOT)
    (tmp_path / "profile").mkdir()
    environment = {
        **os.environ,
        "QGIS_PLUGINPATH": str(plugins),
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "profile"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    from swath.engine.installer import engine_python

    environment["SWATH_ENGINE_PYTHON"] = str(engine_python())
    enabled = subprocess.run(
        [program, "plugins", "enable", "swath"], env=environment, capture_output=True, text=True, check=False
    )
    assert enabled.returncode == 0, enabled.stderr
    started = []

    def start(*arguments: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [program, "run", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
