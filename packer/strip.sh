#!/usr/bin/env bash
# Copies what is here into a directory, without what Debian's Packer (1.6.6) does not know. Argument: the directory.
set -euo pipefail
to=$(realpath -m "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"

mkdir -p "$to"
cp -R root provision tag-image.sh "$to"
for file in clam-bucket-fleet variables; do
  sed '/^ *# newer$/,/^ *# end$/d' "$file.pkr.hcl" >"$to/$file.pkr.hcl"
done
