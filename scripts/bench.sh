#!/usr/bin/env bash
# Run the benchmarks, one after the other: each prints a ratio to its limit from the same run.
# SWATH_ENGINE_PYTHON comes from make. The machine should have nothing else to do.
set -euo pipefail

for name in export apply kampala; do
    echo "== $name"
    "$SWATH_ENGINE_PYTHON" "benchmarks/$name.py"
done
