#!/usr/bin/env bash
# The random test for so many seconds with each of the given seeds, built before. Arguments: seconds, seeds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

project=tests/ClamBucketFleet.Daemon.Tests
dotnet build "$project" --configuration Release --verbosity quiet
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh
CHAOS_SECONDS=$1 CHAOS_SEEDS=$2 exec "$project/bin/Release/net10.0/ClamBucketFleet.Daemon.Tests" \
  --no-progress --no-ansi --filter-class '*Faults.RandomWorkTest'
