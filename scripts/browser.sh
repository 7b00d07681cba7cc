#!/bin/sh
# Installs what "make test" reads the HTML report with and the machine lacks: a
# Chromium, through apt. It is large, and nothing but the tests needs it.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
	if command -v "$name" >/dev/null 2>&1; then
		exit 0
	fi
done

if ! command -v apt-get >/dev/null 2>&1; then
	echo "please install Chromium" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "please run as root: apt-get install chromium fonts-dejavu-core" >&2
		exit 1
	fi
	sudo=sudo
fi
echo "installing chromium" >&2
$sudo env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core" >&2
