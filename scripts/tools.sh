#!/bin/sh
# Installs what the walkthroughs need and the machine lacks: OpenSSL, bash and
# curl through apt, and the aws CLI and boto3 through pip, into .cache/aws, since what
# distributions ship can be too old: "aws cloudtrail validate-logs" finds the
# cloud by AWS_ENDPOINT_URL alone, which the CLI reads from 2.13 and 1.29 on.
set -eu
. "$(dirname "$0")/packages.sh"

AWSCLI=1.45.11
BOTO3=1.43.11
cache=$(cd "$(dirname "$0")/.." && pwd)/.cache/aws

# new_enough says whether there is an aws that reads AWS_ENDPOINT_URL.
new_enough() {
	version=$(PATH=$cache/bin:$PATH aws --version 2>/dev/null) || return 1
	version=${version#aws-cli/}
	major=${version%%.*}
	minor=${version#*.}
	minor=${minor%%.*}
	case $major in
	1) [ "$minor" -ge 29 ] ;;
	*) [ "$major" -gt 2 ] || [ "$minor" -ge 13 ] ;;
	esac
}

# has_boto3 says whether the tests find boto3, with which they do as others do.
has_boto3() { PATH=$cache/bin:$PATH python3 -c 'import boto3' 2>/dev/null; }

missing=
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v bash >/dev/null 2>&1 || missing="$missing bash"
command -v curl >/dev/null 2>&1 || missing="$missing curl"
aws=yes
{ new_enough && has_boto3; } || aws=
if [ -z "$aws" ] && ! python3 -c 'import ensurepip' >/dev/null 2>&1; then
	missing="$missing python3-venv"
fi

# shellcheck disable=SC2086 # a list of packages
install_packages $missing

if [ -z "$aws" ]; then
	echo "installing the aws CLI $AWSCLI and boto3 $BOTO3 into .cache/aws" >&2
	rm -rf "$cache"
	if ! { python3 -m venv "$cache" && "$cache/bin/pip" install --quiet --disable-pip-version-check "awscli==$AWSCLI" "boto3==$BOTO3"; } >&2; then
		rm -rf "$cache"
		echo "please install boto3, and the AWS CLI, 2.13 or later: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html" >&2
		exit 1
	fi
fi
