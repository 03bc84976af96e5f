#!/usr/bin/env bash
# Prepares what the demo needs, then runs it. DAEMON=<path> takes a clambucketfleet that was built elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "$*" >&2; }

scripts/install-tools.sh

if [[ -z ${DAEMON:-} ]]; then
  say "Building clambucketfleet ..."
  if ! log=$(scripts/build.sh src/ClamBucketFleet.Daemon 2>&1); then
    say "$log"
    exit 1
  fi
  DAEMON=$PWD/src/ClamBucketFleet.Daemon/bin/Release/net10.0/clambucketfleet
fi
if [[ -z ${DOTNET_ROOT:-} ]] && dotnet=$(command -v dotnet); then
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
  export DOTNET_ROOT
fi
export DAEMON

can_run_demo() { "$1" -c 'import boto3, flask, moto.server' 2>/dev/null; }

python=python3
if ! can_run_demo "$python"; then
  scripts/install-tools.sh --venv
  python=.tools/venv/bin/python
fi

exec "$python" demo/demo.py
