"""Asked in the engine environment itself: which packages are there, and do they really import?

Run as a script (``python probe.py NAME ...``) by :mod:`.check`; prints one JSON object. It imports
nothing of Swath, so that a broken environment can still tell what is broken.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import json
import platform
import sys
import time
from typing import Any


def try_import(name: str) -> dict[str, Any]:
    """Import a module; return the seconds it took, or the error in one line."""
    start = time.perf_counter()
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - whatever a broken package raises is the answer
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
    return {"seconds": round(time.perf_counter() - start, 2)}


def devices(imported: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what torch and onnxruntime can compute on."""
    found: dict[str, Any] = {}
    if "seconds" in imported.get("onnxruntime", {}):
        runtime = importlib.import_module("onnxruntime")
        if hasattr(runtime, "preload_dlls"):
            runtime.preload_dlls()
        found["providers"] = runtime.get_available_providers()
    if "seconds" in imported.get("torch", {}):
        torch = importlib.import_module("torch")
        found["torch"] = torch.__version__
        found["cuda"] = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
        found["mps"] = bool(torch.backends.mps.is_available())
    return found


def main(names: list[str]) -> None:
    """Write the answer as one line of JSON."""
    out = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        imported = {name: try_import(name) for name in names}
        found = devices(imported)
    versions = {
        dist.metadata["Name"].lower().replace("_", "-"): dist.version
        for dist in importlib.metadata.distributions()
        if dist.metadata["Name"]
    }
    answer = {"python": platform.python_version(), "versions": versions, "imports": imported, "devices": found}
    out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
