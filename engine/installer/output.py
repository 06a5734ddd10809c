"""Understand what uv and pip print: how far they are, and why they failed."""

from __future__ import annotations

import re

from ..errors import DiskFullError, EnvironmentProblem
from .errors import CertificateError, ChecksumError, OfflineError, SetupError

UNITS = {"B": 1e-6, "KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
_DOWNLOADING = re.compile(r"Downloading (\S+) \(([\d.]+)\s*(B|KiB|MiB|GiB)\)")
_DOWNLOADED = re.compile(r"Downloaded (\S+)")
_COLLECTING = re.compile(r"Collecting ([^\s=]+)")


class StepProgress:
    """The fraction of one step, from the lines that uv (without a terminal) and pip print."""

    def __init__(self, packages: int) -> None:
        self._packages, self._collected = max(packages, 1), 0
        self._sizes: dict[str, float] = {}
        self._done: set[str] = set()

    def feed(self, line: str) -> tuple[float, str] | None:
        """Return (fraction, text) where the line says something about progress."""
        downloading = _DOWNLOADING.search(line)
        if downloading:
            self._sizes[downloading[1]] = float(downloading[2]) * UNITS[downloading[3]]
            return self._downloads(), f"Downloading {downloading[1]} ({downloading[2]} {downloading[3]})"
        downloaded = _DOWNLOADED.search(line)
        if downloaded:
            self._done.add(downloaded[1])
            return self._downloads(), f"Downloaded {downloaded[1]}"
        collecting = _COLLECTING.match(line)
        if collecting:
            self._collected += 1
            return 0.8 * min(self._collected / self._packages, 1.0), f"Getting {collecting[1]}"
        if line.startswith(("Prepared ", "Installing collected")):
            return 0.85, "Unpacking"
        return (1.0, line) if line.startswith("Installed ") else None

    def _downloads(self) -> float:
        # Small files are not announced, so the announced ones stand for all.
        total = sum(self._sizes.values())
        return 0.8 * sum(self._sizes.get(name, 0.0) for name in self._done) / total if total else 0.0


_CAUSES: tuple[tuple[type[SetupError], str], ...] = (
    (CertificateError, r"certificate|UnknownIssuer|SSLError|CERTIFICATE_VERIFY_FAILED"),
    (ChecksumError, r"hash mismatch|DO NOT MATCH THE HASHES"),
    (
        OfflineError,
        r"dns error|failed to lookup|name resolution|error sending request|Connection refused|timed out"
        r"|Network is unreachable|client error \(Connect\)|NewConnectionError|ConnectTimeout|tunnel error"
        r"|Could not connect|network was disabled",
    ),
)


def explain(step: str, lines: list[str], folder: str, log: str) -> EnvironmentProblem:
    """Return the error that the last lines of a failed step speak of."""
    text = "\n".join(lines)
    if re.search(r"No space left on device|os error 28\b|os error 112\b|disk quota", text, re.IGNORECASE):
        return DiskFullError(path=folder)
    for kind, pattern in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return kind(step=step, log=log)
    told = [line.strip() for line in lines if re.match(r"\s*(error|ERROR|×)", line)] or [line for line in lines if line]
    reason = re.sub(r"^(error|ERROR):?\s*", "", told[-1]).rstrip(".") if told else "the command said nothing"
    return SetupError(step=step, reason=reason[:300], log=log)
