#!/usr/bin/env bash
# Bring the pictures of a session into the documentation: bash scripts/desktop/pictures.sh FROM TO
set -euo pipefail
while read -r from to; do
    # 128 colours are enough for windows and a drawn scene, and a quarter of the size.
    convert "$1/$from.png" -resize 1200x -dither FloydSteinberg -colors 128 "$2/$to.png"
    echo "$2/$to.png"
done <<'LIST'
3-label label
5-export dock-export
8-trained dock-train
10-applied dock-apply
12-places dock-review
objects-6-found dock-objects
LIST
