#!/usr/bin/env bash
# Makes this system's packages. Without a word: everything, unsigned, and with no secret in the environment of all that
# is built and run on the way. With `signed`: packs once more what is built, now with the keys.
#
# GitHub hands over a secret that does not exist as an empty variable, and tauri takes an empty certificate for one.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ -z ${SOURCE_DATE_EPOCH-} ]]; then
  # The commit's time is the packages'. In a container the files belong to somebody else, and git asks to be told that it is so.
  SOURCE_DATE_EPOCH=$(git -c safe.directory="$PWD" log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
fi
case $(uname -s) in
  Darwin) keys=(APPLE_CERTIFICATE APPLE_CERTIFICATE_PASSWORD APPLE_ID APPLE_PASSWORD APPLE_TEAM_ID) ;;
  Linux) keys=() ;;
  *) keys=(WINDOWS_CERTIFICATE_THUMBPRINT) ;;
esac
case ${1-} in
  "")
    unset "${keys[@]}"
    if [[ $(uname -s) == Darwin ]]; then
      # Ad hoc. Without any signature macOS calls a downloaded app damaged, and offers no way to open it.
      export APPLE_SIGNING_IDENTITY=-
    fi
    exec cargo xtask bundle
    ;;
  signed)
    if ((${#keys[@]} == 0)); then
      echo "Nothing is signed on this system." >&2
      exit 1
    fi
    missing=()
    for key in "${keys[@]}"; do
      if [[ -z ${!key-} ]]; then
        missing+=("$key")
      fi
    done
    if ((${#missing[@]} > 0)); then
      # Half a set would make packages that look signed in the log and are refused by the system.
      echo "Not signed, for want of: ${missing[*]}" >&2
      exit 1
    fi
    exec cargo xtask bundle --built
    ;;
  *)
    echo "bundle.sh [signed]" >&2
    exit 2
    ;;
esac
