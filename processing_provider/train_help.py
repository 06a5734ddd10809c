"""Help on model types, made from what each says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..engine.models import MODEL_TYPES, Argument
from ..engine.tasks import TASKS, Task
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
    """Return the arguments with values, default and meaning; each once, with the model types that take it."""
    types = list(MODEL_TYPES.all().values())
    found: list[tuple[Argument, list[str]]] = []
    for model in types:
        for argument in model.arguments:
            takers = next((takers for known, takers in found if known == argument), None)
            if takers is None:
                found.append((argument, [model.id]))
            else:
                takers.append(model.id)
    groups: dict[tuple[str, ...], list[Argument]] = {}
    for argument, takers in found:
        groups.setdefault(tuple(takers), []).append(argument)
    wholes = {tuple(item.id for item in types if item.task == task.id): task for task in TASKS.all().values()}
    return " ".join(f"{_heading(ids, wholes.get(ids))} {_listing(group)}" for ids, group in groups.items())


def _heading(ids: tuple[str, ...], task: Task | None) -> str:
    if task is None or len(ids) == 1:
        return ", ".join(ids) + ":"
    return translate("Swath", "All model types of the task {task}:").format(task=translate("SwathEngine", task.title))


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
