"""Swath: the deep-learning imagery workflow for QGIS."""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # noqa: N802 - the name QGIS looks for
    """Return the plugin; QGIS passes its interface, or None in qgis_process."""
    from .i18n import install_translator  # noqa: PLC0415 - before any text of the plugin is made

    install_translator()
    from .plugin.plugin import SwathPlugin  # noqa: PLC0415

    return SwathPlugin(iface)
