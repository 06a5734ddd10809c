"""Look at the engine environment and say how it is, as values and as text for an issue."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .machine import nvidia_driver
from .places import engine_home, find_engine_python, log_of, shorten
from .process import Runner, run_child
from .stamp import Stamp, read_stamp

APPLY_MODULES = ("numpy", "onnxruntime", "rasterio", "shapely", "pyogrio", "psutil")
TRAIN_MODULES = (
    *("torch", "torchvision", "lightning", "segmentation_models_pytorch", "timm", "transformers", "scipy"),
    *("torchmetrics", "kornia", "onnx", "onnxscript", "tensorboard", "safetensors", "matplotlib", "PIL"),
)
LOG_LINES = 15


@dataclass(frozen=True)
class Diagnosis:
    """The state of the engine environment.

    Attributes:
        problems: one sentence each, with the remedy; empty where all is well.
        facts: name and value, in reading order.
        log: the last lines of the last set-up.
    """

    home: Path
    python: Path | None
    stamp: Stamp | None
    problems: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    log: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether work can start."""
        return not self.problems

    def text(self) -> str:
        """Return everything as text, without the user's name in paths."""
        lines = ["Swath engine environment: " + ("ready" if self.ok else "NOT ready")]
        lines += [f"  problem: {problem}" for problem in self.problems]
        lines += [f"  {name}: {value}" for name, value in self.facts.items()]
        lines += ["Last lines of the set-up log:", *(f"  {line}" for line in self.log)] if self.log else []
        return shorten("\n".join(lines))


def probe(python: Path, tier: str, runner: Runner, cancelled: Callable[[], bool]) -> dict[str, Any]:
    """Ask an environment for its versions, imports and devices; raise OSError where it does not run.

    Returns:
        ``python``, ``versions``, ``imports`` (name to seconds or error) and ``devices``.
    """
    names = APPLY_MODULES if tier == "apply" else APPLY_MODULES + TRAIN_MODULES
    lines: list[str] = []
    script = Path(__file__).with_name("probe.py")
    # -P keeps the script's folder, in which our own modules have common names, out of the search path.
    status = runner((str(python), "-P", str(script), *names), lines.append, cancelled, python.parent)
    for line in reversed(lines):
        if line.startswith("{"):
            answer: dict[str, Any] = json.loads(line)
            return answer
    last = lines[-1] if lines else "it said nothing"
    raise OSError(f"{shorten(python)} ended with status {status}: {last}")


def diagnose(runner: Runner = run_child, cancelled: Callable[[], bool] = lambda: False) -> Diagnosis:
    """Look at the environment that Swath uses, really importing its packages; changes nothing."""
    home, python = engine_home(), find_engine_python()
    stamp = read_stamp(python.parents[1]) if python else None
    facts = {"system": f"{platform.platform()}, {platform.machine()}", "NVIDIA driver": nvidia_driver() or "none"}
    problems: list[str] = []
    if python is None:
        problems.append(_absent(home))
    else:
        facts["interpreter"] = shorten(python)
        facts["tier and build"] = f"{stamp.tier}, {stamp.build}, torch of {stamp.torch}" if stamp else "no stamp"
        problems += _ask(python, stamp, facts, runner, cancelled)
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    facts["free disk"] = f"{shutil.disk_usage(place).free / 1e9:.1f} GB at {shorten(place)}"
    return Diagnosis(home, python, stamp, tuple(problems), facts, _log_tail(home))


def _absent(home: Path) -> str:
    if home.exists() and any(home.iterdir()):
        return f"{shorten(home)} is unfinished or not of Swath: repair it, or set it up anew."
    return f"there is no engine environment at {shorten(home)}: set it up with Plugins > Swath > Set up."


def _ask(
    python: Path, stamp: Stamp | None, facts: dict[str, str], runner: Runner, cancelled: Callable[[], bool]
) -> list[str]:
    try:
        answer = probe(python, _tier(stamp, python), runner, cancelled)
    except (OSError, ValueError) as error:
        return [f"the engine's Python does not run ({error}): repair the environment."]
    facts["Python"] = answer["python"]
    imports: dict[str, dict[str, Any]] = answer["imports"]
    facts["imports"] = ", ".join(f"{name} {told['seconds']} s" for name, told in imports.items() if "seconds" in told)
    for name, value in answer["devices"].items():
        facts[name] = (", ".join(value) or "none") if isinstance(value, list) else str(value)
    broken = [
        f"{name} does not import ({told['error']}): repair the environment."
        for name, told in imports.items()
        if "error" in told
    ]
    return broken + _compare(stamp, answer, facts)


def _tier(stamp: Stamp | None, python: Path) -> str:
    if stamp:
        return stamp.tier
    # An interpreter the user chose says nothing of its tier; torch's presence does.
    found = any(python.parents[1].glob("[Ll]ib/**/site-packages/torch/__init__.py"))
    return "train" if found else "apply"


def _compare(stamp: Stamp | None, answer: dict[str, Any], facts: dict[str, str]) -> list[str]:
    if stamp is None:
        return []
    problems: list[str] = []
    if stamp.choice.lock.is_file() and stamp.choice.digest() != stamp.digest:
        problems.append("the environment was made for another version of Swath: repair it.")
    differing = [
        f"{n} {answer['versions'].get(n, 'missing')} (locked: {v})"
        for n, v in stamp.versions.items()
        if answer["versions"].get(n) != v
    ]
    facts["packages"] = f"{len(stamp.versions)} locked, {len(differing)} differing"
    if differing:
        problems.append(f"packages were changed: {', '.join(differing[:8])}: repair the environment.")
    if stamp.build == "cuda" and "CUDAExecutionProvider" not in answer["devices"].get("providers", []):
        problems.append("onnxruntime sees no CUDA: update the NVIDIA driver, or choose the build 'cpu'.")
    if stamp.build == "cuda" and stamp.tier == "train" and not answer["devices"].get("cuda"):
        problems.append("torch sees no NVIDIA GPU: update the driver, or choose the build 'cpu'.")
    return problems


def _log_tail(home: Path) -> tuple[str, ...]:
    try:
        return tuple(log_of(home).read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])
    except OSError:
        return ()
