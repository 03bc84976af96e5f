#!/usr/bin/env bash
# The definitions of the day, so that a new instance has little to fetch. Root.
#
# Where there are none to be had, the image is built all the same: every instance updates before its first work, and takes
# none with definitions that are too old.
set -euo pipefail

if ! systemctl start clambucketfleet-definitions.service; then
  echo "THE IMAGE HAS NO DEFINITIONS OF THE DAY. Its instances fetch them before they work. The update said:" >&2
  journalctl --no-pager --output=cat --unit=clambucketfleet-definitions.service --lines=20 >&2
fi
