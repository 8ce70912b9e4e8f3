"""Make .venv hold what a requirements file names. Standard library only: nothing is there yet."""

from __future__ import annotations

import contextlib
import fcntl
import filecmp
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
# A copy of each file that was installed: the next start only compares.
INSTALLED = ENVIRONMENT / "installed"
# What else is there once a file is installed.
INCLUDED = {"requirements-dev.txt": ["requirements.txt"]}


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Two commands started together install one after the other."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "environment.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def is_installed(name: str) -> bool:
    copy = INSTALLED / name
    return works() and copy.exists() and filecmp.cmp(ROOT / name, copy, shallow=False)


def works() -> bool:
    """Whether the environment's Python starts: it doesn't after its system Python has gone."""
    script = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", script], check=False).returncode == 0


def create(uv: str | None) -> None:
    if uv:
        options = ["-q", "--seed", "--clear", "--python", sys.executable]
        subprocess.run([uv, "venv", *options, ENVIRONMENT], check=True)
    else:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)


def install(name: str, uv: str | None) -> None:
    if uv:
        command = [uv, "pip", "install", "-q", "--python", str(PYTHON)]
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--no-input"]
        command = [*pip, "--disable-pip-version-check", "--progress-bar", "off"]
    subprocess.run([*command, "-r", str(ROOT / name)], check=True)


def remember(name: str) -> None:
    INSTALLED.mkdir(exist_ok=True)
    for each in [name, *INCLUDED.get(name, [])]:
        shutil.copyfile(ROOT / each, INSTALLED / each)


def main(name: str) -> None:
    with locked():
        if is_installed(name):
            return
        print(f"Installing {name} into .venv (once; a minute or two).", file=sys.stderr)
        uv = shutil.which("uv")
        if not works():
            create(uv)
        install(name, uv)
        remember(name)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"The installation failed (exit {error.returncode}); what went wrong is above.")
    except KeyboardInterrupt:
        sys.exit(130)
