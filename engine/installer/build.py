"""Create, repair and remove the engine environment.

It is built beside its place and renamed when it is complete and its packages have really been
imported: an old environment keeps working until then, and a cancelled set-up leaves nothing. A
relocatable virtual environment survives the rename (see :mod:`.plan`); the stamp inside tells a
finished one from a folder that somebody else made.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError
from ..progress import Reporter, Section, check
from .check import probe
from .choices import Choice
from .errors import BrokenPackageError, EngineBusyError, NoPythonError, NoSpaceError, SetupError
from .lockfile import exclusive
from .machine import FETCHED_PYTHON, Interpreter, ask_version, running_python
from .output import StepProgress, explain
from .places import STAMP_NAME, log_of, partial_of, python_in, shorten, tools_of
from .plan import Step, plan
from .process import Runner, run_child
from .stamp import Stamp, read_stamp
from .uv_tool import fetch_command, find_uv, has_pip

WHAT = "setting up the engine environment"
KEPT_LINES = 40
RENAME_TRIES = 20


class NotOursError(InputError):
    """The folder holds something that Swath did not make."""

    template = "The folder {path} holds something else than Swath's engine environment: choose another, or empty it."


@dataclass(frozen=True)
class Builder:
    """Sets up an environment at ``home``; ``runner`` starts the commands."""

    home: Path
    reporter: Reporter
    runner: Runner = run_child

    def create(self, choice: Choice, python: str = "", *, fresh: bool = False) -> Stamp:
        """Build the environment and put it into its place, whatever is there.

        Args:
            choice: what to install.
            python: interpreter to make it with; "" for the one that runs this, or a fetched one.
            fresh: download everything anew.

        Raises:
            EnvironmentProblem: with the remedy; an environment that was there is kept.
            CancelledError: after everything unfinished has been removed.
        """
        self._refuse_foreign()
        self._check_space(choice)
        self.home.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_of(self.home)
        with exclusive(self.home):
            log_of(self.home).write_text("", encoding="utf-8")
            _remove_tree(partial)
            try:
                uv = self._uv()
                base = self._interpreter(python, uv)
                self._log(f"Tier {choice.tier}, build {choice.build}, Python {base}, {uv or 'pip'}")
                torch = self._run_plan(plan(choice, partial, base, uv, fresh=fresh), choice)
                stamp = self._verify(choice, partial, torch)
                stamp.write(partial)
                _swap(partial, self.home)
            finally:
                _remove_tree(partial)
        self.reporter.progress(1.0, "The engine environment is ready")
        return stamp

    def repair(self, choice: Choice, python: str = "") -> Stamp:
        """Build the environment anew, at the worst without uv's cache.

        uv links files from its cache into the environment, so whatever wrote into the environment
        has damaged the cache, too.
        """
        try:
            return self.create(choice, python)
        except BrokenPackageError as error:
            self.reporter.warning(f"{error} Everything is downloaded anew.")
            return self.create(choice, python, fresh=True)

    def remove(self) -> bool:
        """Remove the environment, what is unfinished of it, and the installer's own tools."""
        self._refuse_foreign()
        if not self.home.parent.is_dir():
            return False
        with exclusive(self.home):
            existed = self.home.exists() or partial_of(self.home).exists()
            for folder in (self.home, partial_of(self.home), tools_of(self.home)):
                _remove_tree(folder)
            log_of(self.home).unlink(missing_ok=True)
        return existed

    def _refuse_foreign(self) -> None:
        home = self.home
        if not home.exists() or (home / STAMP_NAME).exists() or (home / "pyvenv.cfg").exists():
            return
        if not home.is_dir() or any(home.iterdir()):
            raise NotOursError(path=shorten(home))

    def _check_space(self, choice: Choice) -> None:
        needed, folder = choice.size_gb * 1.33, self.home
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free / 1e9
        if free < needed:
            raise NoSpaceError(needed=f"{needed:.1f}", free=f"{free:.1f}", path=shorten(self.home))

    def _uv(self) -> str:
        tools = tools_of(self.home)
        uv = find_uv(tools)
        python = "" if uv else running_python()
        if uv or not python or not has_pip(python):
            return uv
        try:
            self._run(Step("fetching the installer uv", tuple(fetch_command(python, tools)), 0.0), self.reporter)
        except SetupError:
            _remove_tree(tools)
            self.reporter.message("The installer uv cannot be had here, so pip does the work; it takes longer.")
        return find_uv(tools)

    def _interpreter(self, python: str, uv: str) -> str:
        found = Interpreter(python, ask_version(python)) if python else _running()
        if found.usable:
            return found.path
        if not python and uv:
            self.reporter.message(f"Python {FETCHED_PYTHON} is fetched for the engine environment.")
            return FETCHED_PYTHON
        version = ".".join(map(str, found.version)) if found.version else "it does not run"
        raise NoPythonError(detail=f"{shorten(found.path) or 'none here'}: {version}")

    def _run_plan(self, steps: list[Step], choice: Choice) -> str:
        done = 0.0
        torch = choice.torch_backend if steps[-1].fallback else "registry"
        for step in steps:
            section = Section(self.reporter, done, done + step.share * 0.9)
            try:
                self._run(step, section)
            except SetupError:
                if step.fallback is None:
                    raise
                check(self.reporter, WHAT)
                self.reporter.warning(step.fallback_message)
                self._check_space(replace(choice, torch="registry"))
                self._run(step.fallback, section)
                torch = "registry"
            done += step.share * 0.9
        return torch

    def _run(self, step: Step, section: Reporter) -> None:
        section.progress(0.0, step.title[0].upper() + step.title[1:])
        progress, last = StepProgress(step.packages), deque[str](maxlen=KEPT_LINES)
        self._log("$ " + " ".join(step.argv))

        def on_line(line: str) -> None:
            last.append(line)
            self._log(line)
            told = progress.feed(line)
            if told:
                section.progress(*told)

        try:
            status = self.runner(step.argv, on_line, self.reporter.cancelled, self.home.parent)
        except OSError as error:
            raise SetupError(step=step.title, reason=str(error), log=shorten(log_of(self.home))) from error
        if status:
            raise explain(step.title, list(last), shorten(self.home), shorten(log_of(self.home)))
        section.progress(1.0)

    def _verify(self, choice: Choice, folder: Path, torch: str) -> Stamp:
        self.reporter.progress(0.92, "Trying the packages")
        check(self.reporter, WHAT)
        answer = probe(python_in(folder), choice.tier, self.runner, self.reporter.cancelled)
        for name, told in answer["imports"].items():
            if "error" in told:
                raise BrokenPackageError(package=name, reason=told["error"], log=shorten(log_of(self.home)))
        if torch == "registry":
            choice = replace(choice, torch="registry")
        locked = choice.locked_versions()
        versions = {name: version for name, version in answer["versions"].items() if name in locked}
        return Stamp(choice.platform, choice.tier, choice.build, choice.digest(), answer["python"], torch, versions)

    def _log(self, line: str) -> None:
        with log_of(self.home).open("a", encoding="utf-8") as log:
            log.write(shorten(line) + "\n")


