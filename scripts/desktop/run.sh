#!/usr/bin/env bash
# Start QGIS itself on a display of its own, with only this plugin, and let a script drive it with real mouse and keys:
#   bash scripts/desktop/run.sh scripts/desktop/session.py [FOLDER]
# FOLDER gets the pictures and a log. Needs Xvfb and xdotool; installs them on Debian.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
script="$(realpath "$1")"
out="${2:-$root/.build/desktop}"
mkdir -p "$out"
out="$(realpath "$out")"
sudo="${SUDO-$([ "$(id -u)" = 0 ] || echo sudo)}"
missing=()
for pair in Xvfb:xvfb xdotool:xdotool import:imagemagick; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ "${#missing[@]}" = 0 ] || $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}" >/dev/null

work="$(mktemp -d)"
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT
mkdir -p "$work/plugins" "$work/profiles/profiles/default/QGIS"
ln -s "$root" "$work/plugins/swath"
cat >"$work/profiles/profiles/default/QGIS/QGIS3.ini" <<'INI'
[PythonPlugins]
swath=true
processing=true
[app]
askToSaveOnExit=false
projections\unknownCrsBehavior=NoAction
[qgis]
enableMacros=SessionOnly
checkVersion=false
showTips=false
[locatorFilters]
default_nominatim_geocoder=false
INI
number=90
while [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
Xvfb ":$number" -screen 0 "${SCREEN:-1366x768}x24" -dpi 96 -nolisten tcp >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 50); do [ -e "/tmp/.X11-unix/X$number" ] && break; sleep 0.1; done
export DISPLAY=":$number" QT_QPA_PLATFORM=xcb QGIS_PLUGINPATH="$work/plugins" QGIS_CUSTOM_CONFIG_PATH="$work/profiles"
export SWATH_ENGINE_PYTHON="${SWATH_ENGINE_PYTHON:-$root/.build/engine/bin/python}"
export SWATH_DESKTOP_OUT="$out" SWATH_DESKTOP_HERE="$(dirname "$script")" SWATH_REAL_DATA="${SWATH_REAL_DATA-$root/../shared/data}"
# Statistics of images do not go into files beside them.
export LIBGL_ALWAYS_SOFTWARE=1 GDAL_PAM_ENABLED=NO
status=0
timeout "${LIMIT:-1800}" qgis --noversioncheck --nologo --profiles-path "$work/profiles" --code "$script" >"$out/qgis.log" 2>&1 || status=$?
# The script says how it went in a file: QGIS's own exit status does not tell.
cat "$out/said.txt" 2>/dev/null || true
# On a new profile QGIS 3.40 may crash at its very end, with or without Swath: its own task that fetches news opens the
# store of passwords in its thread, which outlives that store. So the status does not count.
if [ "$(tail -n 1 "$out/said.txt" 2>/dev/null)" != "done" ]; then
    tail -n 20 "$out/qgis.log" >&2
    exit 1
fi
