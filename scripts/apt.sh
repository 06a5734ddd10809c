#!/usr/bin/env bash
# Install what is missing of QGIS 3.40 and the build tools on Debian 12. SUDO holds "sudo" or nothing.
set -euo pipefail

packages=(qgis python3-qgis python3-venv python3-pip pyqt5-dev-tools qttools5-dev-tools)
sudo="${SUDO-}"

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

if ! command -v dpkg-query >/dev/null; then
    if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
        echo "No Debian: the QGIS of this system is used."
        exit 0
    fi
    echo "This is no Debian: install QGIS 3.40 or newer with its Python, as the README says." >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
[ "${#missing[@]}" = 0 ] && exit 0

echo "Installing ${missing[*]} (a few minutes)"
apt() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q "$@"; }
release="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
list=/etc/apt/sources.list.d/bookworm-backports.list
from=()
if [ "$release" = bookworm ]; then
    apt update
    if ! apt-cache policy | grep -q n=bookworm-backports; then
        # The mirror that the machine uses already.
        mirror="$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | awk '$2 == "bookworm" { print $1; exit }')"
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm-backports main" |
            $sudo tee "$list" >/dev/null
        if ! apt update; then
            $sudo rm -f "$list"
            echo "The backports of Debian 12 cannot be reached: QGIS 3.40 comes from there." >&2
            exit 1
        fi
    fi
    from=(-t bookworm-backports)
else
    apt update
fi
apt install -y --no-install-recommends "${from[@]}" "${missing[@]}"
