"""Translation of all texts that users see."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

CONTEXT = "Swath"
_installed: list[QTranslator] = []


def translate(context: str, text: str) -> str:
    """Return ``text`` in the user's language. Call it as ``translate("Swath", "literal")``."""
    return str(QCoreApplication.translate(context, text))


def locale_name() -> str:
    """Return the language QGIS runs in, like ``zh_CN``."""
    settings = QgsSettings()
    if settings.value("locale/overrideFlag", False, type=bool):
        return str(settings.value("locale/userLocale", "en") or "en")
    return str(QgsApplication.locale() or QLocale().name())


def install_translator() -> bool:
    """Install the compiled translation for QGIS's language, once; tell whether there is one."""
    if _installed:
        return True
    folder, name = Path(__file__).parent, locale_name()
    # zh-Hans and plain zh read simplified Chinese; QGIS writes its own language as zh-Hans.
    aliases = {"zh-Hans": "zh_CN", "zh_Hans": "zh_CN", "zh": "zh_CN"}
    for candidate in (aliases.get(name, name), name.split("_")[0].split("-")[0]):
        path = folder / f"swath_{candidate}.qm"
        translator = QTranslator()
        if path.exists() and translator.load(str(path)):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
            return True
    return False
