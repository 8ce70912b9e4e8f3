# Sourced by the commands of bin/ after they set $root: finds a Python and makes .venv with it.
#
# make_environment FILE   .venv holds what FILE names; $environment_python is its interpreter

environment_python="$root/.venv/bin/python"

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_environments() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null || command -v uv >/dev/null 2>&1
}

# The first Python that will do; otherwise one sentence that says what to install.
find_python() {
    incomplete=
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        is_recent "$candidate" || continue
        if can_make_environments "$candidate"; then
            echo "$candidate"
            return
        fi
        incomplete=$candidate
    done
    if [ -n "$incomplete" ]; then
        echo "$incomplete lacks its venv module: install it (on Debian and Ubuntu: sudo apt install python3-venv), then run this again." >&2
    elif command -v python3 >/dev/null 2>&1; then
        echo "Python 3.11 or newer is needed, and $(python3 --version 2>&1) is what python3 gives: install a newer one (https://www.python.org/downloads/), then run this again." >&2
    else
        echo "Python 3.11 or newer is needed and none was found: install it (https://www.python.org/downloads/), then run this again." >&2
    fi
    return 1
}

make_environment() {
    if is_recent "$environment_python" && cmp -s "$root/$1" "$root/.venv/installed/$1"; then
        return
    fi
    python=$(find_python) || exit 1
    "$python" "$root/bin/environment.py" "$1"
}
