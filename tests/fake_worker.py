"""A worker with one task that misbehaves as its job says; started by the tests instead of launch.py."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "engine"))
import launch

launch.register()

from swath.engine import pipeline, worker
from swath.engine.errors import InputError
from swath.engine.jobs import Job
from swath.engine.progress import check


@dataclass(frozen=True)
class FakeJob(Job):
    """``what`` names a function below."""

    what: str
    marker: str = ""


def work(job, reporter):
    """Report for a minute, or until cancelled."""
    Path(job.marker).write_text(str(os.getpid()))
    for step in range(600):
        reporter.progress(step / 600, f"step {step}")
        check(reporter, "the fake work")
        time.sleep(0.1)
    return {}


def ignore_cancel(job, reporter):
    """Never look at the wish to cancel; with a child of its own."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(job.marker).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(60)
    return {}


def noise(job, reporter):
    """Write into standard output in all ways there are."""
    print("print", flush=True)
    os.write(1, b"os.write {\n")
    ctypes.CDLL(None).puts(b"libc") if sys.platform != "win32" else None
    subprocess.run([sys.executable, "-c", "print('child')"], check=True)
    import warnings

    warnings.warn("a warning for the log", stacklevel=1)
    reporter.message("said")
    return {"nan": float("nan"), "path": Path("a"), "numbers": (1, 2.5), "inner": {"infinite": float("inf")}}


def many(job, reporter):
    """Report far too often."""
    for step in range(20000):
        reporter.progress(step / 20000, "busy")
        reporter.metrics({"epoch": step})
    return {"last": step}


def exit_at_once(job, reporter):
    """End without a word."""
    os._exit(7)


def kill_self(job, reporter):
    """Die as the system's out-of-memory killer does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash(job, reporter):
    """Read what is not ours."""
    ctypes.string_at(0)


def fail(job, reporter):
    """Raise what the name in the marker says."""
    raise {
        "input": InputError(detail="what, where, what to do"),
        "memory": MemoryError(),
        "torch": RuntimeError("CUDA out of memory. Tried to allocate 20 GiB"),
        "disk": OSError(errno.ENOSPC, "No space left on device", "/data/out.tif"),
        "access": PermissionError(errno.EACCES, "Permission denied", "/data/out.tif"),
        "package": ModuleNotFoundError("No module named 'torch'", name="torch"),
        "library": ImportError("DLL load failed while importing _base", name="rasterio._base"),
        "bug": ZeroDivisionError("division by zero"),
    }[job.marker]


def wrapped(job, reporter):
    """Raise an error that hides a full disk."""
    try:
        raise OSError(errno.ENOSPC, "No space left on device", "/data/out.tif")
    except OSError as error:
        raise RuntimeError("writing failed") from error


def linger(job, reporter):
    """Leave a thread behind that never ends."""
    import threading

    threading.Thread(target=time.sleep, args=(60,)).start()
    return {"done": True}


def environment(job, reporter):
    """Tell the names of the environment variables."""
    return {"names": sorted(os.environ)}


def run(job, reporter):
    """Do what the job names."""
    return globals()[job.what](job, reporter) or {}


pipeline.STEPS["fake"] = (FakeJob, run)
if __name__ == "__main__":
    sys.exit(worker.main())
