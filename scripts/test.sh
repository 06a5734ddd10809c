#!/usr/bin/env bash
# Run the engine's tests with the engine's Python and all others with QGIS's; fail if any fails.
# Usage: test.sh QGIS_SIDE_PYTHON [pytest arguments]; SWATH_ENGINE_PYTHON and MARKERS come from make.
set -uo pipefail

python="$1"
shift
export QT_QPA_PLATFORM=offscreen SWATH_ENGINE_PYTHON
# Two run side by side, so each computes in one thread: threads that wait for each other spin.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
# The engine's tests take longer than QGIS's: what comes later in the alphabet runs after those.
first=(tests/engine/test_[a-e]*.py)
rest=(tests/engine/test_[!a-e]*.py)

engine() { "$SWATH_ENGINE_PYTHON" -m pytest -c tests/engine/pytest.ini --rootdir tests/engine "$@"; }

beside() {
    "$python" -m pytest tests --ignore=tests/engine -m "$MARKERS" "$@" >"$logs/qgis" 2>&1
    echo $? >"$logs/qgis.status"
    engine "${rest[@]}" -m "$MARKERS" "$@" >"$logs/rest" 2>&1
    echo $? >"$logs/rest.status"
}

beside "$@" &
side=$!
trap 'pkill -P "$side"; kill "$side" 2>/dev/null; exit 130' INT TERM
echo "== Engine ($SWATH_ENGINE_PYTHON)"
engine "${first[@]}" -m "$MARKERS" "$@"
echo $? >"$logs/first.status"
wait "$side"
echo "== QGIS side ($python)"
cat "$logs/qgis"
echo "== Engine, the rest"
cat "$logs/rest"

# 5: arguments like -k chose no test of this part; of all parts together they must choose one.
chosen=0
failed=0
for part in first qgis rest; do
    case "$(cat "$logs/$part.status")" in
        0) chosen=1 ;;
        5) ;;
        *) failed=1 ;;
    esac
done
[ "$failed" = 0 ] && [ "$chosen" = 1 ]
