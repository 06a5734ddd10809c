"""The command lines that build an environment, made but not run here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from .choices import LOCKS, Choice
from .places import python_in


@dataclass(frozen=True)
class Step:
    """One command of the set-up.

    Attributes:
        title: what it does, as "while ..." goes on.
        share: its part of the whole time.
        packages: how many packages it installs (for the progress).
        fallback: what is run instead where it fails, and the message to give then.
    """

    title: str
    argv: tuple[str, ...]
    share: float
    packages: int = 0
    fallback: Step | None = None
    fallback_message: str = ""


def plan(choice: Choice, folder: Path, python: str, uv: str, *, fresh: bool = False) -> list[Step]:
    """Return the steps that fill ``folder``; without ``uv`` venv and pip do the work.

    ``fresh`` leaves the caches of both aside.
    """
    train = choice.tier == "train"
    steps = [_venv(folder, python, uv)]
    steps.append(_locked("installing the packages", choice.lock, folder, uv, 0.4 if train else 0.9))
    if train:
        steps.append(_torch(choice, folder, uv))
    return [_without_cache(step) for step in steps] if fresh else steps


def _venv(folder: Path, python: str, uv: str) -> Step:
    # Relocatable, because the folder is renamed when it is complete. (Those of venv are not, but only
    # their scripts hold the path, and Swath starts nothing but the interpreter and ``-m`` modules.)
    options = ("--relocatable", "--no-project", "--python", python)
    argv = (uv, "venv", *options, str(folder)) if uv else (python, "-m", "venv", str(folder))
    return Step("creating the environment", argv, 0.1)


def _locked(title: str, lock: Path, folder: Path, uv: str, share: float) -> Step:
    # A lock is complete, so nothing is resolved: --no-deps. Nothing is compiled: no code of a package runs.
    options = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock))
    count = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    return Step(title, (*_install(folder, uv), *options), share, count)


def _torch(choice: Choice, folder: Path, uv: str) -> Step:
    locked = _locked("installing PyTorch", choice.torch_lock, folder, uv, 0.5)
    backend = choice.torch_backend
    if not backend or not uv:
        return locked
    pair = re.findall(r"^torch\w*==\S+", (LOCKS / "torch.in").read_text(encoding="utf-8"), re.MULTILINE)
    argv = (*_install(folder, uv), "--no-deps", "--only-binary", ":all:", f"--torch-backend={backend}", *pair)
    message = "PyTorch's own builds cannot be had here, so the package registry's build of the same version is taken."
    return Step("installing PyTorch", argv, 0.5, len(pair), locked, message)


def _without_cache(step: Step) -> Step:
    if "install" not in step.argv:
        return step
    name = "--no-cache-dir" if "-m" in step.argv else "--no-cache"
    return replace(step, argv=(*step.argv, name), fallback=step.fallback and _without_cache(step.fallback))


def _install(folder: Path, uv: str) -> tuple[str, ...]:
    python = str(python_in(folder))
    if uv:
        return (uv, "pip", "install", "--python", python)
    return (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
