#!/usr/bin/env bash
# Amazon's agents, which Debian does not have: by URL, and installed only with the right checksum. Root.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT

# Arguments: name, URL, SHA-256.
install_verified() {
  local package=$download/$1.deb found
  curl --fail --silent --show-error --location --retry 5 --retry-connrefused --output "$package" "$2"
  found=$(sha256sum "$package" | cut -d ' ' -f 1)
  if [[ $found != "$3" ]]; then
    echo "The package at $2 has the SHA-256 $found and not ${3:-one that is given}. Amazon may have published a newer one:" \
      "packer/agent-checksum.sh prints the checksum of what has Amazon's signature. Nothing of it was installed." >&2
    exit 1
  fi
  dpkg --install "$package"
}

install_verified amazon-cloudwatch-agent "$AGENT_URL" "$AGENT_SHA256"
if [[ -n ${SSM_AGENT_URL:-} ]]; then
  install_verified amazon-ssm-agent "$SSM_AGENT_URL" "${SSM_AGENT_SHA256:-}"
fi
