#!/usr/bin/env bash
# Installs the public FOCUS validator into a cache folder, and prints that folder for QUIETLINE_FOCUS_VALIDATOR.
# Needs python3 with venv, and a package index the first time.
set -euo pipefail

version=1.0.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/quietline-focus-validator-$version"
if [ ! -e "$cache/packages" ]; then
    rm -rf "$cache"
    python3 -m venv "$cache"
    # It calls a decorator that multimethod 2 no longer has.
    "$cache/bin/pip" install --quiet --disable-pip-version-check "focus-validator==$version" 'multimethod<2' >&2
    # It looks for its list of currencies from the folder in which it is started. Made last: it tells a whole install.
    ln -s "$("$cache/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" "$cache/packages"
fi
echo "$cache"
