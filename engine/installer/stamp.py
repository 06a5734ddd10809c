"""The stamp of a complete environment: what it is, and of which locks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .choices import Choice
from .places import STAMP_NAME


@dataclass(frozen=True)
class Stamp:
    """What a finished environment says of itself.

    Attributes:
        digest: of the lock it was made of.
        python: version of its interpreter, as "3.11.2".
        torch: "registry", or the name of PyTorch's own builds that were taken.
        versions: installed version of each locked package.
    """

    platform: str
    tier: str
    build: str
    digest: str
    python: str
    torch: str = "registry"
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def choice(self) -> Choice:
        """Return the choice that makes the same environment again."""
        return Choice(self.platform, self.tier, self.build, "registry" if self.torch == "registry" else "auto")

    def write(self, folder: Path) -> None:
        """Write the stamp into an environment's folder."""
        (folder / STAMP_NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")


def read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp of an environment, or None where it is unfinished, absent or broken."""
    try:
        values: dict[str, Any] = json.loads((folder / STAMP_NAME).read_text(encoding="utf-8"))
        return Stamp(**values)
    except (OSError, ValueError, TypeError):
        return None
