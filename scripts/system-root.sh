#!/usr/bin/env bash
# Makes the root of a Debian machine to boot in tests, once; prints its directory. Needs root. Argument: the release.
set -euo pipefail

suite=${1:?release}
packages=systemd,systemd-sysv,dbus,clamav,clamav-daemon,clamav-freshclam,clamdscan,ca-certificates,procps
cache=${XDG_CACHE_HOME:-$HOME/.cache}/clambucketfleet/roots
root=$cache/$suite-$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-12)

mkdir -p "$cache"
exec 9>"$cache/$suite.lock"
flock 9
if [[ ! -d $root ]]; then
  # The lock is ours, so these are what killed runs and older versions of this script left.
  rm -rf "$cache/$suite"-*
  mmdebstrap --quiet --variant=apt --include="$packages" --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io "$suite" "$root.part" >&2
  rm -rf "$root.part/var/cache/apt"/*.bin
  mv "$root.part" "$root"
fi
echo "$root"
