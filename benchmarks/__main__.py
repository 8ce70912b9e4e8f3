"""bin/bench [NAME…] [--quick] [--json FILE]: runs measures and shows their figures."""

import argparse
import importlib
import json
import pkgutil
import sys
import time
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks import Aim, NotMeasured, note

# The order in which the measures are shown; others follow by name.
ORDER = ("slots", "week", "booking", "pop", "burst", "relay", "chaos", "search", "import", "portal")


def main() -> int:
    known = measures()
    arguments = parse(list(known))
    figures: dict[str, float] = {}
    failed = False
    for name in arguments.names or known:
        try:
            figures |= run(known[name], arguments.quick)
        except AssertionError as error:
            print(f"{name}: wrong answer, nothing was timed: {error}\n", file=sys.stderr)
            failed = True
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    return int(failed)


def measures() -> dict[str, ModuleType]:
    """Return the package's measures by name, in the order in which they are shown."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    modules = {
        name: importlib.import_module(f"benchmarks.{name}") for name in names if name != "__main__"
    }
    found = {name: module for name, module in modules.items() if hasattr(module, "measure")}
    ranks = {name: rank for rank, name in enumerate(ORDER)}
    return dict(sorted(found.items(), key=lambda item: (ranks.get(item[0], 99), item[0])))


def parse(known: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measures the product.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"no measure is called {', '.join(sorted(unknown))}; there are {known}")
    return arguments


def run(measure: ModuleType, quick: bool) -> dict[str, float]:
    """Take one measure, show its figures, and return them."""
    benchmarks.notes.clear()
    started = time.monotonic()
    figures: dict[str, float] = {}
    try:
        figures = measure.measure(quick)
    except NotMeasured as reason:
        note(f"not measured: {reason}")
    show(measure, figures, time.monotonic() - started)
    return figures


def show(measure: ModuleType, figures: dict[str, float], seconds: float) -> None:
    heading = (measure.__doc__ or measure.__name__).strip().splitlines()[0]
    print(f"{heading}  ({seconds:.0f} s)")
    width = max((len(key) for key in figures), default=0)
    for key, value in figures.items():
        aim = aim_of(measure, key)
        verdict = "" if aim is None else f"   aim {aim}{'' if aim.is_met(value) else '  MISSED'}"
        print(f"  {key:<{width}}  {value:>12,.2f}{verdict}".rstrip())
    for text in benchmarks.notes:
        print(f"  - {text}")
    print(flush=True)


def aim_of(measure: ModuleType, key: str) -> Aim | None:
    aims: dict[str, Aim] = getattr(measure, "AIMS", {})
    return next((aim for pattern, aim in aims.items() if fnmatchcase(key, pattern)), None)


if __name__ == "__main__":
    sys.exit(main())
