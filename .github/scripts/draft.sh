#!/usr/bin/env bash
# Makes the draft of the release VERSION with all files of FOLDER and the words of NOTES. Nobody sees it until a maintainer publishes it.
# A draft of an earlier run is replaced; a published release is not touched. Needs GH_TOKEN and GH_REPO, as gh reads them.
set -euo pipefail
folder=$1
version=$2
notes=$3
tag=v$version
if state=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null); then
  if [[ $state != true ]]; then
    echo "$tag is published: what people have downloaded stays as it is. Make another version." >&2
    exit 1
  fi
  gh release delete "$tag" --yes
fi
shopt -s nullglob
unsigned=("$folder"/*-unsigned.*)
text=$(mktemp)
trap 'rm -f "$text"' EXIT
cat "$notes" >"$text"
if ((${#unsigned[@]} > 0)); then
  {
    printf '\n## Not signed\n\nThese packages carry no signature of a certificate, so that the system warns before it opens them. '
    printf 'What you see then, and how to check the file first: *Install* in the README.\n\n'
    printf -- '- %s\n' "${unsigned[@]##*/}"
  } >>"$text"
fi
gh release create "$tag" "$folder"/* --draft --verify-tag --title "Readdress $version" --notes-file "$text"
