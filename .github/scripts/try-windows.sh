#!/usr/bin/env bash
# Installs the .exe of PACKAGES for this user, without a question, lets the installed command line make its practice
# changes, and removes it again. On Windows, in Git's bash; the window itself is looked at by a person (RELEASE.md).
set -euo pipefail
shopt -s nullglob
setup=("$1"/Readdress_*-setup*.exe)
if ((${#setup[@]} != 1)); then
  echo "One installer, not: ${setup[*]}" >&2
  exit 1
fi
# Where it went is written down for Windows' own list of programs.
key='HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\readdress'
# Two slashes: bash would take one for the beginning of a path.
"${setup[0]}" //S
for _ in $(seq 60); do
  if reg query "$key" //v InstallLocation >/dev/null 2>&1; then break; fi
  sleep 1
done
place=$(reg query "$key" //v InstallLocation | tr -d '\r"' | sed -n 's/.*REG_SZ *//p')
place=$(cygpath --unix "$place")
echo "Installed in $place"
"$place/readdress-cli.exe" --version
"$place/readdress-cli.exe" --data-dir "$(mktemp -d)" demo
"$place/uninstall.exe" //S
for _ in $(seq 60); do
  if [[ ! -e $place/readdress.exe && ! -e $place/readdress-cli.exe ]]; then
    echo "Removed again."
    exit 0
  fi
  sleep 1
done
echo "Still there after a minute:" >&2
ls "$place" >&2
exit 1
