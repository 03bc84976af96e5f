#!/usr/bin/env bash
# The roots of all machines that tests boot, at the same time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ((EUID != 0)); then
  echo "The tests that boot machines need root: sudo make test" >&2
  exit 1
fi

roots=()
for suite in bookworm trixie; do
  # Which makes that of the machine first.
  scripts/image-root.sh "$suite" >/dev/null &
  roots+=($!)
done
failed=0
for root in "${roots[@]}"; do wait "$root" || failed=1; done
exit "$failed"
