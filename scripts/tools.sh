#!/bin/sh
# Installs what the walkthroughs need and the machine lacks: the aws CLI,
# OpenSSL, bash and curl, through apt where there is one.
set -eu

missing=
command -v aws >/dev/null 2>&1 || missing="$missing awscli"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v bash >/dev/null 2>&1 || missing="$missing bash"
command -v curl >/dev/null 2>&1 || missing="$missing curl"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "please install:$missing (the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "please run as root: apt-get install$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
echo "installing$missing" >&2
# shellcheck disable=SC2086 # a list of packages
$sudo env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" >&2
