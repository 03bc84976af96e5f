#!/usr/bin/env bash
# Tools, build, lint and every test. Without a build there are no tests; failing lint counts as one failure more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! scripts/install-tools.sh || ! scripts/build.sh || ! scripts/system-parts.sh; then
  echo "0 passed, 1 failed"
  exit 1
fi

checks=0
if ! scripts/lint.sh; then
  echo "lint failed" >&2
  checks=1
fi
FAILED_CHECKS=$checks exec scripts/run-tests.sh
