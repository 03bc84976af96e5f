#!/usr/bin/env bash
# The README's way through AWS, by its own commands: stack, image, three buckets, scale-in, Spot, deletion.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-tools.sh
scripts/system-roots.sh
scripts/make-deb.sh
scripts/build.sh tests/ClamBucketFleet.System.Tests
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh
exec "tests/ClamBucketFleet.System.Tests/bin/${CONFIGURATION:-Release}/net10.0/ClamBucketFleet.System.Tests" \
  --no-progress --filter-class '*.JourneyTests'
