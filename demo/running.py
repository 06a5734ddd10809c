"""Run Swath's algorithms through qgis_process, as a user's script would, in a profile of its own."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
_RESULT = re.compile(r"^([A-Z][A-Z0-9_]*):\s+(.*)$")


class StepError(Exception):
    """A step of the demonstration failed; the sentence says which and why."""


class Echo:
    """Hand on the lines of a child as they come, each with the progress reached, and no headings.

    qgis_process writes its progress (``0...10...20``) without line ends, between and before the lines.
    """

    _QUIET = re.compile(r"^(-+|Inputs|Results|Loaded \d+ providers|[A-Z][A-Z0-9_]*:\s.*)?$")
    _TICKS = re.compile(r"^(?:\s*(?:\.|(?:100|[1-9]?0)(?=\.|[A-Z]|\s*$| - done)))+(?: - done\.)?")
    _STEP = 10  # percent; progress without a word is told this often

    def __init__(self, out: TextIO) -> None:
        self._out, self._rest, self._percent, self._told = out, "", 0, 0
        self.lines: list[str] = []

    def feed(self, text: str) -> None:
        """Take the next piece, cut anywhere."""
        *whole, self._rest = (self._rest + text).split("\n")
        for line in whole:
            self._take(line)
        ticks = self._TICKS.match(self._rest)
        if ticks and ticks.end() == len(self._rest):
            self._move(self._rest, alone=True)
        self._out.flush()

    def close(self) -> None:
        """Take what is left for the last line."""
        if self._rest:
            self._take(self._rest)
        self._rest = ""

    def _take(self, line: str) -> None:
        ticks = self._TICKS.match(line)
        if ticks:
            self._move(ticks.group(), alone=not line[ticks.end() :].strip())
            line = line[ticks.end() :]
        line = line.rstrip()
        if not self._QUIET.match(line):
            self._tell(line.strip())
        self.lines.append(line)

    def _move(self, ticks: str, alone: bool) -> None:
        numbers = re.findall(r"\d+", ticks)
        self._percent = int(numbers[-1]) if numbers else self._percent
        if self._percent >= self._told + self._STEP and alone:
            self._tell("")

    def _tell(self, text: str) -> None:
        self._told = self._percent
        self._out.write(f"  {self._percent:3d} %  {text}".rstrip() + "\n")


def parse_results(lines: list[str]) -> dict[str, str]:
    """Return the outputs that qgis_process prints below the heading "Results"."""
    if "Results" not in lines:
        return {}
    start = len(lines) - lines[::-1].index("Results")
    found = (_RESULT.match(line) for line in lines[start:])
    return {match.group(1): match.group(2).strip() for match in found if match}


def reason(lines: list[str]) -> str:
    """Return the sentences that tell why a child failed; qgis_process marks them with "ERROR:"."""
    marks = [index for index, line in enumerate(lines) if line.startswith("ERROR:")]
    if not marks:
        plain = [line.strip() for line in lines if line.strip()]
        return plain[-1] if plain else "it said nothing."
    # Below a heading, as for bad parameters, the sentences follow indented.
    below = [line.strip() for line in itertools.takewhile(lambda line: line.startswith("\t"), lines[marks[-1] + 1 :])]
    return " ".join(below) or lines[marks[-1]].removeprefix("ERROR:").strip()


class Qgis:
    """qgis_process with Swath enabled, on a profile in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = shutil.which("qgis_process")
        self.seconds: dict[str, float] = {}

    def enable(self) -> None:
        """Make the profile and switch Swath on in it; raise StepError where QGIS is missing."""
        if self._program is None:
            raise StepError("qgis_process was not found: install QGIS 3.40 or later ('make apt' does it on Debian 12).")
        for name in ("plugins", "profile", "runtime"):
            (self._folder / name).mkdir(mode=0o700)
        (self._folder / "plugins" / "swath").symlink_to(ROOT, target_is_directory=True)
        self._call("Start of QGIS", [self._program, "plugins", "enable", "swath"], show=False)

    def run(self, title: str, algorithm: str, values: Mapping[str, object]) -> dict[str, str]:
        """Run an algorithm, show its progress, and return its outputs; raise StepError if it fails."""
        sys.stdout.write(f"\n{title}\n")
        sys.stdout.flush()
        command = [str(self._program), "run", algorithm, *(f"--{name}={value}" for name, value in values.items())]
        start = time.monotonic()
        lines = self._call(title, command, show=True)
        self.seconds[title] = time.monotonic() - start
        return parse_results(lines)

    def _call(self, title: str, command: list[str], show: bool) -> list[str]:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QGIS_PLUGINPATH": str(self._folder / "plugins"),
            "QGIS_CUSTOM_CONFIG_PATH": str(self._folder / "profile"),
            "XDG_RUNTIME_DIR": str(self._folder / "runtime"),
            "PYTHONUNBUFFERED": "1",
        }
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            echo = Echo(sys.stdout if show else nowhere)
            code = _follow(command, environment, echo)
        if code != 0:
            told = any(line.startswith("ERROR:") for line in echo.lines)
            how = "" if told else f"qgis_process ended with code {code}; its last words: "
            raise StepError(f"The step '{title}' failed: {how}{reason(echo.lines)}")
        return echo.lines


def _follow(command: list[str], environment: dict[str, str], echo: Echo) -> int:
    """Run a command and feed all it writes to ``echo`` as it comes; return its exit code."""
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    ) as child:
        assert child.stdout is not None  # noqa: S101 - for the type checker; it is a pipe
        try:
            while chunk := child.stdout.read(4096):
                echo.feed(chunk.decode("utf-8", "replace"))
            echo.close()
        except KeyboardInterrupt:
            # The terminal told the child too; it ends its engine by itself.
            try:
                child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                child.terminate()
            raise
        return child.wait()
