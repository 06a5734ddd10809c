"""What this machine has: operating system, graphics processor, interpreters."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import UnsupportedChoiceError

PYTHONS = ((3, 11), (3, 14))
FETCHED_PYTHON = "3.12"

# QGIS sets these for itself; in another interpreter they bring the wrong libraries or PROJ data in.
FOREIGN_VARIABLES = (
    *("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV"),
    *("CONDA_PREFIX", "GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_LIB", "PROJ_DATA", "GEOTIFF_CSV"),
)


def clean_environment() -> dict[str, str]:
    """Return the environment variables for a process of the engine environment."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    return {**kept, "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def platform_key() -> str:
    """Return "linux", "windows" or "macos"; raise UnsupportedChoiceError on a machine without wheels."""
    key = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    if key == "macos" and platform.machine() != "arm64":
        remedy = "torch and onnxruntime are no longer made for Macs with Intel processors"
        raise UnsupportedChoiceError(tier="any", build="any", machine=platform.machine(), remedy=remedy)
    return key


def nvidia_driver() -> str:
    """Return the version of the NVIDIA driver, "unknown" where it is there but silent, or ""."""
    tool = shutil.which("nvidia-smi")
    if tool:
        command = [tool, "--query-gpu=driver_version", "--format=csv,noheader"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - fixed
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.split()[0]
        return ""
    return "unknown" if Path("/proc/driver/nvidia/version").exists() else ""


def best_build(tier: str) -> str:
    """Return the build that uses what this machine has."""
    key = platform_key()
    if key == "macos":
        return "apple"
    if nvidia_driver():
        return "cuda"
    # Every supported Windows has Direct3D 12, and DirectML falls back to the CPU by itself.
    return "directml" if key == "windows" and tier == "apply" else "cpu"


@dataclass(frozen=True)
class Interpreter:
    """A Python found on this machine: its path (or a version that uv is to fetch) and version."""

    path: str
    version: tuple[int, int] | None

    @property
    def usable(self) -> bool:
        """Tell whether the engine environment can be made with it."""
        return self.version is not None and PYTHONS[0] <= self.version <= PYTHONS[1]


def ask_version(python: str) -> tuple[int, int] | None:
    """Return (major, minor) of an interpreter, or None where it does not run."""
    command = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=clean_environment())  # noqa: S603 - the user's own choice
        major, minor = done.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def running_python() -> str:
    """Return the interpreter of this process as a file, or "".

    Inside QGIS ``sys.executable`` is QGIS itself (Windows, macOS) or the first python3 on PATH
    (Linux), so the interpreter is looked for beside the standard library first.
    """
    for candidate in _beside_library():
        if candidate.is_file() and ask_version(str(candidate)) == tuple(sys.version_info[:2]):
            return str(candidate)
    return ""


def _beside_library() -> Iterator[Path]:
    major, minor = sys.version_info[:2]
    for prefix in dict.fromkeys((sys.base_prefix, sys.base_exec_prefix)):
        if sys.platform == "win32":
            yield from (Path(prefix) / "python.exe", Path(prefix) / "python3.exe")
        else:
            names = (f"python{major}.{minor}", "python3", "python")
            yield from (Path(prefix) / folder / name for folder in ("bin", "MacOS/bin", "MacOS") for name in names)
    if Path(sys.executable or "qgis").stem.lower().startswith("python"):
        yield Path(sys.executable)
