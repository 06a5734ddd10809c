"""Who may import whom: the table of DESIGN.md, enforced on the syntax trees of every file."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STDLIB = set(sys.stdlib_module_names)
DATA = {"numpy", "rasterio", "shapely", "pyogrio"}
TRAINING = DATA | {
    *("torch", "torchvision", "lightning", "segmentation_models_pytorch", "timm", "transformers", "torchmetrics"),
    *("kornia", "onnx", "onnxscript", "onnxruntime", "safetensors", "matplotlib", "PIL", "psutil", "tensorboard"),
    "huggingface_hub",
}
QGIS = {"qgis", "osgeo", "numpy"}


@dataclass(frozen=True)
class Rule:
    """What the files of one folder may import: from outside, and which of our own packages."""

    folder: str
    outside: frozenset[str]
    outside_in_functions: frozenset[str]
    ours: tuple[str, ...]
    ours_in_functions: tuple[str, ...]
    recursive: bool = True


ENGINE = ("engine", "engine.chips", "engine.models", "engine.tasks")
PLUGIN = ("plugin.forms", "plugin.labeling", "plugin.labeling.tools", "plugin.review", "plugin.training")

RULES = (
    Rule(
        "engine",
        frozenset({"numpy"}),
        frozenset({"numpy"}),
        (*ENGINE, "engine.installer"),
        ("engine.",),
        recursive=False,
    ),
    Rule("engine/chips", frozenset({"numpy"}), frozenset(DATA), ENGINE, ("engine.data",)),
    Rule("engine/tasks", frozenset({"numpy"}), frozenset(TRAINING), ENGINE, ("engine.training",)),
    Rule("engine/models", frozenset({"numpy"}), frozenset(TRAINING), ENGINE, ("engine.training",)),
    Rule("engine/installer", frozenset(), frozenset(), ("engine", "engine.installer"), ("engine.installer",)),
    Rule("engine/data", frozenset(DATA), frozenset(DATA), (*ENGINE, "engine.data"), ("engine.review",)),
    Rule("engine/review", frozenset(DATA), frozenset(DATA), (*ENGINE, "engine.data", "engine.review"), ()),
    Rule(
        "engine/training",
        frozenset(TRAINING),
        frozenset(TRAINING),
        (*ENGINE, "engine.data", "engine.review", "engine.training", "engine.training.detection"),
        (),
    ),
    Rule(
        "engine/applying",
        frozenset(DATA | {"onnxruntime"}),
        frozenset(DATA | {"onnxruntime", "psutil"}),
        (*ENGINE, "engine.data", "engine.applying"),
        (),
    ),
    Rule(
        "processing_provider",
        frozenset(QGIS),
        frozenset(QGIS | {"processing"}),
        ("i18n", "processing_provider", *ENGINE, "engine.installer"),
        (),
    ),
    Rule(
        "plugin",
        frozenset(QGIS),
        frozenset(QGIS | {"processing"}),
        ("i18n", "plugin", *PLUGIN, "processing_provider", *ENGINE, "engine.installer"),
        (),
    ),
    Rule("i18n", frozenset({"qgis"}), frozenset({"qgis"}), ("i18n",), (), recursive=False),
)


@dataclass(frozen=True)
class Import:
    """One imported module: its absolute name (ours without the leading ``swath``), line, and depth."""

    name: str
    line: int
    ours: bool
    in_function: bool
    typing_only: bool


def _imports(path: Path) -> list[Import]:
    package = list(path.relative_to(ROOT).parent.parts)
    found: list[Import] = []

    def visit(node: ast.AST, in_function: bool, typing_only: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            typing = typing_only or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            if isinstance(child, ast.Import):
                found.extend(Import(a.name, child.lineno, False, in_function, typing) for a in child.names)
            elif isinstance(child, ast.ImportFrom):
                if child.level == 0:
                    found.append(Import(child.module or "", child.lineno, False, in_function, typing))
                else:
                    base = package[: len(package) - child.level + 1]
                    parts = [*base, *((child.module or "").split(".") if child.module else [])]
                    names = [".".join([*parts, a.name]) for a in child.names]
                    found.extend(Import(name, child.lineno, True, in_function, typing) for name in names)
            else:
                visit(child, inside, typing)

    visit(ast.parse(path.read_text(encoding="utf-8")), in_function=False, typing_only=False)
    return found


def _package_of(name: str) -> str:
    """Return the folder (dotted) that holds the imported module or name."""
    parts = name.split(".")
    while parts:
        folder = ROOT.joinpath(*parts)
        if folder.is_dir():
            return ".".join(parts)
        if folder.with_suffix(".py").is_file():
            return ".".join(parts[:-1])
        parts.pop()
    return ""


def _violations(path: Path, rule: Rule) -> list[str]:
    wrong = []
    for item in _imports(path):
        if item.typing_only:
            continue
        where = f"{path.relative_to(ROOT)}:{item.line}"
        if item.ours:
            package = _package_of(item.name)
            allowed = package in rule.ours
            if item.in_function:
                allowed = allowed or any((package + ".").startswith(prefix) for prefix in rule.ours_in_functions)
            if not allowed:
                wrong.append(f"{where}: may not import our {item.name}")
            continue
        top = item.name.split(".")[0]
        outside = rule.outside_in_functions if item.in_function else rule.outside
        if top == "swath":
            wrong.append(f"{where}: imports between our folders are relative ({item.name})")
        elif top not in STDLIB and top not in outside:
            wrong.append(f"{where}: may not import {item.name} {'in a function' if item.in_function else 'here'}")
    return wrong


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.folder)
def test_imports_in_every_file_keep_to_the_table(rule: Rule) -> None:
    folder = ROOT / rule.folder
    files = sorted(folder.rglob("*.py") if rule.recursive else folder.glob("*.py"))
    assert files, f"no file in {rule.folder}: the table names a folder that is gone"
    wrong = [text for path in files for text in _violations(path, rule)]
    assert not wrong, "\n".join(wrong)


def test_violations_of_a_file_that_breaks_the_table_are_found(tmp_path: Path) -> None:
    bad = ROOT / "engine" / "errors.py"
    rule = Rule("engine", frozenset(), frozenset(), (), ())
    assert _violations(bad, rule) == []
    strict = Rule("plugin", frozenset(), frozenset(), (), ())
    assert any("qgis" in text for text in _violations(ROOT / "i18n" / "__init__.py", strict))


def test_every_folder_of_code_is_in_the_table() -> None:
    known = {rule.folder for rule in RULES}
    folders = {
        p.parent.relative_to(ROOT).as_posix()
        for top in ("engine", "plugin", "processing_provider")
        for p in (ROOT / top).rglob("*.py")
    }
    missing = {folder for folder in folders if not any(folder == k or folder.startswith(k + "/") for k in known)}
    assert not missing
