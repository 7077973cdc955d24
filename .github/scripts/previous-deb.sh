#!/usr/bin/env bash
# Gets the .deb of the newest published release into FOLDER, for the upgrade test. Before the first release there is none.
# Needs GH_TOKEN and GH_REPO, as gh reads them.
set -euo pipefail
folder=$1
mkdir -p "$folder"
tag=$(gh release list --exclude-drafts --exclude-pre-releases --limit 1 --json tagName --jq '.[].tagName')
if [[ -z $tag ]]; then
  echo "There is no published release: nothing to upgrade from."
  exit 0
fi
echo "The upgrade starts from $tag."
gh release download "$tag" --pattern 'readdress_*_amd64.deb' --pattern SHA256SUMS --dir "$folder"
cd "$folder"
sha256sum --check --strict --ignore-missing SHA256SUMS
rm SHA256SUMS
