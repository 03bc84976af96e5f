#!/usr/bin/env bash
# What the image is made of, a line each, in /etc/clambucketfleet-image: tag-image.sh makes tags of them, and they are an
# answer on the machine. Root.
set -euo pipefail

# "none" where it is not installed.
version_of() {
  dpkg-query --show --showformat='${Version}\n' "$1" 2>/dev/null || echo none
}

# A member of the definitions; without definitions the program fails and still says what it knows.
definitions() {
  { clambucketfleet version --json 2>/dev/null || true; } |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["definitions"][sys.argv[1]] or "none")' "$1"
}

{
  echo "ClamBucketFleet=$(version_of clambucketfleet)"
  echo "Debian=$(cat /etc/debian_version)"
  echo "ClamAV=$(version_of clamav-daemon)"
  echo "Definitions=$(definitions version)"
  echo "DefinitionsPublished=$(definitions published)"
  echo "CloudWatchAgent=$(version_of amazon-cloudwatch-agent)"
  echo "SystemsManagerAgent=$(version_of amazon-ssm-agent)"
} >/etc/clambucketfleet-image
cat /etc/clambucketfleet-image
