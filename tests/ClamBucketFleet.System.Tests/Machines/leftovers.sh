#!/usr/bin/env bash
# Ends machines and removes cgroups whose test run is gone; everything else of a machine goes with its processes.
# Run by "unshare --mount". A machine's cgroup is named cbf-<process of the test run>-<number>.
set -euo pipefail

mount --make-rprivate /
if [[ $(stat -fc %T /sys/fs/cgroup) != cgroup2fs ]]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; fi
for cgroup in /sys/fs/cgroup/cbf-*-*; do
  [[ -d $cgroup ]] || continue
  owner=${cgroup##*/cbf-}
  if kill -0 "${owner%-*}" 2>/dev/null; then continue; fi
  echo 1 >"$cgroup/cgroup.kill"
  for _ in {1..50}; do
    if find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null; then break; fi
    sleep 0.1
  done
done
