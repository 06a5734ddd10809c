"""What one edit changes, as values before and after, so that every edit can be undone alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from qgis.PyQt.QtCore import QTimer

from ..undo import QUndoCommand
from .samples import Area, Changes, Sample
from .schema import Schema
from .store_problems import StoreError

if TYPE_CHECKING:
    from .store import SampleStore

T = TypeVar("T")


@dataclass(frozen=True)
class Change(Generic[T]):
    """One value before and after; None where it was not, or is no more."""

    before: T | None
    after: T | None

    def back(self) -> Change[T]:
        """Return the change that takes this one back."""
        return Change(self.after, self.before)


@dataclass(frozen=True)
class Step:
    """All that one edit changes: samples and areas by fid, the schema, and the times of deletion by uid."""

    samples: Mapping[int, Change[Sample]] = field(default_factory=dict)
    areas: Mapping[int, Change[Area]] = field(default_factory=dict)
    schema: Change[Schema] | None = None
    deleted: Mapping[str, Change[str]] = field(default_factory=dict)

    def back(self) -> Step:
        """Return the step that takes this one back."""
        return Step(
            {fid: change.back() for fid, change in self.samples.items()},
            {fid: change.back() for fid, change in self.areas.items()},
            self.schema.back() if self.schema else None,
            {uid: change.back() for uid, change in self.deleted.items()},
        )

    def is_empty(self) -> bool:
        """Tell whether nothing changes."""
        return not (self.samples or self.areas or self.schema or self.deleted)


def listed(changes: Mapping[int, Change[T]]) -> Changes:
    """Return the fids of what is added, changed and removed."""
    return Changes(
        tuple(fid for fid, change in changes.items() if change.before is None),
        tuple(fid for fid, change in changes.items() if change.before is not None and change.after is not None),
        tuple(fid for fid, change in changes.items() if change.after is None),
    )


class EditCommand(QUndoCommand):
    """One edit on the undo stack. The edit was done before it is pushed, so that an error reaches who asked for it."""

    def __init__(self, store: SampleStore, step: Step, text: str) -> None:
        super().__init__(text)
        self._store, self._step = store, step
        self._skip = 1  # how many calls of Qt to let pass: the first redo() only says that the edit was done

    def redo(self) -> None:
        """Do the edit again."""
        self._run(self._step, 1)

    def undo(self) -> None:
        """Take the edit back."""
        self._run(self._step.back(), -1)

    def _run(self, step: Step, direction: int) -> None:
        if self._skip:
            self._skip -= 1
            return
        try:
            self._store.apply(step)
        except StoreError as error:
            # Qt calls from C++, where an exception would end QGIS. It now believes the edit to be done or undone:
            # lead its index back, past this command that lets it pass.
            self._skip += 1
            stack = self._store.undo_stack
            QTimer.singleShot(0, stack.undo if direction > 0 else stack.redo)
            self._store.failed.emit(error)
