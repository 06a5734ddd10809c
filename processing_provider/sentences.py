"""Errors as sentences in the user's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engine.errors import InputError, SwathError
from ..i18n import translate

# Of a path in a sentence, in letters.
_LONGEST = 200


class PlaceUnusableError(InputError):
    """A path that the system refuses to look at: a name too long, a folder of another user."""

    template = "The place {path} cannot be used ({reason}): choose another one."


def sentence(error: SwathError) -> str:
    """Return the sentence of an error, translated."""
    return line_sentence(error.to_dict())


def line_sentence(error: Mapping[str, Any]) -> str:
    """Return the sentence of an error that came as plain values from the engine, translated.

    The template is looked up by its English text: it may be of a module that QGIS cannot import.
    """
    template, facts = str(error.get("template", "")), error.get("facts")
    try:
        return translate("SwathErrors", template).format(**facts) if facts else str(error["message"])
    except (KeyError, IndexError, ValueError, TypeError):
        # A broken translation must not hide what went wrong.
        return str(error.get("message") or template)


def problem(step: Callable[[], Any]) -> str:
    """Return the sentence of the error that a check raises; "" where all is well."""
    try:
        step()
    except SwathError as error:
        return sentence(error)
    except OSError as error:
        return sentence(unusable(error))
    return ""


def unusable(error: OSError) -> PlaceUnusableError:
    """Return what is to say where the system refuses to look at a place; very long names are cut."""
    path = str(error.filename or "")
    shown = f"{path[:_LONGEST]} ..." if len(path) > _LONGEST else path
    return PlaceUnusableError(path=shown, reason=error.strerror or error)
