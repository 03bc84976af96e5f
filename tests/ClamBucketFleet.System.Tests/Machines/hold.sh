#!/usr/bin/env bash
# The ground that a machine is booted on, as long as this process lives, in a mount namespace of its own: the root as an
# overlay whose written layer is in memory, and what systemd-nspawn wants where PID 1 of the host is not systemd.
# Run by "unshare --mount". Arguments: the name of its cgroup, its host name, a directory to mount in, the lower layers
# with colons between them.
set -euo pipefail
cgroup=$1 name=$2 directory=$3 lower=$4

mount --make-rprivate /
# systemd-nspawn propagates mounts through this directory, and refuses one on a disk.
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=755 tmpfs /run/systemd/nspawn
# Where the host's cgroups are of the first or the mixed kind, the machine gets those of the second all the same.
if [[ $(stat -fc %T /sys/fs/cgroup) != cgroup2fs ]]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; fi
mkdir "/sys/fs/cgroup/$cgroup"

mount -t tmpfs -o mode=755,size=4g tmpfs "$directory"
mkdir "$directory/root" "$directory/upper" "$directory/work"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
echo "$name" >"$directory/root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >"$directory/root/etc/hosts"

echo held
exec sleep infinity
