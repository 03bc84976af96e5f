#!/usr/bin/env bash
# Puts a published program and what stands around it into a package, the same bytes for the same input.
# Arguments: the program, the directory that takes the package. Prints the package's path.
# VERSION (by default the project's) and SOURCE_DATE_EPOCH (by default the last commit's time) may be given.
set -euo pipefail
program=$(realpath "$1")
output=$(realpath -m "$2")
cd "$(dirname "${BASH_SOURCE[0]}")"

version=${VERSION:-$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' ../Directory.Build.props)-1}
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
fi
export SOURCE_DATE_EPOCH

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

add() {
  install -D --mode="$1" "$2" "$stage/$3"
}

# Without a time and a name in the header.
compressed() {
  gzip --best --no-name >"$1"
}

cp -R root/. "$stage"
add 755 "$program" usr/bin/clambucketfleet
add 644 clamd.conf etc/clambucketfleet/clamd.conf
add 644 clambucketfleet.ldb var/lib/clamav/clambucketfleet.ldb
add 644 clambucketfleet-rar.ldb var/lib/clamav/clambucketfleet-rar.ldb
add 644 debian/copyright usr/share/doc/clambucketfleet/copyright
add 644 debian/lintian-overrides usr/share/lintian/overrides/clambucketfleet
mkdir -p "$stage/usr/share/man/man5"
compressed "$stage/usr/share/man/man1/clambucketfleet.1.gz" <root/usr/share/man/man1/clambucketfleet.1
rm "$stage/usr/share/man/man1/clambucketfleet.1"
awk -f settings-man.awk ../README.md | sed -e '/@SETTINGS@/ { r /dev/stdin' -e 'd }' clambucketfleet.json.5.in |
  compressed "$stage/usr/share/man/man5/clambucketfleet.json.5.gz"
{
  printf 'clambucketfleet (%s) stable; urgency=medium\n\n' "$version"
  printf '  * What has changed is in changelog.gz.\n'
  printf '\n -- The ClamBucketFleet authors <clambucketfleet@example.org>  %s\n' \
    "$(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')"
} | compressed "$stage/usr/share/doc/clambucketfleet/changelog.Debian.gz"
compressed "$stage/usr/share/doc/clambucketfleet/changelog.gz" <../CHANGELOG.md

find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -exec chmod 644 {} +
chmod 755 "$stage/usr/bin/clambucketfleet" "$stage/usr/lib/clambucketfleet/prepare-clamd"

install -d "$stage/DEBIAN"
size=$(find "$stage" -path "$stage/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
sed -e "s/@VERSION@/$version/" -e "s/@INSTALLED_SIZE@/$size/" debian/control >"$stage/DEBIAN/control"
add 644 debian/conffiles DEBIAN/conffiles
for script in postinst prerm postrm; do add 755 "debian/$script" "DEBIAN/$script"; done
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
chmod 644 "$stage/DEBIAN/control" "$stage/DEBIAN/md5sums"

package=$output/clambucketfleet_${version}_amd64.deb
mkdir -p "$output"
# dpkg-deb sorts, and takes no time younger than SOURCE_DATE_EPOCH; older ones are those of a checkout.
find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
# Every dpkg reads xz, and so does lintian; its higher levels take 1 MiB off for four times the time.
dpkg-deb --root-owner-group -Zxz -z1 --threads-max=1 --build "$stage" "$package" >&2
echo "$package"
