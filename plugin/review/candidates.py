"""Places that are worth a look: where, what the model says there, why, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from qgis.core import QgsGeometry

from ...i18n import translate
from ..labeling.sample_checks import warning_text

OPEN, ACCEPTED, CORRECTED, SKIPPED = "open", "accepted", "corrected", "skipped"
UNCERTAIN, DIFFERS, UNSURE_OBJECT, FALSE_OBJECT, MISSED_OBJECT, WARNING = (
    "uncertain",
    "differs",
    "unsure object",
    "false object",
    "missed object",
    "warning",
)
OBJECT_REASONS = (UNSURE_OBJECT, FALSE_OBJECT, MISSED_OBJECT)
BACKGROUND = 0


@dataclass(frozen=True)
class Look:
    """A class as a map, a layer or a schema shows it; value 0 is the background, -1 a class without a value."""

    value: int
    name: str
    color: str = ""


@dataclass(frozen=True)
class Candidate:
    """A place to look at.

    Attributes:
        geometry: its outline, in the coordinate reference system of the review.
        reason: UNCERTAIN, DIFFERS, UNSURE_OBJECT, FALSE_OBJECT, MISSED_OBJECT or WARNING.
        said: the class that the model gives; None where it found nothing.
        certainty: its probability or confidence, 0 to 1; -1 unknown.
        other: the second likeliest class, or what the reference says; None where there is none.
        other_certainty: of a second class, 0 to 1; -1 unknown.
        size: pixels of the map; 0 of objects.
        state: OPEN, ACCEPTED, CORRECTED or SKIPPED.
        decided: the class that the user gave; None where there is no decision.
        warnings: of a sample, as ``sample_checks`` gives them; 0 of other places.
        fid: of that sample; 0 of other places.
    """

    geometry: QgsGeometry
    reason: str
    said: Look | None = None
    certainty: float = -1.0
    other: Look | None = None
    other_certainty: float = -1.0
    size: int = 0
    state: str = OPEN
    decided: Look | None = None
    warnings: int = 0
    fid: int = 0

    def with_state(self, state: str, decided: Look | None = None) -> Candidate:
        """Return the candidate with another state."""
        return replace(self, state=state, decided=decided)

    def proposal(self) -> Look | None:
        """Return what Accept means: the class said; of a missed object, the one of the reference."""
        return self.other if self.said is None else self.said

    def to_dict(self) -> dict[str, Any]:
        """Return all but the geometry as plain values."""
        values: dict[str, Any] = {}
        for item in fields(self):
            if item.name == "geometry":
                continue
            value = getattr(self, item.name)
            values[item.name] = [value.value, value.name, value.color] if isinstance(value, Look) else value
        return values

    @classmethod
    def from_dict(cls, geometry: QgsGeometry, values: Mapping[str, Any]) -> Candidate:
        """Read what ``to_dict`` made; unknown keys of later versions are left out.

        Raises:
            TypeError, ValueError: values of another kind.
        """
        known = {item.name for item in fields(cls)} - {"geometry"}
        plain = {key: value for key, value in values.items() if key in known}
        for key in ("said", "other", "decided"):
            if plain.get(key) is not None:
                plain[key] = look_of(plain[key])
        for kinds, names in _KINDS.items():
            _check(kinds, *(plain[name] for name in names if name in plain))
        return cls(geometry, **plain)


_KINDS: Mapping[tuple[type, ...], Sequence[str]] = {
    (str,): ("reason", "state"),
    (int, float): ("certainty", "other_certainty"),
    (int,): ("size", "warnings", "fid"),
}
_LARGEST = 2**53


def look_of(values: Sequence[Any]) -> Look:
    """Read a class as files hold it: value, name, colour; raise TypeError or ValueError for anything else."""
    value, name, color = values
    _check((int,), value)
    _check((str,), name, color)
    return Look(value, name, color)


def _check(kinds: tuple[type, ...], *values: Any) -> None:
    for value in values:
        number = isinstance(value, (int, float))
        # Written so that NaN is refused, too.
        if not isinstance(value, kinds) or (number and not abs(value) <= _LARGEST):
            raise TypeError(str(value)[:40])


def with_colors(candidate: Candidate, classes: Sequence[Look]) -> Candidate:
    """Return a place with the colours of classes of the same names, where it has none."""
    colors = {class_name(look).casefold(): look.color for look in classes}

    def colored(look: Look | None) -> Look | None:
        if look is None or look.color:
            return look
        return replace(look, color=colors.get(class_name(look).casefold(), ""))

    return replace(
        candidate, said=colored(candidate.said), other=colored(candidate.other), decided=colored(candidate.decided)
    )


def class_name(look: Look | None) -> str:
    """Return the name of a class for the user."""
    if look is None:
        return translate("Swath", "nothing")
    if look.name:
        return look.name
    return translate("Swath", "background") if look.value == BACKGROUND else str(look.value)


def reason_text(candidate: Candidate) -> str:
    """Return why this place is shown, as a short sentence."""
    other = class_name(candidate.other)
    if candidate.reason == UNCERTAIN and candidate.other is not None:
        share = round(100 * max(candidate.other_certainty, 0))
        return translate("Swath", "Next likely: {name}, {share} %").format(name=other, share=share)
    if candidate.reason == WARNING:
        return warning_text(candidate.warnings).replace("\n", " ")
    texts = {
        DIFFERS: translate("Swath", "The labels say {name}"),
        FALSE_OBJECT: translate("Swath", "The reference has no such object here"),
        MISSED_OBJECT: translate("Swath", "The reference has {name} here: the model missed it"),
        UNSURE_OBJECT: translate("Swath", "The model is not sure of this object"),
    }
    return texts.get(candidate.reason, translate("Swath", "The model is not sure here")).format(name=other)
