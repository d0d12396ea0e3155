#!/bin/sh
# Menyiapkan batu_geo satu kali dari folder ini, lalu membuka meja kerja di peramban.
# Sets batu_geo up once from this folder, then opens the workbench in the browser.
set -eu
cd "$(dirname "$0")"

found=""
for name in python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
        found=$name
        break
    fi
done
if [ -z "$found" ]; then
    echo "Python 3.11, 3.12 atau 3.13 tidak ditemukan. Pasang dari python.org, lalu buka mulai lagi."
    echo "Python 3.11, 3.12 or 3.13 was not found. Install it from python.org and start again."
    exit 1
fi

# The mark is made last: what was interrupted is made anew.
if [ ! -f lingkungan/siap ]; then
    echo "Menyiapkan, sekali saja (1-3 menit) ... / Setting up, once (1-3 minutes) ..."
    rm -rf lingkungan
    "$found" -m venv lingkungan
    from=""
    [ ! -d paket ] || from="--no-index --find-links paket"
    # shellcheck disable=SC2086 - two options, or none
    lingkungan/bin/python -m pip install -q $from --require-hashes -r kunci.txt
    lingkungan/bin/python -m pip install -q --no-index --no-deps batu_geo-*.whl
    : >lingkungan/siap
fi
# By its module: an environment that was moved keeps the old path in its commands.
exec lingkungan/bin/python -m batu_geo open "$@"