def repair_choice(home: Path, default: Callable[[], Choice]) -> Choice:
    """Return the choice a repair builds: that of the stamp, else the default's."""
    stamp = read_stamp(home)
    return stamp.choice if stamp and stamp.choice.lock.is_file() else default()


def _running() -> Interpreter:
    python = running_python()
    return Interpreter(python, ask_version(python) if python else None)


def _remove_tree(folder: Path) -> None:
    """Remove a folder; on Windows a virus scanner may hold a file for a moment."""
    for attempt in range(RENAME_TRIES):
        if not folder.exists():
            return
        try:
            shutil.rmtree(folder)
        except OSError as error:
            if attempt == RENAME_TRIES - 1:
                raise EngineBusyError(path=shorten(folder), detail=error.strerror or str(error)) from error
            time.sleep(0.1)


def _swap(partial: Path, home: Path) -> None:
    """Put ``partial`` in the place of ``home``; the old environment goes only when the new one stands."""
    old = home.with_name(home.name + ".old")
    _remove_tree(old)
    if home.exists():
        _rename(home, old)
    try:
        _rename(partial, home)
    except EngineBusyError:
        if old.exists():
            _rename(old, home)
        raise
    _remove_tree(old)


def _rename(source: Path, target: Path) -> None:
    for attempt in range(RENAME_TRIES):
        try:
            source.replace(target)
        except OSError as error:
            if attempt == RENAME_TRIES - 1:
                raise EngineBusyError(path=shorten(target), detail=error.strerror or str(error)) from error
            time.sleep(0.1)
        else:
            return
