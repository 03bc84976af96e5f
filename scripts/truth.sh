#!/usr/bin/env bash
# Asks a real clamd and a real clamscan about hostile inputs, prints the table and writes it to docs/truth.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-tools.sh
dotnet build tests/ClamBucketFleet.ClamAv.Tests --configuration Release --verbosity quiet --nologo >&2
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh
tests=tests/ClamBucketFleet.ClamAv.Tests/bin/Release/net10.0/ClamBucketFleet.ClamAv.Tests
code=0
CLAMBUCKETFLEET_WRITE_TRUTH=1 "$tests" --no-progress --filter-class '*.TruthTests' >&2 || code=$?
cat docs/truth.md
exit "$code"
