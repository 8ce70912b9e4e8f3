"""What is measured, and how another measure is added.

A measure is a module of this package, run by its name: `bin/bench slots`. It has

- a docstring, whose first line heads its part of the table;
- `measure(quick: bool) -> dict[str, float]`, which returns flat keys that begin with the module's
  name ("slots.q30.sqlite.200.ms"). It makes its own data and asserts the right answer before it
  times anything. Quick means: small enough to see whether it runs, not a figure to publish;
- `AIMS: dict[str, Aim]`, by key; `*` stands for any part ("slots.q30.*.x_orm_floor"). Optional.

A module without `measure` is an instrument; what needs Django at import goes into `processes`.

`measure` runs in the runner's process, which knows no Django. `benchmarks.stacks.on` runs a
function in a process with the product set up on a new database of the wanted kind.

What can't be measured here gives no key: call `note` with the reason, or raise `NotMeasured` for
the whole measure. Ratios ("x_…") compare two things timed in turns within one run
(`benchmarks.timing.in_turns`), because absolute times drift with the machine.
"""

from dataclasses import dataclass

notes: list[str] = []


class NotMeasured(Exception):
    """The measure can't be taken here; the text says why."""


@dataclass(frozen=True)
class Aim:
    """What a figure should be at most, or at least."""

    most: float | None = None
    least: float | None = None

    def is_met(self, value: float) -> bool:
        """Say whether the value is within the aim."""
        return (self.most is None or value <= self.most) and (
            self.least is None or value >= self.least
        )

    def __str__(self) -> str:
        if self.most is not None and self.most == self.least:
            return f"{self.most:g}"
        return f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"


def exactly(value: float) -> Aim:
    """An aim that only this value meets."""
    return Aim(most=value, least=value)


def note(text: str) -> None:
    """Say something below the table: what was left out and why, or how a figure was taken."""
    notes.append(text)
