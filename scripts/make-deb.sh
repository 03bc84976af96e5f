#!/usr/bin/env bash
# Publishes the program and builds the Debian package in artifacts/. The last line names it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

published=artifacts/publish
rm -rf "$published" artifacts/clambucketfleet_*.deb
dotnet publish src/ClamBucketFleet.Daemon --configuration Release --runtime linux-x64 --output "$published" \
  -p:RestoreLockedMode=true --disable-build-servers --nologo --verbosity quiet >&2
packaging/build-deb.sh "$published/clambucketfleet" artifacts
