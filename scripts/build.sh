#!/usr/bin/env bash
# Builds in Release, from exactly the packages that the lock files name, and leaves no build server running.
# Arguments: projects; none is everything.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

(($#)) || set -- ClamBucketFleet.sln
for project; do
  dotnet restore "$project" --locked-mode --disable-build-servers --verbosity quiet
  dotnet build "$project" --configuration Release --no-restore --disable-build-servers --nologo --verbosity quiet
done
