# shellcheck shell=bash
# To be sourced. A test executable looks for the runtime where its installer says; a private SDK says it nowhere.
if [[ -z ${DOTNET_ROOT:-} ]] && dotnet=$(command -v dotnet); then
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet")")
  export DOTNET_ROOT
fi
