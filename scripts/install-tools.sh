#!/usr/bin/env bash
# Installs what the tests and the demo need and the machine lacks. Starts and stops no service.
# --venv: moto's packages as well; --lint-deb: what make lint-deb needs as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.tools/venv

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# Debian starts a daemon as soon as it is installed, unless this file says no.
install_packages() {
  local policy=/usr/sbin/policy-rc.d own=false
  if [[ ! -e $policy ]]; then
    own=true
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  local failed=0
  {
    as_root apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >&2 || failed=$?
  if $own; then as_root rm -f "$policy"; fi
  return "$failed"
}

# clamd is in /usr/sbin, which is not in every user's PATH.
has() {
  PATH=$PATH:/usr/sbin command -v "$1" >/dev/null
}

can_make_venv() {
  has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null
}

if ! has dotnet; then
  echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2
  exit 1
fi

# --venv: python's packages are wanted even where somebody else's moto_server is in PATH.
need_venv=false
for program in moto_server aws cfn-lint; do
  if [[ ! -x $venv/bin/$program ]] && { [[ ${1:-} == --venv ]] || ! has "$program"; }; then need_venv=true; fi
done

packages=()
has clamscan || packages+=(clamav)
has freshclam || packages+=(clamav-freshclam)
has clamd || packages+=(clamav-daemon)
has clamdscan || packages+=(clamdscan)
has zip || packages+=(zip)
has jq || packages+=(jq)
has 7zz || packages+=(7zip)
has qpdf || packages+=(qpdf)
has systemd-nspawn || packages+=(systemd-container)
has mmdebstrap || packages+=(mmdebstrap)
has ip || packages+=(iproute2)
has dpkg-deb || packages+=(dpkg)
has packer || packages+=(packer)
has ssh-keygen || packages+=(openssh-client)
has shellcheck || packages+=(shellcheck)
[[ -e /usr/share/clamav-testfiles/clam.exe ]] || packages+=(clamav-testfiles)
if [[ ${1:-} == --lint-deb ]]; then
  has lintian || packages+=(lintian)
  has piuparts || packages+=(piuparts)
fi
has npm || packages+=(nodejs npm)
has gpg || packages+=(gpg)
if $need_venv && ! can_make_venv; then packages+=(python3 python3-venv); fi

if ((${#packages[@]})); then
  echo "Installing ${packages[*]}" >&2
  install_packages "${packages[@]}"
fi

if $need_venv; then
  echo "Installing moto, the aws CLI and cfn-lint into $venv" >&2
  if ! python3 -m venv --clear "$venv" ||
    ! "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/requirements.txt >&2; then
    # Half of it would look like all of it the next time.
    rm -rf "$venv"
    exit 1
  fi
fi

# Reads what Packer's files say today, which Debian's Packer cannot.
if [[ ! -d .tools/node_modules/@cdktf/hcl2json ]]; then
  echo "Installing hcl2json into .tools" >&2
  npm install --silent --no-audit --no-fund --no-save --prefix .tools @cdktf/hcl2json@0.21.0 >&2
fi
