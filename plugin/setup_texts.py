"""What the set-up dialog says about states, tiers, builds and sizes."""

from __future__ import annotations

from pathlib import Path

from ..engine.installer.choices import Choice
from ..engine.installer.places import shorten
from ..engine.installer.state import ABSENT, CHOSEN, OUTDATED, READY, State
from ..i18n import translate


def state_text(state: State) -> str:
    """Return the state as rich text: a coloured word and one sentence."""
    place = shorten(state.home)
    if state.kind == READY and state.stamp:
        facts = translate("Swath", "{tier}, {build}, Python {python}").format(
            tier=tier_title(state.stamp.tier), build=build_title(state.stamp.build), python=state.stamp.python
        )
        return _rich("#1a7f37", translate("Swath", "Ready"), f"{facts}<br>{place}")
    if state.kind == ABSENT:
        return _rich("#9a6700", translate("Swath", "Not set up yet"), place)
    if state.kind == OUTDATED:
        note = translate("Swath", "It was made for another version of Swath: press Repair.")
        return _rich("#9a6700", translate("Swath", "Out of date"), note)
    if state.kind == CHOSEN:
        note = translate("Swath", "The variable SWATH_ENGINE_PYTHON names another interpreter, which is used: {path}")
        return _rich("#0969da", translate("Swath", "Chosen by you"), note.format(path=place))
    note = translate("Swath", "A set-up did not come to its end: press Install.")
    return _rich("#cf222e", translate("Swath", "Unfinished"), f"{note}<br>{place}")


def _rich(color: str, word: str, rest: str) -> str:
    return f'<b style="color:{color}">\N{BLACK CIRCLE} {word}</b><br>{rest}'


def tier_title(tier: str) -> str:
    """Return what a tier is for."""
    if tier == "apply":
        return translate("Swath", "Apply models only")
    return translate("Swath", "Train and apply models")


def build_title(build: str, *, recommended: bool = False) -> str:
    """Return what a build computes on."""
    title = {
        "cpu": translate("Swath", "Processor (CPU)"),
        "cuda": translate("Swath", "NVIDIA graphics card (CUDA)"),
        "directml": translate("Swath", "Graphics card of any maker (DirectML)"),
        "apple": translate("Swath", "Apple silicon"),
    }[build]
    return translate("Swath", "{title}: fits this machine").format(title=title) if recommended else title


def size_text(choice: Choice, home: Path) -> str:
    """Return how much room a choice takes, and where."""
    text = translate("Swath", "about {size} GB in {folder}")
    return text.format(size=f"{choice.size_gb:.1f}", folder=shorten(home))
