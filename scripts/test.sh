#!/usr/bin/env bash
# Tools, build, lint and every test. Without a build there are no tests; failing lint counts as one failure more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

give_up() {
  echo "0 passed, 1 failed"
  exit 1
}

scripts/install-tools.sh || give_up
# Beside the build: making the machines waits for the network half of the time.
scripts/system-roots.sh &
roots=$!
scripts/build.sh || give_up
scripts/make-deb.sh || give_up
wait "$roots" || give_up

checks=0
if ! scripts/lint.sh; then
  echo "lint failed" >&2
  checks=1
fi
FAILED_CHECKS=$checks exec scripts/run-tests.sh
