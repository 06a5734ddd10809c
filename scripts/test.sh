#!/usr/bin/env bash
# Run the engine's tests with the engine's Python and all others with QGIS's; fail if either fails.
# Usage: test.sh QGIS_SIDE_PYTHON [pytest arguments]; SWATH_ENGINE_PYTHON and MARKERS come from make.
set -uo pipefail

python="$1"
shift
export QT_QPA_PLATFORM=offscreen SWATH_ENGINE_PYTHON
failed=0

echo "== Engine ($SWATH_ENGINE_PYTHON)"
"$SWATH_ENGINE_PYTHON" -m pytest tests/engine -m "$MARKERS" "$@" || failed=1
echo "== QGIS side ($python)"
"$python" -m pytest tests --ignore=tests/engine -m "$MARKERS" "$@" || failed=1
exit "$failed"
