#!/bin/sh
# Installs the other implementations of the AWS Encryption SDK into
# .cache/interop, each in the version that its lock file under tools/interop
# names, and builds their peers. Needs Node.js with npm, Python with venv, Go.
set -eu
. "$(dirname "$0")/packages.sh"

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache/interop
source=$root/tools/interop

missing=
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$missing python3-venv"
# shellcheck disable=SC2086 # a list of packages
install_packages $missing

# current NAME FILE says whether NAME was installed from FILE as it is now.
current() { cmp -s "$2" "$cache/$1/installed-from"; }

# installed NAME FILE remembers that; it comes last, so that what broke off is
# done again.
installed() { cp "$2" "$cache/$1/installed-from"; }

# venv NAME REQUIREMENTS makes a Python environment.
venv() {
	current "$1" "$2" && return
	echo "installing $1 into .cache/interop" >&2
	rm -rf "${cache:?}/$1"
	python3 -m venv "$cache/$1"
	"$cache/$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$2" >&2
	installed "$1" "$2"
}

mkdir -p "$cache/node" "$cache/go"

if ! current node "$source/node/package-lock.json"; then
	echo "installing node into .cache/interop" >&2
	cp "$source/node/package.json" "$source/node/package-lock.json" "$cache/node/"
	(cd "$cache/node" && npm ci --silent --no-audit --no-fund --no-update-notifier) >&2
	installed node "$source/node/package-lock.json"
fi
# The packages are found from where the program is.
cp "$source/node/peer.mjs" "$cache/node/"

venv python "$source/python/requirements.txt"
cp "$source/python/peer.py" "$cache/python/"

# The CLI stands on an older version of the library than the peer does.
venv cli "$source/cli/requirements.txt"
cp "$source/cli/peer.py" "$cache/cli/"

echo "building go into .cache/interop" >&2
(cd "$source/go" && CGO_ENABLED=0 "${GO:-go}" build -o "$cache/go/peer" .)
