#!/usr/bin/env bash
# What the tests on machines need beside their own build: the roots of the machines, and the package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Beside the package: making them waits for the network half of the time.
roots=()
for suite in bookworm trixie; do
  scripts/system-root.sh "$suite" >/dev/null &
  roots+=($!)
done
failed=0
scripts/make-deb.sh || failed=1
for root in "${roots[@]}"; do wait "$root" || failed=1; done
exit "$failed"
