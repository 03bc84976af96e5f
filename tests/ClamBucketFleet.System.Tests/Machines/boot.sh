#!/usr/bin/env bash
# Boots what hold.sh made, within its mount namespace. Becomes systemd-nspawn, so that a signal to this process is one to
# it. Arguments: the name of its cgroup, its host name, its root, the network namespace's path.
set -euo pipefail
cgroup=$1 name=$2 root=$3 network=$4

# --keep-unit makes its cgroups within the one it was started in.
echo $$ >"/sys/fs/cgroup/$cgroup/cgroup.procs"
# No system bus: --register=no. The capabilities and bpf let IPAddressDeny= of the machine's units have its effect.
# Not the terminal: a read from it could stop the boot.
exec systemd-nspawn --directory="$root" --boot --machine="$name" --register=no --keep-unit --console=pipe --quiet \
  --resolv-conf=off --timezone=off --link-journal=no --kill-signal=SIGRTMIN+3 --network-namespace-path="$network" \
  --capability=CAP_NET_ADMIN,CAP_BPF,CAP_PERFMON --system-call-filter=bpf </dev/null
