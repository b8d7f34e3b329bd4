#!/usr/bin/env bash
# Starts mocks of Vonage's published OpenAPI files on loopback, and prints the lines to eval:
#   eval "$(.ci/prism.sh FOLDER_OF_THE_FILES)"; cargo test --lib contract; kill $QUIETLINE_PRISM_PIDS
# Needs node and npm; the mock itself (npm @stoplight/prism-cli) goes into the cache folder.
set -euo pipefail

files=$1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/quietline-prism"
version=5.14.2
mkdir -p "$cache"
[ -x "$cache/node_modules/.bin/prism" ] || npm install --silent --no-fund --no-audit --prefix "$cache" "@stoplight/prism-cli@$version" >&2
pids=
port=${PRISM_PORT:-14110}
for suite in provisioning:PROVISIONING reports:REPORTS call-recording:RECORDING; do
    # It must not keep our stdout: `eval "$(...)"` would wait for it for ever.
    "$cache/node_modules/.bin/prism" mock -h 127.0.0.1 -p "$port" "$files/${suite%%:*}.yml" </dev/null >"$cache/${suite%%:*}.log" 2>&1 &
    pids="$pids $!"
    echo "export QUIETLINE_PRISM_${suite##*:}=http://127.0.0.1:$port"
    for _ in $(seq 60); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        sleep 0.5
    done
    port=$((port + 1))
done
echo "export QUIETLINE_PRISM_PIDS='$pids'"
