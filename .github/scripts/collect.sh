#!/usr/bin/env bash
# Puts what the systems made (in folders below IN) into OUT, with one SHA256SUMS over all of it.
# A kind that is missing, or there twice, stops the release; so does a file of another version.
set -euo pipefail
shopt -s nullglob
in=$1
out=$2
version=$3
mkdir -p "$out"
for file in "$in"/*/*; do
  name=$(basename "$file")
  if [[ $name == SHA256SUMS ]]; then
    # Each system's own, about its own packages: looked at here, and then replaced by the one about all.
    (cd "$(dirname "$file")" && sha256sum --check --strict --quiet SHA256SUMS)
    continue
  fi
  if [[ -e $out/$name ]]; then
    echo "$name came from two systems." >&2
    exit 1
  fi
  cp "$file" "$out/$name"
done
cd "$out"
kinds=(
  "readdress_${version}_amd64.deb"
  "readdress-${version}-1.x86_64.rpm"
  "Readdress-${version}-x86_64.AppImage"
  "Readdress_${version}_x64-setup.exe"
  "Readdress_${version}_x64_en-US.msi"
  "Readdress_${version}_x64_es-ES.msi"
  "Readdress_${version}_x64_pt-BR.msi"
  "Readdress_${version}_universal.dmg"
  "readdress-${version}.cdx.json"
)
known=()
for kind in "${kinds[@]}"; do
  found=()
  for name in "$kind" "${kind%.*}-unsigned.${kind##*.}"; do
    if [[ -f $name ]]; then
      found+=("$name")
    fi
  done
  if ((${#found[@]} != 1)); then
    echo "Of $kind there must be one, signed or unsigned, not ${#found[@]}: ${found[*]}" >&2
    exit 1
  fi
  known+=("${found[0]}")
done
for name in *; do
  if [[ $name != SHA256SUMS && " ${known[*]} " != *" $name "* ]]; then
    echo "Nobody expects $name." >&2
    exit 1
  fi
done
sha256sum "${known[@]}" >SHA256SUMS
cat SHA256SUMS
