#!/usr/bin/env bash
# Stops the Dovecot that start.sh started (folder in $QUIETLINE_DOVECOT_ROOT or as the argument) and removes its folder.
set -euo pipefail

root=${1:-${QUIETLINE_DOVECOT_ROOT:?the folder that start.sh printed}}
[ -e "$root/quietline-dovecot" ] || { echo "$root is not a folder of start.sh" >&2; exit 1; }
dovecot -c "$root/dovecot.conf" stop </dev/null >"$root/stop.log" 2>&1 || cat "$root/stop.log" >&2
rm -rf "$root"
