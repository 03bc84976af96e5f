#!/usr/bin/env bash
# Builds the package and, in AWS, the image of the fleet; the last line names it. Arguments go to packer build:
# -var debian=13, -var-file=mine.pkrvars.hcl. docs/image.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stop() {
  echo "$*" >&2
  exit 1
}

command -v packer >/dev/null || stop "Packer is missing: https://developer.hashicorp.com/packer/install"
# Debian's package, 1.6.6, cannot ask for IMDSv2.
oldest=1.9.0
version=$(packer version | sed -n 's/^Packer v\([0-9.]*\).*/\1/p')
[[ $(printf '%s\n' "$oldest" "$version" | sort --version-sort | head -n 1) == "$oldest" ]] ||
  stop "Packer $version is too old, $oldest is needed: https://developer.hashicorp.com/packer/install"
command -v aws >/dev/null || stop "The AWS CLI is missing: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
aws sts get-caller-identity --output text >/dev/null ||
  stop "There are no credentials for AWS: 'aws configure', or AWS_PROFILE, or 'aws sso login'"
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[[ -n $region ]] || stop "In which region? Set AWS_REGION"

package=$(scripts/make-deb.sh | tail -n 1)
if [[ -z ${PKR_VAR_agent_sha256:-} ]]; then
  PKR_VAR_agent_sha256=$(packer/agent-checksum.sh ${PKR_VAR_agent_url:+"$PKR_VAR_agent_url"})
  export PKR_VAR_agent_sha256
fi

rm -f artifacts/image-manifest.json artifacts/image-debian.versions
packer init packer
packer build -only=amazon-ebs.debian -var "package=$package" -var "region=$region" "$@" packer
sed -n 's/.*"artifact_id": *"[^":]*:\(ami-[0-9a-f]*\)".*/ImageId: \1/p' artifacts/image-manifest.json
