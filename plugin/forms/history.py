"""Runs of forms in Processing's history, where they can be looked up, repeated and copied as Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext
from qgis.gui import QgsGui

_PROVIDER = "processing"


class HistoryEntry:
    """One run's entry; written when it begins, completed when it ends."""

    def __init__(
        self, algorithm: QgsProcessingAlgorithm, parameters: Mapping[str, Any], context: QgsProcessingContext
    ) -> None:
        given = dict(parameters)
        self._details: dict[str, Any] = {
            "python_command": algorithm.asPythonCommand(given, context),
            "algorithm_id": algorithm.id(),
            "parameters": algorithm.asMap(given, context),
        }
        command, well = algorithm.asQgisProcessCommand(given, context)
        if well:
            self._details["process_command"] = command
        self._id, self._kept = QgsGui.historyProviderRegistry().addEntry(_PROVIDER, self._details)

    def end(self, results: Mapping[str, Any], lines: Sequence[str]) -> None:
        """Add what came out, and what was said."""
        if self._kept:
            plain = {name: value for name, value in results.items() if isinstance(value, (str, int, float))}
            details = {**self._details, "results": plain, "log": "<br/>".join(escape(line) for line in lines)}
            QgsGui.historyProviderRegistry().updateEntry(self._id, details)
