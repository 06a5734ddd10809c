"""Help on model types, made from what each says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..engine.models import MODEL_TYPES, Argument
from ..i18n import translate


def model_types() -> str:
    """Return each model type with what it is good for."""
    return " ".join(f"{item.id}: {translate('SwathEngine', item.help)}" for item in MODEL_TYPES.all().values())


def backbones() -> str:
    """Return the backbones and the default of each model type; types with the same ones share a sentence."""
    groups: dict[frozenset[str], list[str]] = {}
    names: dict[frozenset[str], Sequence[str]] = {}
    for item in MODEL_TYPES.all().values():
        key = frozenset(item.backbones)
        names.setdefault(key, item.backbones)
        groups.setdefault(key, []).append(f"{item.id} ({item.default_backbone})")
    return " ".join(f"{', '.join(types)}: {', '.join(names[key])}." for key, types in groups.items())


def model_arguments() -> str:
    """Return the arguments with values, default and meaning: those of all types first, then each type's own."""
    types = list(MODEL_TYPES.all().values())
    shared = [item for item in types[0].arguments if all(item in other.arguments for other in types)]
    texts = [translate("Swath", "All model types: {arguments}").format(arguments=_listing(shared))] if shared else []
    for model in types:
        own = [item for item in model.arguments if item not in shared]
        if own:
            texts.append(f"{model.id}: {_listing(own)}")
    return " ".join(texts)


def _listing(arguments: Iterable[Argument]) -> str:
    return (
        "; ".join(
            f"{item.name} ({_values(item)}; {_default(item)}): {translate('SwathEngine', item.help).rstrip('.')}"
            for item in arguments
        )
        + "."
    )


def _default(argument: Argument) -> str:
    if isinstance(argument.default, bool):
        return str(argument.default).lower()
    return str(argument.default)


def _values(argument: Argument) -> str:
    """Say shortly what values an argument takes."""
    if argument.kind == "choice":
        return ", ".join(argument.choices)
    if argument.kind == "bool":
        return "true, false"
    words = {
        "int": translate("Swath", "whole number"),
        "float": translate("Swath", "number"),
        "ints": translate("Swath", "whole numbers"),
        "floats": translate("Swath", "numbers"),
    }
    text = words[argument.kind]
    if argument.minimum is not None and argument.maximum is not None:
        return translate("Swath", "{kind} from {least} to {most}").format(
            kind=text, least=f"{argument.minimum:g}", most=f"{argument.maximum:g}"
        )
    if argument.minimum is not None:
        return translate("Swath", "{kind} from {least} on").format(kind=text, least=f"{argument.minimum:g}")
    return text
