"""All errors that a user may meet.

An error class holds one sentence with named facts: what is wrong, where, and what to do. The
constructor takes the facts and builds the English sentence; the QGIS side translates the template
and builds the same sentence in the user's language from the same facts.
"""

from __future__ import annotations

from typing import Any, ClassVar


class SwathError(Exception):
    """Carry the facts of one problem and the sentence made of them.

    Raises:
        KeyError: if a fact that the sentence needs is missing (a mistake in our code).
    """

    template: ClassVar[str] = "{detail}"

    def __init__(self, **facts: Any) -> None:
        self.facts = {name: str(value) for name, value in facts.items()}
        super().__init__(self.template.format(**self.facts))

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain values for the JSON line of the worker."""
        return {
            "type": type(self).__name__,
            "template": self.template,
            "facts": self.facts,
            "message": str(self),
        }

    @classmethod
    def tree(cls) -> dict[str, type[SwathError]]:
        """Return every error class below this one (and itself) by name."""
        found: dict[str, type[SwathError]] = {cls.__name__: cls}
        for child in cls.__subclasses__():
            found.update(child.tree())
        return found


class CancelledError(SwathError):
    """The user cancelled; reported as an error so that nobody takes the run for a success."""

    template = "Cancelled: {what} was stopped before it was complete."


class InputError(SwathError, ValueError):
    """Something given to a tool cannot be used; found before work starts where it can be."""


class EnvironmentProblem(SwathError):  # noqa: N818 - reads as a state of the machine, not of a call
    """The machine or the engine environment cannot do the work."""


class NoEnvironmentError(EnvironmentProblem):
    """There is no engine environment yet."""

    template = (
        "The engine environment of Swath is not there ({path}): "
        "set it up with Plugins > Swath > Set up, or with 'make engine' in a checkout."
    )


class MissingPackageError(EnvironmentProblem):
    """A package is missing in the engine environment."""

    template = (
        "The package {package} is missing in the engine environment {path}: "
        "repair it with Plugins > Swath > Set up (tier '{tier}')."
    )


class EngineCrashedError(EnvironmentProblem):
    """The engine process ended without a word."""

    template = "The engine stopped unexpectedly ({how}): see the log {log} for the last lines it wrote."


class OutOfMemoryError(EnvironmentProblem, MemoryError):
    """The system killed the engine, or an allocation failed."""

    template = (
        "The engine ran out of memory ({how}): use a smaller batch or tile size, or close other programs. Log: {log}"
    )


class DiskFullError(EnvironmentProblem, OSError):
    """No space is left where the output goes."""

    template = "The disk is full while writing {path}: free some space and start again."


class InternalError(EnvironmentProblem):
    """A mistake of ours."""

    template = "Swath met an internal error ({detail}): please report it with the log {log}."


class BoxesOnlyError(InputError):
    """Right angles for a model that gives boxes."""

    template = (
        "The model {model} finds boxes, which have right angles already (SQUARE): leave SQUARE off, or choose a model "
        "that finds outlines, such as MASKRCNN."
    )
