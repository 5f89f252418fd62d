#!/bin/sh
# Prints a Python that can make the virtual environment; the first argument, if not empty, names the one to use.
# `python3` goes first: it is what the user chose. Others only where it is too old, or newer than the pinned wheels.

fits() {
    "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, $2))" >/dev/null 2>&1
}

if [ -n "$1" ]; then
    fits "$1" 99 && echo "$1" && exit
    version="$(command -v "$1" >/dev/null && "$1" --version 2>&1 | head -n 1)"
    echo "PYTHON=$1 is no Python 3.11 or later (${version:-not found}): name another, or leave PYTHON out." >&2
    exit 1
fi
for python in python3 python3.13 python3.12 python3.11 python3.14 python; do
    fits "$python" 15 && echo "$python" && exit
done
fits python3 99 && echo python3 && exit

echo "The lab needs Python 3.11 or later and found $(python3 --version 2>/dev/null || echo none):" \
    "install Python 3.13, or name one with PYTHON=/path/to/python." >&2
exit 1
