"""Call a crowd in at the running server's interpreter, on a bad day if wished, and count."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.management.commands.simulate_call import Operator
from calls.telephony.interpreter.bad_days import Trouble
from calls.telephony.interpreter.crowd import MOST_AT_ONCE
from clients.models import CorrespondentNumber, Line
from core.phones import parse_number

LOOK_SECONDS = 1.0
LIVE = {"expected", "ringing", "waiting", "talking"}
MOST_KNOWN = 200


class Command(BaseCommand):
    help = (
        "Has many callers ring in the running server's interpreter and tells what became of them. "
        "Somebody, or a telephone that picks up by itself, has to answer on /operator/. "
        "Ctrl+C has them all hang up and puts everything right."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--callers", type=int, default=10, help=f"how many, up to {MOST_AT_ONCE}"
        )
        parser.add_argument("--seconds", type=int, default=60, help="within how long; 0: at once")
        parser.add_argument(
            "--line", action="append", default=[], help="a number called; all lines without it"
        )
        parser.add_argument(
            "--trouble",
            action="append",
            default=[],
            choices=[str(one) for one in Trouble],
            help="what goes wrong meanwhile; may be given several times",
        )

    def handle(
        self, *args: Any, callers: int, seconds: int, line: list[str], **options: Any
    ) -> None:
        if settings.TELEPHONY != "interpreter":
            raise CommandError(
                "Calls can only be simulated with TELEPHONY=interpreter; "
                f"this installation has {settings.TELEPHONY}."
            )
        if not 1 <= callers <= MOST_AT_ONCE:
            raise CommandError(f"--callers is between 1 and {MOST_AT_ONCE}.")
        lines, operator = _lines(line), Operator(settings.TWILIO_API_BASE)
        try:
            operator.ask("POST", "Simulations/Troubles", Troubles=options["trouble"])
            wish = {"Count": str(callers), "Seconds": str(seconds)}
            operator.ask("POST", "Simulations/Crowd", **wish, Lines=lines, Numbers=_known(lines))
            self._follow(operator)
        except KeyboardInterrupt:
            operator.ask("DELETE", "Simulations/Crowd")
            self.stdout.write("Hung up.")
        finally:
            # Where no server answers, that is what the command ends with.
            with suppress(CommandError):
                operator.ask("POST", "Simulations/Troubles", Troubles=[])

    def _follow(self, operator: Operator) -> None:
        """Print how many are where, whenever that changes, until all have gone."""
        printed = ""
        while True:
            shown = operator.ask("GET", "Simulations/Crowd")
            counts = ", ".join(f"{name} {count}" for name, count in shown["counts"].items())
            if counts != printed:
                self.stdout.write(counts)
                printed = counts
            if not LIVE & set(shown["counts"]):
                self.stdout.write(_speed(shown["waited"]))
                return
            time.sleep(LOOK_SECONDS)


def _lines(given: Sequence[str]) -> list[str]:
    parsed = [parse_number(one) for one in given]
    if None in parsed:
        raise CommandError("--line is a telephone number, such as +33199004001.")
    in_force = Line.objects.in_force(timezone.now()).values_list("number", flat=True)
    chosen = [one for one in parsed if one] or [str(one) for one in in_force]
    if not chosen:
        raise CommandError("No client has a line in force: give one on the settings' pages.")
    return chosen


def _known(lines: Sequence[str]) -> list[str]:
    """Numbers of people whom these lines' clients know."""
    found = CorrespondentNumber.objects.filter(correspondent__client__lines__number__in=lines)
    numbers = found.order_by("pk").values_list("number", flat=True).distinct()
    return [str(one) for one in numbers[:MOST_KNOWN]]


def _speed(waited: Sequence[float]) -> str:
    if not waited:
        return "Nobody was answered."
    return (
        f"{len(waited)} answered, half of them within {median(waited):.0f} s, "
        f"the slowest after {max(waited):.0f} s."
    )
