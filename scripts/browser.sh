#!/bin/sh
# Installs what "make test" reads the HTML report with and the machine lacks: a
# Chromium, through apt. It is large, and nothing but the tests needs it.
set -eu
. "$(dirname "$0")/packages.sh"

for name in chromium chromium-browser google-chrome google-chrome-stable; do
	if command -v "$name" >/dev/null 2>&1; then
		exit 0
	fi
done

install_packages chromium fonts-dejavu-core
