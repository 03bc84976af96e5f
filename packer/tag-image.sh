#!/usr/bin/env bash
# Tags the image that was built last with the versions that the build has found in it, and prints its ID. Needs the AWS CLI.
set -euo pipefail
cd "${ARTIFACTS:-$(dirname "${BASH_SOURCE[0]}")/../artifacts}"

image=$(sed -n 's/.*"artifact_id": *"\([^":]*:ami-[0-9a-f]*\)".*/\1/p' image-manifest.json | tail -n 1)
if [[ -z $image ]]; then
  echo "There is no image in $PWD/image-manifest.json, which Packer writes" >&2
  exit 1
fi

tags=()
while IFS='=' read -r key value; do tags+=("Key=$key,Value=$value"); done <image-debian.versions
aws ec2 create-tags --region "${image%:*}" --resources "${image#*:}" --tags "${tags[@]}"
echo "ImageId: ${image#*:} (${image%:*})"
