"""What may be wrong with a folder of chips."""

from __future__ import annotations

from ..errors import InputError


class ChipsUnreadableError(InputError):
    """A folder of chips that cannot be used."""

    template = "The chips {path} cannot be read as {format} ({detail}): export them again, or choose another folder."
