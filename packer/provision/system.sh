#!/usr/bin/env bash
# The files of root/ in their places, and what starts with the machine. Root.
set -euo pipefail

cd /tmp/image/root
find . -type f -exec install -D --owner=root --group=root --mode=644 {} /{} \;

sshd -t
passwd --lock root >/dev/null

systemctl daemon-reload
systemctl enable amazon-cloudwatch-agent.service
if [[ -n ${SSM_AGENT_URL:-} ]]; then systemctl enable amazon-ssm-agent.service; fi
# The package has enabled these; an image without them would look well and do nothing.
systemctl is-enabled clambucketfleet.service clambucketfleet-definitions-boot.service clambucketfleet-definitions.timer
