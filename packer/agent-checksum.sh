#!/usr/bin/env bash
# Prints the SHA-256 of the CloudWatch agent's Debian package after its signature has been checked with Amazon's key, whose
# fingerprint is in
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html
# Arguments: the package's URL, by default the newest; the key's URL and fingerprint, by default Amazon's.
set -euo pipefail

amazon=https://amazoncloudwatch-agent.s3.amazonaws.com
package=${1:-$amazon/debian/amd64/latest/amazon-cloudwatch-agent.deb}
key=${2:-$amazon/assets/amazon-cloudwatch-agent.gpg}
fingerprint=${3:-937616F3450B7D806CBD9725D58167303B789C72}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -m 700 "$work/gnupg"

fetch() {
  curl --fail --silent --show-error --location --retry 3 --output "$work/$2" "$1"
}
fetch "$key" key
fetch "$package.sig" package.sig
fetch "$package" package

gpg_quietly() {
  gpg --homedir "$work/gnupg" --batch --quiet --no-autostart "$@"
}
gpg_quietly --import "$work/key" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
# VALIDSIG names the key itself: a good signature of another one is none. Its last word is the primary key's fingerprint.
signed=$(gpg_quietly --status-fd 1 --verify "$work/package.sig" "$work/package" 2>"$work/said" |
  awk '$2 == "VALIDSIG" { print $NF }') || true
if [[ $signed != "$fingerprint" ]]; then
  echo "$package has no good signature of the key $fingerprint:" >&2
  cat "$work/said" >&2
  exit 1
fi
sha256sum "$work/package" | cut -d ' ' -f 1
