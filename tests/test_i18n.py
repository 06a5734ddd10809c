"""The translation is complete, current and really shown."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "i18n").glob("*.ts"))


def _messages(path: Path) -> list[tuple[str, str, ET.Element]]:
    return [
        (context.findtext("name") or "", message.findtext("source") or "", message.find("translation"))
        for context in ET.parse(path).getroot().iter("context")
        for message in context.iter("message")
    ]


def _texts_in_code() -> set[tuple[str, str]]:
    spec = importlib.util.spec_from_file_location("update", ROOT / "i18n" / "update.py")
    update = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update)
    return set(update.all_texts())


def test_there_is_a_translation() -> None:
    assert SOURCES


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_translation_is_complete_and_keeps_placeholders(path: Path) -> None:
    wrong = []
    for context, source, translation in _messages(path):
        text = (translation.text or "") if translation is not None else ""
        if not text.strip() or translation.get("type") == "unfinished":
            wrong.append(f"not translated ({context}): {source}")
        elif sorted(re.findall(r"{\w*}", source)) != sorted(re.findall(r"{\w*}", text)):
            wrong.append(f"placeholders differ ({context}): {source} / {text}")
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_translation_is_current(path: Path) -> None:
    known = {(context, source) for context, source, _ in _messages(path)}
    missing = _texts_in_code() - known
    assert not missing, f"run 'make translations': {len(missing)} new texts, such as {sorted(missing)[:3]}"


def test_every_text_given_to_translate_is_a_literal() -> None:
    wrong = []
    for folder in ("plugin", "processing_provider"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                call = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "translate"
                if call and isinstance(node.args[1], ast.JoinedStr | ast.BinOp):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_qgis_started_in_chinese_shows_chinese(tmp_path: Path) -> None:
    tool = shutil.which("qgis_process")
    if tool is None:
        pytest.skip("qgis_process is not on the path")
    compiled = [path.with_suffix(".qm") for path in SOURCES]
    assert all(path.is_file() for path in compiled), "run 'make translations' first"
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "swath").symlink_to(ROOT)
    settings = tmp_path / "profile" / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        "[PythonPlugins]\nswath=true\n[locale]\noverrideFlag=true\nuserLocale=zh-Hans\n", encoding="utf-8"
    )
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_PLUGINPATH": str(tmp_path / "plugins"),
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "profile"),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [tool, "help", "swath:trainmodel"], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    chinese = re.findall(r"[\u4e00-\u9fff]", done.stdout)
    assert len(chinese) > 200, done.stdout[:2000]
    assert "深度学习" in done.stdout
