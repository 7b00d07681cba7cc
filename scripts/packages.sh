# To be sourced. install_packages NAME... installs packages of the system
# through apt, as root or with sudo; without apt it names them and fails.
install_packages() {
	[ $# -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "please install: $*" >&2
		exit 1
	fi
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null 2>&1; then
			echo "please run as root: apt-get install $*" >&2
			exit 1
		fi
		sudo=sudo
	fi
	echo "installing $*" >&2
	$sudo env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $*" >&2
}
