#!/usr/bin/env bash
# Builds this repository's own services and says, in plain words, where to look.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

.venv/bin/gitops-obs build

# The first three files of one kind, and how many there are.
show() {
  local title=$1 folder=$2 files=()
  mapfile -t files < <(find "$folder" -type f 2>/dev/null | LC_ALL=C sort)
  printf '\n%s: %d in %s/\n' "$title" "${#files[@]}" "$folder"
  ((${#files[@]} == 0)) || printf '  %s\n' "${files[@]:0:3}"
}

show 'Service files, what you write' services
show 'Dashboards, to import into Grafana or to push' generated/dashboards
show 'Prometheus rules, to load or to push' generated/rules

cat <<'TEXT'

Next, try:
  edit a file in services/, run this again, and see what `git diff generated/` shows a reviewer
  .venv/bin/gitops-obs build --watch    builds again whenever you save
  .venv/bin/gitops-obs lint             checks the rules and dashboards
  .venv/bin/gitops-obs --help           everything else
TEXT
