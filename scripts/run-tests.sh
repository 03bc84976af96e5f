#!/usr/bin/env bash
# Runs the built test projects, two at a time since they wait a lot, all of them whatever fails, and adds up what their
# reports say. Arguments: project directories; none is every one below tests/. FAILED_CHECKS counts failures from before.
# The last line is "N passed, N failed", with ", N skipped" where tests were skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

configuration=${CONFIGURATION:-Release}
limit=${TEST_LIMIT:-30m}
lanes=${TEST_LANES:-2}
results=${RESULTS:-artifacts/test-results}
passed=0 failed=${FAILED_CHECKS:-0} skipped=0

# shellcheck source=dotnet-root.sh
source scripts/dotnet-root.sh

# The sum of an attribute over the assemblies of an xunit report.
count() {
  local number sum=0
  while read -r number; do sum=$((sum + number)); done < <(
    { grep -o '<assembly [^>]*>' "$2" || true; } | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p"
  )
  echo "$sum"
}

# In the background: what it says goes into a file, its exit code into another.
run() {
  local name child code=0
  name=$(basename "$1")
  rm -f "$results/$name".{xml,log,code}
  timeout --kill-after=30s "$limit" "$1/bin/$configuration/net10.0/$name" --no-progress \
    --report-xunit --report-xunit-filename "$name.xml" --results-directory "$results" >"$results/$name.log" 2>&1 &
  child=$!
  trap 'kill "$child"' TERM
  wait "$child" || code=$?
  echo "$code" >"$results/$name.code"
}

tell() {
  local name report code errors
  name=$(basename "$1")
  report=$results/$name.xml
  code=$(cat "$results/$name.code")
  echo "== $name"
  cat "$results/$name.log"
  if [[ ! -s $report ]]; then
    echo "$name ended with $code and without a report" >&2
    failed=$((failed + 1))
    return
  fi
  errors=$(($(count failed "$report") + $(count errors "$report")))
  # 8: no test ran. Anything else that no failed test explains is a failure of its own.
  if ((code != 0 && code != 8 && errors == 0)); then
    echo "$name ended with $code" >&2
    errors=1
  fi
  passed=$((passed + $(count passed "$report")))
  failed=$((failed + errors))
  skipped=$((skipped + $(count skipped "$report")))
}

# Processes in the background do not hear of Ctrl-C.
stop() {
  mapfile -t running < <(jobs -rp)
  kill "${running[@]}"
  wait
  exit 1
}

mkdir -p "$results"
# The two that take longest first, so that the others run beside them.
if (($# == 0)); then
  longest=(tests/ClamBucketFleet.{System,Daemon}.Tests)
  mapfile -t others < <(printf '%s\n' tests/*.Tests | grep -vxF "$(printf '%s\n' "${longest[@]}")")
  set -- "${longest[@]}" "${others[@]}"
fi
trap stop INT TERM
for project; do
  while (($(jobs -rp | wc -l) >= lanes)); do wait -n || true; done
  run "${project%/}" &
done
wait
for project; do tell "${project%/}"; done

total="$passed passed, $failed failed"
if ((skipped)); then total+=", $skipped skipped"; fi
echo "$total"
((failed == 0 && passed > 0))
