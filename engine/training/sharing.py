"""Several processes train one network, one on each GPU: started, followed and ended here.

The main process prepares and finishes. For the epochs in between it starts workers with the variables that
torchrun sets (RANK, WORLD_SIZE ...), which Lightning's strategy for data in parallel reads: each takes its share of
the batches, and gradients are averaged after each. So a process that dies takes nothing along, and a cancel is certain.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ..errors import CancelledError, EngineCrashedError, InternalError, OutOfMemoryError, SwathError
from ..jobs import TrainJob
from ..progress import Reporter
from .batches import ALONE, Share

LAUNCHER = Path(__file__).resolve().parents[1] / "launch.py"
STEP = "fit"
_POLL_S = 0.1
# What a cancelled process may take to end an epoch that is just being saved.
_GRACE_S = 1.5
# One process fails, then the others lose it: the first cause is told within this time.
_CAUSE_S = 2.0


def share_here() -> Share:
    """Return the share of this process, as the variables of its environment say."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    return Share(int(os.environ.get("RANK", "0")), count) if count > 1 else ALONE


def fit_together(job: TrainJob, processes: int, on_cpu: bool, log: Path, reporter: Reporter) -> None:
    """Let ``processes`` workers go through the epochs; return when all are done.

    Args:
        job: with the run's own output; what was found before (batch size, learning rate) lies in its run folder.
        processes: at least 2.
        on_cpu: share the cores out among them.
        log: where the workers write what nobody needs to read.
        reporter: is told what the first process says.

    Raises:
        SwathError: of the process that failed first; CancelledError; MemoryError, where one had too little.
    """
    workers = _Workers(job, processes, on_cpu, log)
    try:
        workers.follow(reporter)
    finally:
        workers.end()


class _Workers:
    def __init__(self, job: TrainJob, processes: int, on_cpu: bool, log: Path) -> None:
        self._log = log
        self._lines: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        variables = {
            **os.environ,
            "WORLD_SIZE": str(processes),
            "NODE_RANK": "0",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(_free_port()),
        }
        if on_cpu:
            variables["OMP_NUM_THREADS"] = str(max((os.cpu_count() or 1) // processes, 1))
        request = json.dumps({"task": STEP, "job": job.to_dict(), "log": str(log)}).encode() + b"\n"
        self._children = [
            self._start({**variables, "RANK": str(rank), "LOCAL_RANK": str(rank)}, request) for rank in range(processes)
        ]
        for rank, child in enumerate(self._children):
            threading.Thread(target=self._read, args=(rank, child), name=f"swath-rank-{rank}", daemon=True).start()

    def _start(self, variables: dict[str, str], request: bytes) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as errors:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and script
                [sys.executable, str(LAUNCHER), "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=variables,
            )
        self._send(child, request)
        return child

    @staticmethod
    def _send(child: subprocess.Popen[bytes], line: bytes) -> None:
        assert child.stdin is not None  # noqa: S101 - we asked for the pipe
        with contextlib.suppress(OSError):
            child.stdin.write(line)
            child.stdin.flush()

    def _read(self, rank: int, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None  # noqa: S101 - we asked for the pipe
        with contextlib.suppress(ValueError, OSError):
            for line in child.stdout:
                self._lines.put((rank, line))

    def follow(self, reporter: Reporter) -> None:
        """Hand on what the first process says until all are done, one has failed, or the user cancels."""
        asked: float | None = None
        while True:
            if asked is None and reporter.cancelled():
                asked = time.monotonic()
                for child in self._children:
                    self._send(child, b'{"cancel": true}\n')
            ended = [child.poll() for child in self._children]
            if asked is not None and (None not in ended or time.monotonic() - asked > _GRACE_S):
                raise CancelledError(what="the training")
            failures = self._hand_on(reporter)
            if failures or any(ended):
                raise self._cause(failures, reporter)
            if None not in ended:
                self._hand_on(reporter)
                return

    def _hand_on(self, reporter: Reporter) -> list[SwathError]:
        """Tell what came in a moment; return the errors among it."""
        failures = []
        with contextlib.suppress(queue.Empty):
            rank, line = self._lines.get(timeout=_POLL_S)
            while True:
                if (failure := _tell(rank, line, reporter)) is not None:
                    failures.append(failure)
                rank, line = self._lines.get_nowait()
        return failures

    def _cause(self, failures: list[SwathError], reporter: Reporter) -> Exception:
        stop = time.monotonic() + _CAUSE_S
        while time.monotonic() < stop and all(isinstance(failure, InternalError) for failure in failures):
            failures += self._hand_on(reporter)
        ended = [child.poll() for child in self._children]
        # A process that loses another fails, too, but knows no more than that.
        known = sorted(failures, key=lambda failure: isinstance(failure, InternalError))
        killed = next((code for code in ended if code is not None and code < 0), 0)
        if not known or (killed and isinstance(known[0], InternalError)):
            status = killed or next((code for code in ended if code), 1)
            return EngineCrashedError(how=f"one of several processes ended with status {status}", log=self._log)
        return MemoryError("out of memory") if isinstance(known[0], OutOfMemoryError) else known[0]

    def end(self) -> None:
        """Leave no process behind."""
        for child in self._children:
            if child.poll() is None:
                child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()


def _tell(rank: int, line: bytes, reporter: Reporter) -> SwathError | None:
    """Hand one line on; return the error that it is."""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    kind = said.get("type")
    if kind == "error":
        error = said["error"]
        found = SwathError.tree().get(error["type"])
        return found(**error["facts"]) if found else InternalError(detail=error["message"], log="(none)")
    if rank == 0:
        if kind == "progress":
            reporter.progress(said["fraction"], said["text"])
        elif kind == "message":
            reporter.message(said["text"])
        elif kind == "warning":
            reporter.warning(said["text"])
        elif kind == "metrics":
            reporter.metrics(said["values"])
    return None


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
