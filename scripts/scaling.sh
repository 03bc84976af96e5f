#!/usr/bin/env bash
# Plays arrivals against the template's stack and writes docs/scaling.md with its plots. With the name of a stack of yours
# it reads that one, with your own credentials, prints its table and writes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-tools.sh >&2
scripts/build.sh tests/ClamBucketFleet.Scaling >&2
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh
exec tests/ClamBucketFleet.Scaling/bin/Release/net10.0/ClamBucketFleet.Scaling "$@"
