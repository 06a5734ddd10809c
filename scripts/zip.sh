#!/usr/bin/env bash
# Build dist/swath-VERSION.zip from a clean copy of the runtime files. Usage: zip.sh BIN (the folder of qpdt)
set -euo pipefail

bin="$(cd "$1" && pwd)"
stage=build/swath
rm -rf build dist
mkdir -p "$stage" dist

# What git knows and a user needs; compiled translations are made, not kept.
git ls-files -z -- __init__.py metadata.txt icon.svg LICENSE engine plugin processing_provider i18n |
    while IFS= read -r -d '' file; do
        case "$file" in *.ts | i18n/update.py) continue ;; esac
        mkdir -p "$stage/$(dirname "$file")"
        cp "$file" "$stage/$file"
    done
for file in i18n/*.qm; do [ -e "$file" ] && cp "$file" "$stage/i18n/"; done

# qpdt reads the version from pyproject.toml and the changes from CHANGELOG.md of the folder it runs in.
cp pyproject.toml build/
[ -e CHANGELOG.md ] && cp CHANGELOG.md build/
(cd build && PYTHONPATH="$PWD" "$bin/qpdt" build)
mv build/dist/*.zip dist/
rm -rf build
ls -l dist/*.zip
