#!/usr/bin/env bash
# Formatting and analyzers of C#, shellcheck for shell, Packer's files, and Python that at least compiles. Changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0

# By their first line: not all shell scripts carry .sh in their name.
shell_scripts() {
  find . \( -name .git -o -name .tools -o -name artifacts -o -name bin -o -name obj -o -name TestResults \) -prune \
    -o -type f -size -200k -exec awk 'FNR == 1 { if (/^#!.*[\/ ](ba|da)?sh( |$)/) print FILENAME; nextfile }' {} +
}
mapfile -t scripts < <(shell_scripts)
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}" || failed=1

packer fmt -check -diff packer || failed=1
scripts/validate.sh >/dev/null || failed=1

mapfile -t sources < <(find . \( -name .git -o -name .tools -o -name bin -o -name obj \) -prune -o -name '*.py' -print)
for source in "${sources[@]}"; do
  python3 -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])' "$source" || failed=1
done

PATH=$PATH:$PWD/.tools/venv/bin cfn-lint cloudformation/*.yaml || failed=1

(($#)) || set -- ClamBucketFleet.sln
for project; do
  dotnet format "$project" --verify-no-changes --no-restore --verbosity quiet || failed=1
done

exit "$failed"
