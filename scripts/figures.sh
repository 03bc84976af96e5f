#!/usr/bin/env bash
# Measures the package on machines with a real systemd, and writes docs/package.md and docs/operating.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-tools.sh
scripts/system-roots.sh
scripts/make-deb.sh
project=tests/ClamBucketFleet.System.Tests
scripts/build.sh "$project"
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh
CLAMBUCKETFLEET_WRITE_FIGURES=1 exec "$project/bin/Release/net10.0/ClamBucketFleet.System.Tests" \
  --no-progress --filter-class '*.FiguresTests' '*.WorkingDayTests'
