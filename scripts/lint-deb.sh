#!/usr/bin/env bash
# lintian and piuparts on the package in artifacts/, which is built where it is missing. piuparts installs, upgrades and
# purges it in a Debian root that it makes itself, or in the one of PIUPARTS_ROOT, a tar or directory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(artifacts/clambucketfleet_*_amd64.deb)
[[ -e ${packages[0]} ]] || scripts/make-deb.sh
packages=(artifacts/clambucketfleet_*_amd64.deb)

scripts/install-tools.sh --lint-deb

failed=0
lintian --profile debian --fail-on error,warning --tag-display-limit 0 "${packages[@]}" || failed=1

root=()
if [[ -d ${PIUPARTS_ROOT:-} ]]; then
  root=(--existing-chroot "$PIUPARTS_ROOT")
elif [[ -n ${PIUPARTS_ROOT:-} ]]; then
  root=(--basetgz "$PIUPARTS_ROOT")
fi
sudo=()
if ((EUID)); then sudo=(sudo); fi

# What the packages that this one asks for leave behind is theirs: ClamAV's, and in a root that had none, those of systemd
# and debconf.
ignored=('^/root/.ssh/?$' '^/etc/(default/locale|vconsole.conf)$' '^/var/cache/debconf/tmp.ci/?$'
  '^/var/(cache|lib|log)/private/?$' '^/var/lib/systemd/(coredump|pstore)/?$'
  '^/etc/clamav(/.*)?$' '^/var/(lib|log)/clamav(/.*)?$' '^/etc/apparmor.d(/.*)?$' '^/etc/logrotate.d/clamav-.*')
"${sudo[@]}" env "PATH=$PATH:/usr/sbin" piuparts --distribution "${SUITE:-bookworm}" --no-eatmydata \
  "${root[@]}" "${ignored[@]/#/--ignore-regex=}" --log-level=error "${packages[@]}" ||
  failed=1
exit "$failed"
