#!/usr/bin/env bash
# Fetches promtool from a newer Debian suite than this machine's, for tests only: prints the path of the program.
# Nothing is installed: lists, package and program stay in the folder given. Needs Debian's or Ubuntu's apt-get.
set -euo pipefail
folder=${1:?usage: tools/newer_promtool.sh FOLDER [SUITE]}
suite=${2:-sid}
program=$folder/root/usr/bin/promtool
if [[ ! -x $program ]]; then
  mkdir -p "$folder"/{lists/partial,cache/archives/partial,etc,root}
  # the mirror that this machine uses anyway
  site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
  echo "deb [trusted=yes] $site $suite main" >"$folder/etc/sources.list"
  options=(-qq -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o "Dir::Etc::sourceparts=/dev/null"
    -o "Dir::Etc::sourcelist=$folder/etc/sources.list")
  apt-get "${options[@]}" update >&2
  (cd "$folder" && apt-get "${options[@]}" download promtool >&2)
  dpkg-deb -x "$folder"/promtool_*.deb "$folder/root"
fi
printf '%s\n' "$program"
