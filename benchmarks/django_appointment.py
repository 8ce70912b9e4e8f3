"""The same thirty days (W1) by django-appointment, in an environment of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks import note
from benchmarks.stacks import environment

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench" / "django-appointment"
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
PASSES = 3
# Calls per pass: theirs take a good deal longer.
OURS, THEIRS = 20, 3


class Worker:
    """A process that times a call of its own as often as it is told."""

    def __init__(self, command: Sequence[str | Path], variables: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def milliseconds(self, repetitions: int) -> float:
        """Return the median of so many calls."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{repetitions}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError(f"{self.process.args!r} gave no answer")
        return float(json.loads(answer))

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(timeout=60)


def compare(quick: bool) -> dict[str, float]:
    """Return how many times as long django-appointment takes, both on SQLite, in turns."""
    python = install()
    if python is None:
        note("slots.x_django_appointment: its environment can't be installed here")
        return {}
    passes = 1 if quick else PASSES
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="django-appointment-"))
        theirs_script = ROOT / "benchmarks" / "processes" / "django_appointment_w1.py"
        theirs_variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        ours = stack.enter_context(
            Worker(
                [sys.executable, "-m", "benchmarks.processes.ours_w1"],
                stack.enter_context(environment("sqlite")),
            )
        )
        theirs = stack.enter_context(Worker([python, theirs_script, folder], theirs_variables))
        ratios = [_ratio(ours, theirs) for _ in range(passes)]
    note("x_django_appointment: SQLite, 2,000 appointments, both given the right answer first")
    return {"slots.x_django_appointment": median(ratios)}


def _ratio(ours: Worker, theirs: Worker) -> float:
    """Return how many times as long theirs takes, each side before and after the other."""
    first, then = ours.milliseconds(OURS), theirs.milliseconds(THEIRS)
    return then / median([first, ours.milliseconds(OURS)])


def install() -> Path | None:
    """Return the Python of its environment, made when it isn't there; None when that fails."""
    python = HOME / "bin" / "python"
    installed = HOME / "requirements.txt"
    if installed.exists() and installed.read_text() == REQUIREMENTS.read_text():
        return python
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", "--clear", HOME],
        [python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS],
    ]
    for command in commands:
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
            return None
    installed.write_text(REQUIREMENTS.read_text())
    return python
