#!/usr/bin/env bash
# Debian's updates, the package with all that it needs, and updates by themselves. Root.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

# Nothing that is installed here has work to do in here: it starts with the image. clean.sh takes it away.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d

apt_get() {
  # The daily run of apt may have begun; half a list of packages must not look like all of it.
  apt-get --yes -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@"
}
apt_get update
apt_get dist-upgrade
apt_get install --no-install-recommends curl openssh-server unattended-upgrades
apt_get install --no-install-recommends /tmp/image/clambucketfleet.deb

if [[ -n ${FRESHCLAM_CONF:-} ]]; then
  printf '%s\n' "$FRESHCLAM_CONF" >/etc/clambucketfleet/freshclam.conf
fi
