#!/usr/bin/env bash
# All checks of style, types, spelling and house rules; runs every one and fails if any fails.
# Usage: lint.sh BIN (the folder of ruff and the others); ENGINE_PYTHON comes from make.
set -uo pipefail

bin="$1"
failed=0

check() {
    echo "== $1"
    shift
    "$@" || failed=1
}

# mypy takes a checkout of any name for the package swath.
package=.build/package
mkdir -p "$package"
ln -sfn ../.. "$package/swath"

check "ruff check" "$bin/ruff" check .
check "ruff format" "$bin/ruff" format --check .
check "mypy --strict on the engine" env MYPYPATH="$package" "$bin/mypy" --strict --python-executable "$ENGINE_PYTHON" -p swath.engine
# QGS105 is about iface, which only the plugin's entry gets; QGS201 and 202 ask for what the toolbox does not need.
check "flake8-qgis" "$bin/flake8" --select QGS --extend-ignore QGS105,QGS201,QGS202 plugin processing_provider i18n __init__.py
check "Python 3.9 where QGIS runs it" "$bin/vermin" -q --no-tips --eval-annotations --violations -t=3.9- \
    plugin processing_provider i18n/__init__.py engine/*.py engine/installer engine/chips engine/models engine/tasks
check "codespell" "$bin/codespell" --toml pyproject.toml
check "house rules" "$bin/python" scripts/house_rules.py
exit "$failed"
