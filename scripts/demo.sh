#!/bin/sh
# Starts the cloud, runs the walkthroughs against it and leaves it running.
set -eu

data=${FORTLET_DEMO_DATA:-.cache/demo}
listen=${FORTLET_DEMO_LISTEN:-127.0.0.1:4566}
mkdir -p "$data"

if [ -f "$data/pid" ] && kill -0 "$(cat "$data/pid")" 2>/dev/null; then
	echo "stopping the cloud of the last demo"
	kill "$(cat "$data/pid")"
	while kill -0 "$(cat "$data/pid")" 2>/dev/null; do sleep 0.1; done
fi

nohup bin/fortlet up --data "$data/cloud" --listen "$listen" >"$data/ready" 2>"$data/log" </dev/null &
pid=$!
echo "$pid" >"$data/pid"
until grep -q '^fortlet ready' "$data/ready"; do
	if ! kill -0 "$pid" 2>/dev/null; then
		cat "$data/log" >&2
		exit 1
	fi
	sleep 0.1
done
cat "$data/ready"

bin/fortlet walk --all --data "$data/cloud"

endpoint=$(sed -n 's/^fortlet ready \(.*\) account=.*/\1/p' "$data/ready")
cat <<MESSAGE

The cloud is running at $endpoint (process $pid, log in $data/log).
Use it:

  eval "\$(bin/fortlet env --data $data/cloud)"
  aws --endpoint-url "\$AWS_ENDPOINT_URL" sts get-caller-identity
  aws --endpoint-url "\$AWS_ENDPOINT_URL" kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY

Recent aws CLIs read AWS_ENDPOINT_URL themselves. Why was a call denied?
  bin/fortlet explain --data $data/cloud REQUEST_ID

Read on: docs/guide/quick-start.md. Stop it: kill $pid
MESSAGE
