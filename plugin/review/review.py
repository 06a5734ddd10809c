"""One review: the places, which of them is looked at, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsRasterLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.errors import SwathError
from ...i18n import translate
from ..context import DockContext
from ..undo import QUndoStack
from . import review_file
from .candidates import ACCEPTED, BACKGROUND, CORRECTED, OPEN, SKIPPED, Candidate, Look, class_name, with_colors
from .decisions import (
    DecisionOptions,
    StateCommand,
    add_sample,
    clear_place,
    is_decision,
    mark_surroundings,
    one_step,
    to_store,
)
from .review_file import SavedReview, review_path

if TYPE_CHECKING:
    from ..labeling.store import SampleStore


class Review(QObject):
    """Steps through places; decisions go into the samples of the dock and can be undone with them.

    Errors of a decision are told to the user; the place then stays as it was.
    """

    replaced = pyqtSignal()  # other places, or none
    moved = pyqtSignal()  # another place is looked at
    changed = pyqtSignal(int)  # what became of the place of this index
    done = pyqtSignal()  # the last open place was decided
    returned = pyqtSignal()  # a step was taken back, and its place is looked at again
    labelsNeeded = pyqtSignal()  # a decision needs a file of samples, and there is none

    def __init__(self, context: DockContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.candidates: list[Candidate] = []
        self.crs = QgsCoordinateReferenceSystem()
        self.about: dict[str, Any] = {}
        self.looks: list[Look] = []
        self.options = DecisionOptions()
        self.image: QgsRasterLayer | None = None
        self.path: Path | None = None
        self._index = 0
        # Steps of one review must not touch the places of another that came after it.
        self._number = 0
        self._own_stack = QUndoStack(self)

    # --- the places --------------------------------------------------------------------------

    def begin(
        self,
        candidates: Sequence[Candidate],
        crs: QgsCoordinateReferenceSystem,
        about: Mapping[str, Any],
        looks: Sequence[Look] = (),
    ) -> None:
        """Take other places, and keep them in a file; ``about`` says what was looked for."""
        self._take(candidates, crs, about, looks)
        beside = str(self.store.path) if self.store is not None else str(about.get("map", ""))
        self.path = review_path(beside) if candidates else None
        self._save()
        self.replaced.emit()
        self.moved.emit()

    def resume(self, path: Path) -> None:
        """Go on with the review of a file, at its first open place; raise ReviewFileError."""
        saved = review_file.load(path)
        looks = [Look(*item) for item in saved.about.get("looks", [])]
        self._take(saved.candidates, saved.crs, saved.about, looks)
        self.path = path
        self._index = next((place for place, item in enumerate(self.candidates) if item.state == OPEN), 0)
        self.replaced.emit()
        self.moved.emit()

    def forget(self) -> None:
        """Put the places away; their file stays."""
        self._take((), QgsCoordinateReferenceSystem(), {}, ())
        self.path = None
        self.replaced.emit()

    def _take(
        self,
        candidates: Sequence[Candidate],
        crs: QgsCoordinateReferenceSystem,
        about: Mapping[str, Any],
        looks: Sequence[Look],
    ) -> None:
        self._number += 1
        self._own_stack.clear()
        self.candidates, self.crs = list(candidates), crs
        self.looks = list(looks)
        self.about = {**about, "looks": [[look.value, look.name, look.color] for look in looks]}
        self._index = 0

    @property
    def store(self) -> SampleStore | None:
        """Return the samples of the dock."""
        return self.context.store

    @property
    def stack(self) -> QUndoStack:
        """Return the stack that decisions go to: that of the samples, else one of the review."""
        return self._own_stack if self.store is None else self.store.undo_stack

    @property
    def index(self) -> int:
        """Return the place that is looked at, counted from 0."""
        return self._index

    @property
    def current(self) -> Candidate | None:
        """Return the place that is looked at; None where there is none."""
        return self.candidates[self._index] if self.candidates else None

    def classes(self) -> list[Look]:
        """Return the classes to choose from: those of the samples, else those of the map."""
        schema = self.store.schema.classes() if self.store is not None else []
        return [Look(entry.value, entry.name, entry.color) for entry in schema] or [
            look for look in self.looks if look.value != BACKGROUND
        ]

    def dressed(self, candidate: Candidate) -> Candidate:
        """Return a place with the colours of the classes, where the map or layer has none."""
        return with_colors(candidate, self.classes())

    def count(self, state: str) -> int:
        """Return how many places are in a state."""
        return sum(item.state == state for item in self.candidates)

    # --- moving ------------------------------------------------------------------------------

    def go(self, index: int) -> None:
        """Look at a place, from 0; beyond the ends it is the first or the last."""
        if self.candidates:
            self._index = min(max(index, 0), len(self.candidates) - 1)
            self.moved.emit()

    def go_on(self) -> None:
        """Look at the next open place; without one the review is done."""
        count = len(self.candidates)
        order = [(self._index + step) % count for step in range(1, count + 1)]
        following = next((place for place in order if self.candidates[place].state == OPEN), None)
        if following is None:
            self.moved.emit()
            self.done.emit()
        else:
            self.go(following)

    # --- decisions ---------------------------------------------------------------------------

    def accept(self) -> bool:
        """Take the model's word (of a missed object: the reference's) for a sample."""
        look = self.current.proposal() if self.current is not None else None
        if look is None or look.value == BACKGROUND:
            return self.background() if look is not None else False
        return self._decide(ACCEPTED, look)

    def correct(self, number: int) -> bool:
        """Take the place for a sample of the class of a number, from 1 on, as ``classes`` lists them."""
        classes = self.classes()
        return 1 <= number <= len(classes) and self.correct_to(classes[number - 1])

    def correct_to(self, look: Look, outline: QgsGeometry | None = None) -> bool:
        """Take the place for a sample of a class; ``outline`` in the store's system is taken in its place."""
        current = self.current
        if current is None:
            return False
        said = current.proposal()
        same = outline is None and said is not None and class_name(said).casefold() == class_name(look).casefold()
        return self._decide(ACCEPTED if same else CORRECTED, look, outline)

    def background(self) -> bool:
        """Say that there is nothing to label: no sample is added, the surroundings may be marked."""
        if self.current is None:
            return False
        proposal = self.current.proposal()
        same = proposal is not None and proposal.value == BACKGROUND
        return self._decide(ACCEPTED if same else CORRECTED, Look(BACKGROUND, ""))

    def skip(self) -> bool:
        """Leave the place as it is."""
        if self.current is None:
            return False
        with one_step(self.stack, translate("Swath", "Skip place")):
            self._push_state(self.current.with_state(SKIPPED))
        self.go_on()
        return True

    def undo(self) -> None:
        """Take the last decision back; what was done elsewhere after it must be taken back there."""
        self._move(self.stack.index() - 1, self.stack.undo)

    def redo(self) -> None:
        """Take it again."""
        self._move(self.stack.index(), self.stack.redo)

    def can_undo(self) -> bool:
        """Tell whether the last step was a decision."""
        return is_decision(self.stack, self.stack.index() - 1)

    def _move(self, place: int, move: Callable[[], None]) -> None:
        stack = self.stack
        if is_decision(stack, place):
            move()
        elif 0 <= place < stack.count():
            text = translate("Swath", "The last step was not made here ({step}): undo and redo it in the tab Label.")
            self.context.tell(text.format(step=stack.text(place)))

    def _decide(self, state: str, look: Look, outline: QgsGeometry | None = None) -> bool:
        current, store = self.current, self.store
        if current is None:
            return False
        if store is None:
            self.labelsNeeded.emit()
            return False
        text = translate("Swath", "Review: {name}").format(name=class_name(look))
        try:
            image = alive(self.image)
            if image is not None and store.current_image is not image:
                store.current_image = image
            shape = outline if outline is not None else self._shape(current, store)
            with one_step(store.undo_stack, text):
                if look.value != BACKGROUND:
                    add_sample(store, shape, look, self.options)
                else:
                    clear_place(store, shape, self.options)
                    if self.options.mark_background:
                        mark_surroundings(store, shape, self._side(current.geometry, shape))
                self._push_state(current.with_state(state, look))
        except SwathError as error:
            self.context.tell_error(error)
            return False
        self.go_on()
        return True

    def _shape(self, candidate: Candidate, store: SampleStore) -> QgsGeometry:
        """Return the outline of a place in the store's system; of a sample the one that it has by now."""
        sample = store.samples.get(candidate.fid) if candidate.fid else None
        return sample.geometry if sample is not None else to_store(candidate.geometry, self.crs, store)

    def _side(self, here: QgsGeometry, there: QgsGeometry) -> float:
        """Return the side of the surroundings in units of the store, which may be others than the review's."""
        ours, theirs = here.boundingBox(), there.boundingBox()
        scale = theirs.height() / ours.height() if ours.height() > 0 else 1.0
        return self.options.surroundings * scale

    def _push_state(self, after: Candidate) -> None:
        index, before, number = self._index, self.candidates[self._index], self._number

        def change(candidate: Candidate, *, back: bool) -> None:
            if number == self._number:
                self._set(index, candidate, look_there=back)

        command = StateCommand(
            translate("Swath", "Review"), lambda: change(after, back=False), lambda: change(before, back=True)
        )
        self.stack.push(command)

    def _set(self, index: int, candidate: Candidate, *, look_there: bool) -> None:
        self.candidates[index] = candidate
        try:
            if self.path is not None:
                review_file.update(self.path, index, candidate)
        except SwathError as error:  # the samples are what counts, and they are written
            self.context.tell_error(error)
        self.changed.emit(index)
        if look_there:
            self.go(index)
            self.returned.emit()

    def _save(self) -> None:
        if self.path is None:
            return
        try:
            review_file.save(self.path, SavedReview(self.crs, tuple(self.candidates), self.about))
        except SwathError as error:
            self.path = None
            self.context.tell_error(error)


def alive(layer: QgsRasterLayer | None) -> QgsRasterLayer | None:
    """Return a layer, or None where it was removed from the project meanwhile."""
    return None if layer is None or sip.isdeleted(layer) else layer
