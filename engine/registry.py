"""Find the chip formats, tasks and model types: one module in a folder is one entry, no table to edit."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """The entries of one package: the attribute ``attribute`` of each of its modules.

    Args:
        package: full name of the package whose modules are searched, on first use.
        attribute: name under which a module offers its entry; entries need an ``id``.
    """

    def __init__(self, package: str, attribute: str) -> None:
        self._package, self._attribute = package, attribute
        self._entries: dict[str, Entry] | None = None

    def all(self) -> dict[str, Entry]:
        """Return the entries by id, in the order of their ``rank`` (if any) and id."""
        if self._entries is None:
            package = importlib.import_module(self._package)
            found: list[Any] = []
            for info in pkgutil.iter_modules(package.__path__):
                module = importlib.import_module(f"{self._package}.{info.name}")
                entry = getattr(module, self._attribute, None)
                if entry is not None:
                    found.append(entry)
            found.sort(key=lambda entry: (getattr(entry, "rank", 100), entry.id))
            self._entries = {entry.id: entry for entry in found}
        return self._entries

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry of this id, or None."""
        return self.all().get(entry_id)

    def ids(self) -> list[str]:
        """Return all ids in order."""
        return list(self.all())
