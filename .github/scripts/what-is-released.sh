#!/usr/bin/env bash
# Says which version this run is about, and whether it is a release: a tag is, anything else is a dry run.
# Writes its notes into the file NOTES. Needs REF_TYPE and REF_NAME (GitHub's github.ref_type and github.ref_name); answers
# into GITHUB_OUTPUT.
set -euo pipefail
notes=$1
if [[ $REF_TYPE == tag ]]; then
  version=$(cargo xtask version --tag "$REF_NAME")
  environment=release
else
  version=$(cargo xtask version)
  environment=dry-run
fi
cargo xtask notes "$version" >"$notes" || {
  # Only a release must have its section; between releases the words still stand under Unreleased.
  [[ $environment == dry-run ]] || exit 1
  echo "No notes yet: CHANGELOG.md has no section of $version." >"$notes"
}
echo "version=$version" >>"$GITHUB_OUTPUT"
echo "environment=$environment" >>"$GITHUB_OUTPUT"
{
  printf '# Readdress %s (%s)\n\n' "$version" "$environment"
  cat "$notes"
} >>"$GITHUB_STEP_SUMMARY"
