#!/usr/bin/env bash
# Installs the Debian 12 packages that one purpose needs:
#     scripts/install-packages.sh [build|test|bench]      (build where nothing is said)
# `test` and `bench` include `build`. Does nothing, and needs no rights, where all of them are installed already.
set -euo pipefail

# Every header and archive that scripts/cmake/Libraries.cmake looks up has its package here by name, also those that
# another package would bring along.
build=(
    g++ cmake ninja-build pkg-config dpkg-dev file
    libgmime-3.0-dev libglib2.0-dev libgpgme-dev libassuan-dev libgpg-error-dev libffi-dev libmount-dev libselinux1-dev zlib1g-dev
    libsoci-dev libsqlite3-dev
    libopendkim-dev libmilter-dev libcurl4-openssl-dev libc-ares-dev libpsl-dev
    libspdlog-dev libfmt-dev libzstd-dev libsodium-dev libmd-dev libidn2-dev libunistring-dev libpcre2-dev
    libboost-program-options-dev nlohmann-json3-dev libtomlplusplus-dev
)
test=(
    catch2 python3 ccache
    clang-14 libclang-rt-14-dev clang-tidy-14 clang-format-14
    postfix dovecot-imapd sqlite3 procps util-linux systemd libseccomp2
    libidn12 libdb5.3 libgnutls-dane0 libnsl2
    libopendbx1 libmemcached11 liblua5.3-0 libvbr2 librbl1 libopendmarc2 libspf2-2 libluajit-5.1-2 libhyperscan5 libevent-2.1-7 libprotobuf-c1 libfstrm0
    publicsuffix
    binutils man-db openssl python3-jsonschema
)
bench=(python3 libsisimai-perl time sqlite3 dovecot-imapd openssl getmail6 fdm)

die() {
    echo "install-packages.sh: $*" >&2
    exit 1
}

# Programs that the tests start themselves, unpacked only: "folder package...". Debian lets one mail server be installed, and
# that is Postfix; the checkers of signatures would be services that start with the machine. Their libraries are in the list
# above. mlmmj and Mailman 3 are not to be set up; what Mailman imports comes along. Exim wants the user that its package
# would make.
unpacked=/usr/local/lib/jmrp-test
to_unpack=(
    "exim exim4-daemon-light"
    "exim-config exim4-config"
    "opendkim opendkim"
    "opendmarc opendmarc"
    "rspamd rspamd"
    "nsd nsd"
    "prometheus prometheus"
    "mlmmj mlmmj"
    "mailman3 mailman3 python3-pkg-resources python3-six python3-attr python3-cbor2 python3-certifi python3-chardet \
        python3-charset-normalizer python3-click python3-dateutil python3-dkim python3-dnspython python3-falcon \
        python3-mimeparse python3-msgpack python3-rapidjson python3-gunicorn python3-idna python3-importlib-resources \
        python3-more-itertools python3-zipp python3-lazr.config python3-lazr.delegates python3-nacl python3-passlib \
        python3-psutil python3-public python3-publicsuffix2 python3-authheaders python3-authres python3-requests \
        python3-urllib3 python3-aiosmtpd python3-alembic python3-mako python3-markupsafe python3-sqlalchemy \
        python3-greenlet python3-flufl.bounce python3-flufl.i18n python3-flufl.lock python3-zope.component \
        python3-zope.configuration python3-zope.event python3-zope.hookable python3-zope.i18nmessageid \
        python3-zope.interface python3-zope.schema"
)

case "${1:-build}" in
build) wanted=("${build[@]}") ;;
test) wanted=("${build[@]}" "${test[@]}") ;;
bench) wanted=("${build[@]}" "${bench[@]}") ;;
*)
    echo "usage: scripts/install-packages.sh [build|test|bench]" >&2
    exit 64
    ;;
esac
[[ $# -le 1 ]] || die "one purpose at a time: build, test or bench"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this is no Debian system. Install the equivalents of: ${wanted[*]}"
fi

missing_of() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}

mapfile -t missing < <(missing_of "${wanted[@]}")
missing_folders=()
if [[ ${1:-build} == test ]]; then
    for row in "${to_unpack[@]}"; do
        [[ -d $unpacked/${row%% *} ]] || missing_folders+=("$row")
    done
fi
[[ ${#missing[@]} -gt 0 || ${#missing_folders[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || die "needs root (or sudo) to install: ${missing[*]} ${missing_folders[*]}"
    as_root=(sudo)
fi

# Installing Postfix or Dovecot must not start it: a policy-rc.d that says no stands in for the time of the installation. One
# that is there already is left alone. Nor is either to start with the machine, where it came for the tests.
policy=/usr/sbin/policy-rc.d
remove_policy() { "${as_root[@]}" rm -f "$policy"; }
if [[ ! -e $policy ]]; then
    trap remove_policy EXIT
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" </dev/null
}
install() { apt install -y --no-install-recommends "${missing[@]}" >/dev/null; }

install_missing() {
    echo "install-packages.sh: installing ${missing[*]}" >&2
    updated=no
    if ! apt-cache show --no-all-versions "${missing[@]}" >/dev/null 2>&1; then
        apt update || die "apt-get update failed: is the network there, and are /etc/apt/sources.list and its mirrors right?"
        updated=yes
    fi
    if ! install; then
        # Package lists that are too old name files the mirror no longer has.
        [[ $updated == no ]] || die "apt-get could not install: ${missing[*]}"
        if ! apt update || ! install; then
            die "apt-get could not install: ${missing[*]}"
        fi
    fi
}

unpack() { # unpack FOLDER PACKAGE...: a folder that is there is complete
    local target=$unpacked/$1 folder package
    shift
    folder=$(mktemp -d)
    echo "install-packages.sh: unpacking $1 to $target" >&2
    (cd "$folder" && { apt-get -qq download "$@" || { apt update && apt-get -qq download "$@"; }; }) ||
        die "apt-get could not download $*"
    "${as_root[@]}" rm -rf "$target.part"
    "${as_root[@]}" mkdir -p "$target.part"
    for package in "$folder"/*.deb; do
        "${as_root[@]}" dpkg-deb --extract "$package" "$target.part"
    done
    "${as_root[@]}" mv "$target.part" "$target"
    rm -rf "$folder"
}

leave_disabled() {
    local package
    for package in "${missing[@]}"; do
        case $package in
        postfix) "${as_root[@]}" update-rc.d postfix disable >/dev/null ;;
        dovecot-imapd) "${as_root[@]}" update-rc.d dovecot disable >/dev/null ;;
        esac
    done
}

if [[ ${#missing[@]} -gt 0 ]]; then
    install_missing
    leave_disabled
fi
for row in "${missing_folders[@]}"; do
    # shellcheck disable=SC2086 # a row is words
    unpack $row
done
if [[ ${1:-build} == test ]] && ! getent passwd Debian-exim >/dev/null; then
    "${as_root[@]}" useradd --system --no-create-home --shell /usr/sbin/nologin Debian-exim
fi
mapfile -t missing < <(missing_of "${wanted[@]}")
[[ ${#missing[@]} -eq 0 ]] || die "still missing after installing: ${missing[*]} (made for Debian 12)"
