"""Make the lock files of the engine environment (``make lock``): versions and hashes, no host names.

One lock for each platform, tier and build; the training tier's torch pair stands in a file of its
own, because on some machines it comes from PyTorch's own builds instead. Versions that are locked
stay as long as the sources allow them; ``make lock UPGRADE=1`` takes the newest of all.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

LOCKS = Path(__file__).resolve().parents[1] / "engine" / "installer" / "locks"
PYTHON = "3.11"
CHECKED_PYTHONS = ("3.12", "3.13", "3.14")
TARGETS = {"linux": "x86_64-manylinux_2_28", "windows": "x86_64-pc-windows-msvc", "macos": "aarch64-apple-darwin"}
BUILDS = {"linux": ("cpu", "cuda"), "windows": ("cpu", "cuda", "directml"), "macos": ("apple",)}
# DirectML serves applying only: there is no torch for it.
APPLY_ONLY = {"directml"}
# rasterio's wheels for Apple silicon want macOS 14.
ENVIRONMENT = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}


def compile_lock(platform: str, python: str, sources: list[Path], locked: str = "") -> str:
    """Return the resolved requirements with hashes; versions in ``locked`` stay where the sources allow it."""
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--generate-hashes", "--annotation-style", "line", "--only-binary", ":all:"]
    command += ["--python-platform", TARGETS[platform], "--python-version", python, *map(str, sources)]
    with TemporaryDirectory() as folder:
        # uv prefers the versions that stand in its output file already.
        output = Path(folder, "locked.txt")
        output.write_text(locked, encoding="utf-8")
        command += ["--output-file", str(output)]
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
        text = output.read_text(encoding="utf-8")
    if done.returncode:
        sys.exit(f"{platform}, Python {python}: {done.stderr}")
    return text.replace(str(LOCKS) + "/", "").replace(f"{LOCKS.relative_to(Path.cwd())}/", "")


def split_torch(lock: str, platform: str) -> tuple[str, str]:
    """Split a lock into what is no part of torch, and the torch pair with what only it needs."""
    entries = re.findall(r"^\S.*\n(?:[ \t]+.*\n)*", lock, flags=re.MULTILINE)
    pattern = r"(torch|torchvision|triton)==" + (r"|(nvidia|cuda)-" if platform == "linux" else "")
    rest = [entry for entry in entries if not re.match(pattern, entry)]
    return "".join(rest), "".join(entry for entry in entries if re.match(pattern, entry))


def write(name: str, text: str, sources: list[Path]) -> None:
    """Write one lock beside its sources."""
    named = ", ".join(source.name for source in sources)
    (LOCKS / name).write_text(f"# Made by 'make lock' from {named}: edit those.\n{text}", encoding="utf-8")
    sys.stdout.write(f"{name}: {len(re.findall('^[a-z].*==', text, flags=re.MULTILINE))} packages\n")


def lock(platform: str, tier: str, build: str, upgrade: bool) -> None:
    """Write the lock (or the two locks) of one platform, tier and build."""
    name = f"{platform}-{tier}-{build}"
    standing = [] if upgrade else [LOCKS / f"{name}.txt", LOCKS / f"{name}-torch.txt"]
    locked = "".join(path.read_text(encoding="utf-8") for path in standing if path.is_file())
    sources = [LOCKS / "apply.in", LOCKS / f"onnxruntime-{build}.in"]
    if tier == "train":
        sources += [LOCKS / "train.in", LOCKS / "torch.in"]
    text = compile_lock(platform, PYTHON, sources, locked)
    for python in CHECKED_PYTHONS:
        check(platform, python, text)
    if tier == "apply":
        write(f"{name}.txt", text, sources)
        return
    rest, torch = split_torch(text, platform)
    write(f"{name}.txt", rest, sources)
    write(f"{name}-torch.txt", torch, sources)


def check(platform: str, python: str, text: str) -> None:
    """Make sure that every locked version installs with another Python, too, and lacks nothing there."""
    trial = LOCKS / "trial.partial.txt"
    trial.write_text(text, encoding="utf-8")
    try:
        names = set(re.findall(r"^(\S+)==", text, flags=re.MULTILINE))
        found = set(re.findall(r"^(\S+)==", compile_lock(platform, python, [trial]), flags=re.MULTILINE))
        if found - names:
            sys.exit(f"{platform}, Python {python} also needs {sorted(found - names)}")
    finally:
        trial.unlink()


def main() -> None:
    """Make all locks."""
    upgrade = "--upgrade" in sys.argv[1:]
    for platform, builds in BUILDS.items():
        for build in builds:
            for tier in ("apply",) if build in APPLY_ONLY else ("apply", "train"):
                lock(platform, tier, build, upgrade)


if __name__ == "__main__":
    main()
