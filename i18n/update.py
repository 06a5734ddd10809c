"""Collect all texts into the translation sources (``swath_*.ts``); run by ``make translations``.

``pylupdate5`` reads the ``translate("Swath", "...")`` calls of the QGIS side. The engine knows no Qt:
its error templates, and the titles and helps of its model types, chip formats and tasks, are found
in the syntax trees and handed to ``pylupdate5`` as a file of such calls.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh_CN",)
TOOLS = ("pylupdate5", "/usr/lib/qt5/bin/pylupdate5")
ENGINE_TEXTS = {"title", "help"}


def engine_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, text) of one engine file: ``template``, ``title`` and ``help`` literals."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            pairs = [(node.target.id, node.value)]
        elif isinstance(node, ast.Call):
            pairs = [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
            if isinstance(node.func, ast.Name) and node.func.id == "Argument" and len(node.args) > 3:
                pairs.append(("help", node.args[3]))
        for name, value in pairs:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                if name == "template":
                    yield "SwathErrors", value.value
                elif name in ENGINE_TEXTS:
                    yield "SwathEngine", value.value


def main() -> int:
    """Update every language's source; return the exit status."""
    tool = next((found for name in TOOLS if (found := shutil.which(name))), None)
    if tool is None:
        print("pylupdate5 is missing: install the package pyqt5-dev-tools (make apt)", file=sys.stderr)
        return 1
    sources = sorted(p for folder in ("plugin", "processing_provider") for p in (ROOT / folder).rglob("*.py"))
    texts: dict[tuple[str, str], None] = {}
    for folder in ("chips", "models", "tasks", "."):
        files = (ROOT / "engine").rglob("*.py") if folder == "." else (ROOT / "engine" / folder).glob("*.py")
        for path in sorted(files):
            for context, text in engine_texts(path):
                if context == "SwathErrors" or folder != ".":
                    texts[context, text] = None
    with tempfile.TemporaryDirectory() as folder_name:
        # Beside the sources no file may stay, and pylupdate5 writes paths relative to the .ts file.
        engine = Path(folder_name) / "engine_texts.py"
        lines = [f"translate({context!r}, {text!r})" for context, text in texts]
        engine.write_text("# coding: utf-8\n" + "\n".join(lines) + "\n", encoding="utf-8")
        for language in LANGUAGES:
            target = ROOT / "i18n" / f"swath_{language}.ts"
            command = [tool, "-noobsolete", *(os.path.relpath(p, ROOT) for p in [*sources, engine])]
            subprocess.run([*command, "-ts", str(target.relative_to(ROOT))], cwd=ROOT, check=True)  # noqa: S603
            _drop_locations(target)
    return 0


def _drop_locations(path: Path) -> None:
    """Leave out line numbers: they change with every edit and help nobody."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "<location" not in line), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
