"""Remove the folder of an unfinished run."""

from __future__ import annotations

import shutil

from ...i18n import translate
from .run_reader import RUN, RUNNING, RunReader


def clean_up(reader: RunReader) -> str:
    """Remove the unfinished folder of a run; return a sentence where that is not possible, else "".

    Only what a training wrote is removed, and nothing that is at work or finished.
    """
    reader.poll()
    if reader.status == RUNNING:
        return translate("Swath", "The training in {folder} is at work: cancel it first.").format(folder=reader.partial)
    if not (reader.partial / RUN / "state.json").is_file():
        text = translate("Swath", "The folder {folder} holds no unfinished training: remove it by hand.")
        return text.format(folder=reader.partial)
    # Under another name first: what is left of a removal that fails half-way is no run any more.
    try:
        target = reader.partial.with_name(reader.partial.name + ".removed")
        reader.partial.replace(target)
        shutil.rmtree(target)
    except OSError as error:
        text = translate("Swath", "The folder {folder} could not be removed ({reason}): close programs that use it.")
        return text.format(folder=reader.partial, reason=error.strerror or error)
    return ""
