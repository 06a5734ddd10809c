"""Check the house rules that no tool knows: sizes, host names, half-done work, Qt's short names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE_LINES, FUNCTION_LINES = 300, 80
# Built of parts, so that this file does not find itself.
FORBIDDEN = {
    "a note of unfinished work": "TO" + r"DO\b|FIX" + r"ME\b|X" + r"XX\b",
    "the address of a package registry": r"pypi\.org|python" + r"hosted\.|download\.pytorch",
    "a path of one machine": r"(?<![\w.~])/(" + r"work/|ro" + r"ot/|ho" + r"me/\w+/)",
    "an error that is swallowed": r"except Exception:\s*\n\s*pass\b",
}
# Qt 6 has only the full names of enumerations (Qt.ItemDataRole.UserRole).
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".sh", ".yaml", ".yml", ".cfg", ".ini", ""}


def tracked() -> Iterator[Path]:
    """Yield the files that git knows, without the licence."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and path.name != "LICENSE" and path.suffix in TEXT:
            yield path


def texts(path: Path, source: str) -> Iterator[str]:
    """Yield what a file must not hold."""
    for what, pattern in FORBIDDEN.items():
        for match in re.finditer(pattern, source):
            yield f"{path.relative_to(ROOT)}:{source.count(chr(10), 0, match.start()) + 1}: {what}: {match[0].strip()}"


def sizes(path: Path, source: str, tree: ast.Module) -> Iterator[str]:
    """Yield files and functions that are too long."""
    lines = source.count("\n")
    if lines > FILE_LINES:
        yield f"{path.relative_to(ROOT)}: {lines} lines, at most {FILE_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield f"{place}: {node.name} has {length} lines, at most {FUNCTION_LINES}"


def short_names(path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield enumeration members that are named without their enumeration, which Qt 6 does not know."""
    for node in ast.walk(tree):
        short = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Qt"
        if short and isinstance(node, ast.Attribute) and not node.attr.endswith(QT_ENDINGS):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: Qt.{node.attr} is no full name of Qt 6"


# How Qt's own enumerations end; a member named right after Qt ends otherwise.
QT_ENDINGS = (
    *("Flag", "Flags", "Role", "State", "Button", "Buttons", "Modifier", "Modifiers", "Type", "Policy", "Key"),
    *("Orientation", "Orientations", "Mode", "Style", "Shape", "Color", "Attribute", "Area", "Areas", "Order"),
    *("Format", "Context", "Sensitivity", "Operation", "Actions", "Action", "Reason", "Spec", "Transformation", "Side"),
    *("Phase",),
)


def main() -> int:
    """Print every violation; return 1 if there is one."""
    found: list[str] = []
    for path in tracked():
        source = path.read_text(encoding="utf-8", errors="replace")
        found += texts(path, source)
        if path.suffix == ".py":
            tree = ast.parse(source)
            found += [*sizes(path, source, tree), *short_names(path, tree)]
    sys.stdout.write("".join(line + "\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
