#!/usr/bin/env bash
# Makes, once, what Debian's image for EC2 has beyond the root of a test machine, as a layer to lay over that root; prints
# the layer's directory. Needs root. Argument: the release.
set -euo pipefail

suite=${1:?release}
packages=(cloud-init openssh-server openssh-client sudo unattended-upgrades curl iproute2 netplan.io)
root=$("$(dirname "${BASH_SOURCE[0]}")/system-root.sh" "$suite")
cache=$(dirname "$root")
# Of this root and no other: what dpkg says is installed there stands in the layer.
layer=$cache/image-$suite-$({
  echo "$root"
  cat "${BASH_SOURCE[0]}"
} | sha256sum | cut -c 1-12)

# Runs in a mount namespace of its own, which takes the mounts with it. No daemon starts in there.
fill() {
  set -euo pipefail
  local root=$1 layer=$2
  shift 2
  mount --make-rprivate /
  mkdir -p "$layer/upper" "$layer/work" "$layer/merged"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work" "$layer/merged"
  mount --bind /dev "$layer/merged/dev"
  mount -t proc proc "$layer/merged/proc"
  printf '#!/bin/sh\nexit 101\n' >"$layer/merged/usr/sbin/policy-rc.d"
  chmod 755 "$layer/merged/usr/sbin/policy-rc.d"
  cp --remove-destination /etc/resolv.conf "$layer/merged/etc/resolv.conf"
  inside() {
    env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
      chroot "$layer/merged" "$@"
  }
  inside apt-get update -qq
  inside apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io \
    -o Dpkg::Options::='--path-exclude=/usr/share/doc/*' -o Dpkg::Options::='--path-exclude=/usr/share/locale/*' "$@"
  inside apt-get clean
  rm -rf "$layer/merged/var/lib/apt/lists" "$layer/merged/usr/sbin/policy-rc.d"
}

exec 9>"$cache/image-$suite.lock"
flock 9
if [[ ! -d $layer ]]; then
  # The lock is ours, so these are what killed runs and older versions of this script left.
  rm -rf "$cache/image-$suite"-*
  export -f fill
  # shellcheck disable=SC2016 # the shell inside expands
  unshare --mount bash -c 'fill "$@"' fill "$root" "$layer.part" "${packages[@]}" >&2
  mv "$layer.part/upper" "$layer"
  rm -rf "$layer.part"
fi
echo "$layer"
