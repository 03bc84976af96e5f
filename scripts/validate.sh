#!/usr/bin/env bash
# Checks the image's and the stack's descriptions, without AWS and without a network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=packer
# Debian's Packer gets what it knows.
if [[ $(packer version) == "Packer v1.6."* ]]; then
  packer/strip.sh "$work"
  source=$work
else
  packer init packer
fi

touch "$work/clambucketfleet_0_amd64.deb"
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
packer validate -var "package=$work/clambucketfleet_0_amd64.deb" -var "machine_key=$work/key" \
  -var "agent_sha256=$(printf '0%.0s' {1..64})" "$source"

# moto brings it along.
if [[ -d cloudformation ]]; then PATH=$PATH:$PWD/.tools/venv/bin cfn-lint cloudformation/*.yaml; fi
