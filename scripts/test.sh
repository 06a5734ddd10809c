#!/usr/bin/env bash
# Run the engine's tests with the engine's Python and all others with QGIS's; fail if either fails.
# Usage: test.sh QGIS_SIDE_PYTHON [pytest arguments]; SWATH_ENGINE_PYTHON and MARKERS come from make.
set -uo pipefail

python="$1"
shift
export QT_QPA_PLATFORM=offscreen SWATH_ENGINE_PYTHON
# Both sides run side by side, so each computes in one thread: threads that wait for each other spin.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
failed=0
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

"$python" -m pytest tests --ignore=tests/engine -m "$MARKERS" "$@" >"$log" 2>&1 &
side=$!
trap 'kill "$side" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
echo "== Engine ($SWATH_ENGINE_PYTHON)"
"$SWATH_ENGINE_PYTHON" -m pytest tests/engine -m "$MARKERS" "$@" || failed=1
echo "== QGIS side ($python)"
wait "$side" || failed=1
cat "$log"
exit "$failed"
