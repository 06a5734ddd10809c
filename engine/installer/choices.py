"""What can be installed: tiers, builds, and the lock files that describe them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import UnsupportedChoiceError

LOCKS = Path(__file__).parent / "locks"
TIERS = ("apply", "train")
BUILDS = {"linux": ("cpu", "cuda"), "windows": ("cpu", "cuda", "directml"), "macos": ("apple",)}
TORCH_SOURCES = ("auto", "registry")

# Gigabytes on disk at the end, measured on Linux; a third more is asked for while unpacking.
SIZES_GB = {
    ("apply", "cpu"): 0.3,
    ("apply", "apple"): 0.3,
    ("apply", "directml"): 0.4,
    ("apply", "cuda"): 3.0,
    ("train", "cpu"): 1.8,
    ("train", "apple"): 1.4,
    ("train", "cuda"): 6.4,
}


@dataclass(frozen=True)
class Choice:
    """What to install.

    Attributes:
        platform: "linux", "windows" or "macos".
        tier: "apply" (small; no torch) or "train".
        build: "cpu", "cuda", "directml" or "apple".
        torch: "auto" takes PyTorch's own builds where they fit the machine better than the
            registry's; "registry" takes the registry's pair, checked by hash.
    """

    platform: str
    tier: str
    build: str
    torch: str = "auto"

    @property
    def lock(self) -> Path:
        """Return the lock of all but the torch pair."""
        return LOCKS / f"{self.platform}-{self.tier}-{self.build}.txt"

    @property
    def torch_lock(self) -> Path:
        """Return the lock of the registry's torch pair with what only it needs."""
        return LOCKS / f"{self.platform}-{self.tier}-{self.build}-torch.txt"

    @property
    def torch_backend(self) -> str:
        """Return the name of PyTorch's own builds to take, or "" for the registry's pair.

        The registry's pair is the CUDA build on Linux and the CPU build on Windows.
        """
        if self.torch == "registry" or self.tier != "train":
            return ""
        return {("linux", "cpu"): "cpu", ("windows", "cuda"): "auto"}.get((self.platform, self.build), "")

    @property
    def size_gb(self) -> float:
        """Return the room the environment takes, in gigabytes."""
        registry_cuda = (self.platform, self.tier, self.torch) == ("linux", "train", "registry")
        return SIZES_GB[self.tier, "cuda" if registry_cuda else self.build]

    def locked_versions(self) -> dict[str, str]:
        """Return the version of each locked package by its name."""
        locks = [self.lock, self.torch_lock] if self.tier == "train" else [self.lock]
        found: dict[str, str] = {}
        for lock in locks:
            found.update(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
        if self.torch_backend:
            # PyTorch's own builds bring the CUDA libraries that fit them, or none.
            found = {name: version for name, version in found.items() if not re.match(r"(nvidia|cuda)-|triton$", name)}
        return found

    def digest(self) -> str:
        """Return a short digest of the locks, which tells whether an environment is of today's."""
        lines = sorted(f"{name}=={version}" for name, version in self.locked_versions().items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def make_choice(platform: str, tier: str, build: str, torch: str = "auto") -> Choice:
    """Return a choice for which there is a lock; raise UnsupportedChoiceError with the remedy."""
    choice = Choice(platform, tier, build, torch)
    if tier in TIERS and torch in TORCH_SOURCES and choice.lock.is_file():
        return choice
    if build == "directml" and platform == "windows" and tier == "train":
        remedy = "DirectML can only apply models, so choose the tier 'apply', or the build 'cpu' or 'cuda'"
    else:
        remedy = f"choose a tier of {', '.join(TIERS)} and a build of {', '.join(BUILDS.get(platform, ('none',)))}"
    raise UnsupportedChoiceError(tier=tier, build=build, machine=platform, remedy=remedy)
