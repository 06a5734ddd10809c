"""Collect all texts into the translation sources (``swath_*.ts``).

Texts are found in the syntax trees: ``translate("Swath", "...")`` calls on the QGIS side (pylupdate
itself skips literals in several parts), the templates of errors, and the titles and helps of the
engine's model types, chip formats and tasks. ``pylupdate5`` gets them as one file of such calls, and
merges them with what is translated already.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh_CN",)
SEAMS = {"chips", "models", "tasks"}
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


def qgis_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, text) of one file of the QGIS side: ``translate`` calls and error templates."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate":
            context, text = (arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[:2])
            if isinstance(context, str) and isinstance(text, str):
                yield context, text
    yield from (pair for pair in engine_texts(path) if pair[0] == "SwathErrors")


def all_texts() -> list[tuple[str, str]]:
    """Return every (context, text) of the code once, in the order of the files."""
    texts: dict[tuple[str, str], None] = {}
    for folder in ("plugin", "processing_provider"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            texts |= dict.fromkeys(qgis_texts(path))
            texts |= dict.fromkeys(pair for pair in engine_texts(path) if pair[0] == "SwathErrors")
    for path in sorted((ROOT / "engine").rglob("*.py")):
        seam = path.parent.name in SEAMS
        texts |= dict.fromkeys(pair for pair in engine_texts(path) if seam or pair[0] == "SwathErrors")
    return list(texts)


def main() -> int:
    """Update every language's source; return the exit status."""
    tool = shutil.which("pylupdate5")
    if tool is None:
        print("pylupdate5 is missing: install the package pyqt5-dev-tools (make apt)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "texts.py"
        lines = [
            f"translate({json.dumps(context)}, {json.dumps(text, ensure_ascii=False)})" for context, text in all_texts()
        ]
        calls.write_text("# coding: utf-8\n" + "\n".join(lines) + "\n", encoding="utf-8")
        for language in LANGUAGES:
            target = ROOT / "i18n" / f"swath_{language}.ts"
            subprocess.run([tool, "-noobsolete", str(calls), "-ts", str(target)], check=True)  # noqa: S603
            _drop_locations(target)
    return 0


def _drop_locations(path: Path) -> None:
    """Leave out line numbers: they change with every edit and help nobody."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "<location" not in line), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
