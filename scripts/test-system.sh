#!/usr/bin/env bash
# The tests that install the package on machines with a real systemd and drive it there, with all that they need.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-tools.sh
scripts/system-roots.sh
scripts/make-deb.sh
scripts/build.sh tests/ClamBucketFleet.System.Tests
exec scripts/run-tests.sh tests/ClamBucketFleet.System.Tests
