#!/usr/bin/env bash
# Stops the Postfix that start.sh started (folder in $QUIETLINE_POSTFIX_ROOT or as the argument) and removes its folder.
set -euo pipefail

root=${1:-${QUIETLINE_POSTFIX_ROOT:?the folder that start.sh printed}}
[ -e "$root/quietline-postfix" ] || { echo "$root is not a folder of start.sh" >&2; exit 1; }
postfix -c "$root/etc" stop </dev/null >"$root/stop.log" 2>&1 || cat "$root/stop.log" >&2
rm -rf "$root"
