#!/usr/bin/env bash
# Opens the .dmg of PACKAGES, looks at the app's signature and its two architectures, and lets the command line inside make
# its practice changes. On macOS; the window itself is looked at by a person (RELEASE.md).
set -euo pipefail
shopt -s nullglob
images=("$1"/Readdress_*_universal*.dmg)
if ((${#images[@]} != 1)); then
  echo "One disk image, not: ${images[*]}" >&2
  exit 1
fi
volume=$(mktemp -d)
hdiutil attach "${images[0]}" -nobrowse -readonly -mountpoint "$volume"
trap 'hdiutil detach "$volume"' EXIT
apps=("$volume"/*.app)
programs=${apps[0]}/Contents/MacOS
codesign --verify --deep --strict --verbose=2 "${apps[0]}"
for program in readdress readdress-cli; do
  lipo "$programs/$program" -verify_arch x86_64 arm64
done
if [[ ${images[0]} != *-unsigned.dmg ]]; then
  spctl --assess --type execute --verbose=4 "${apps[0]}"
  xcrun stapler validate "${apps[0]}"
fi
"$programs/readdress-cli" --version
"$programs/readdress-cli" --data-dir "$(mktemp -d)" demo
