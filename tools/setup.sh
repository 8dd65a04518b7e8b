#!/usr/bin/env bash
# Sets up a fresh checkout. One argument:
#   run       .venv with the project, to use it
#   test      .venv with the project and everything its tests and linters need
#   packages  programs the tests start that come from the system: git, make, Prometheus, Alertmanager
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# Debian starts a daemon when its package is installed; a policy that answers 101 forbids that.
forbid_service_starts() {
  [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
  trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
  as_root chmod 755 /usr/sbin/policy-rc.d
}

# Installs Debian packages; without the rights for it, says what to install.
debian_install() {
  local by_hand="sudo apt-get install --no-install-recommends $*"
  have apt-get || die "Missing here: $* (Debian's names). Please install them and run this again."
  ((EUID == 0)) || have sudo || die "Missing here: $*. Please run: $by_hand"
  say "Installing Debian packages: $*"
  forbid_service_starts
  as_root apt-get -qq -o DPkg::Lock::Timeout=120 update || say "apt-get update failed; trying with the lists at hand."
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 \
    install --no-install-recommends "$@" >/dev/null </dev/null || die "That failed. Please run: $by_hand"
}

packages() {
  local missing=() daemons=()
  have git || missing+=(git)
  have make || missing+=(make)
  { have prometheus && have promtool; } || daemons+=(prometheus)
  have amtool || daemons+=(prometheus-alertmanager)
  missing+=("${daemons[@]}")
  ((${#missing[@]})) || return 0
  debian_install "${missing[@]}"
  # Installed for their programs only: they shall not start with the machine either.
  if ((${#daemons[@]})) && have systemctl; then
    as_root systemctl --quiet disable "${daemons[@]}" || say "Please check: systemctl is-enabled ${daemons[*]}"
  fi
}

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local candidate candidates=("${PYTHON:-python3}")
  [[ -n ${PYTHON:-} ]] || candidates+=(python3.13 python3.12 python3.11)
  for candidate in "${candidates[@]}"; do
    if is_recent "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
  local found
  found=$("${candidates[0]}" --version 2>&1) || found="no ${candidates[0]}"
  say "gitops-obs needs Python 3.11 or newer; here is: $found."
  die "Install a newer one (Debian 12 and Ubuntu 24.04 have it) and name it: make test PYTHON=python3.12"
}

make_venv() {
  is_recent .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  if [[ -z ${PYTHON:-} ]] && ! have python3; then
    debian_install python3 python3-venv
  fi
  local python package
  python=$(find_python)
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    debian_install "$package"
  fi
  "$python" -m venv --clear .venv
}

# uv does not read pip's configuration; a package index named there has to reach it.
tell_uv_the_index() {
  [[ -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]] || return 0
  local index=${PIP_INDEX_URL:-}
  [[ -n $index ]] || index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null) || return 0
  export UV_DEFAULT_INDEX=$index
}

# Takes arguments that `uv pip install` and `pip install` both understand.
install_into_venv() {
  local pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
  say "Installing into .venv …"
  tell_uv_the_index
  if "${pip[@]}" uv && .venv/bin/uv pip install --quiet --python .venv/bin/python "$@"; then
    return
  fi
  say "uv could not do it; trying with pip, which takes longer."
  "${pip[@]}" --upgrade 'pip>=25.1' # the first that knows --group
  "${pip[@]}" "$@"
}

case ${1:-} in
  packages) packages ;;
  run)
    make_venv
    install_into_venv --editable '.[fast,watch]'
    touch .venv/.set-up-run
    ;;
  test)
    make_venv
    install_into_venv --editable '.[fast,watch]' --group test --group lint
    touch .venv/.set-up-run .venv/.set-up-test
    ;;
  *) die "usage: tools/setup.sh run|test|packages" ;;
esac
