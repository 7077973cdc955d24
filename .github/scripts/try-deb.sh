#!/usr/bin/env bash
# Installs the .deb of PACKAGES, uses it, upgrades to it from the one in PREVIOUS (if there is one) and removes it.
# For a machine that is thrown away afterwards: it needs root.
set -euo pipefail
shopt -s nullglob
packages=$1
previous=$2
new=("$packages"/readdress_*.deb)
old=("$previous"/readdress_*.deb)
if ((${#new[@]} != 1 || ${#old[@]} > 1)); then
  echo "One new .deb and at most one old one, not: ${new[*]} ${old[*]}" >&2
  exit 1
fi
words=(--deb "${new[0]}")
if ((${#old[@]} == 1)); then
  words+=(--from "${old[0]}")
fi
exec cargo xtask try-package "${words[@]}"
