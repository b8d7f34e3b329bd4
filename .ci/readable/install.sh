#!/usr/bin/env bash
# Installs the judges of pages and mails into a cache folder, and prints that folder for READABLE_CACHE.
# Needs node and npm, and the npm registry the first time.
set -euo pipefail

# Its number changes with the versions below.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/quietline-readable-1"
if [ ! -e "$cache/whole" ]; then
    rm -rf "$cache"
    mkdir -p "$cache"
    # html-validate 11 needs Node 22. puppeteer-core brings no browser: Debian's Chromium serves.
    npm install --silent --no-fund --no-audit --prefix "$cache" \
        puppeteer-core@24.43.1 axe-core@4.14.1 html-validate@10.17.0 vnu-jar@26.9.27 >&2
    touch "$cache/whole"
fi
echo "$cache"
