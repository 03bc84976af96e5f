#!/usr/bin/env bash
# Measures the daemon as it is shipped against clamd itself, and writes docs/bench; with ROWS or SCALE, which leave
# something out, artifacts/bench. ROWS="small toy …", ROUNDS, SEED, SCALE (of the numbers of objects).
# With "smoke": every kind of run once, on few objects; fails on wrong results only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

project=tests/ClamBucketFleet.Bench
bench=$project/bin/Release/net10.0/ClamBucketFleet.Bench

scripts/install-tools.sh
scripts/make-deb.sh
scripts/build.sh "$project"
# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh

if [[ ${1:-} == smoke ]]; then
  exec "$bench" smoke --seed "${SEED:-1}"
fi

output=docs/bench
asked="make bench"
read -ra rows <<<"${ROWS:-}"
for name in ROWS ROUNDS SEED SCALE; do
  if [[ -n ${!name:-} ]]; then asked+=" $name=\"${!name}\""; fi
done
if ((${#rows[@]})) || [[ -n ${SCALE:-} ]]; then output=artifacts/bench; fi

"$bench" run --rounds "${ROUNDS:-3}" --seed "${SEED:-1}" --scale "${SCALE:-1}" --output "$output" --command "$asked" \
  ${rows[@]:+--rows "${rows[@]}"}
echo "$output/README.md"
