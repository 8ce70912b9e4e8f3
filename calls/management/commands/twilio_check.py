"""Verify the operator's account and the numbers of all lines, and offer to set their addresses."""

from argparse import ArgumentParser
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from twilio.base.exceptions import TwilioException

from calls.telephony.twilio.checking import (
    Checked,
    Mending,
    check_everything,
    is_elsewhere,
    mend,
)
from clients.models import Endpoint, Line
from core.phones import spoken

MARKS = {"well": "  well     ", "warning": "  warning  ", "wrong": "! WRONG    "}


class Command(BaseCommand):
    """Ends with 0 where nothing is wrong, with 1 where calls or SMS would be lost."""

    help = "Verify the Twilio account and the numbers of all lines; --set mends their addresses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--set", action="store_true", dest="sets", help="offer to set the addresses of numbers"
        )
        parser.add_argument("--yes", action="store_true", help="with --set: do not ask")
        parser.add_argument(
            "--fallback",
            default="",
            metavar="URL",
            help="with --set: the address of a TwiML Bin, for numbers without a fallback elsewhere",
        )

    def handle(self, *args: Any, sets: bool, yes: bool, fallback: str, **options: Any) -> None:
        if settings.TELEPHONY == "none":
            raise CommandError("TELEPHONY is none: there is no operator to ask. Set it to twilio.")
        if fallback and not (fallback.startswith("https://") and is_elsewhere(fallback)):
            raise CommandError("--fallback must be an https address that is not on this machine.")
        checked = self._check(fallback)
        self._tell(checked)
        if sets and checked.mendings:
            for mending in checked.mendings:
                self._offer(mending, asks=not yes)
            checked = self._check(fallback)
            self._tell(checked)
        if not checked.is_well:
            raise CommandError(self._advice(checked, sets=sets))
        self.stdout.write("Nothing is wrong: call a line to hear it.")

    def _check(self, fallback: str) -> Checked:
        lines = Line.objects.in_force(timezone.now()).filter(client__archived_at=None)
        telephones = Endpoint.objects.filter(
            is_active=True, kind=Endpoint.Kind.SIP, user__is_active=True
        )
        try:
            return check_everything(
                list(lines.select_related("client").order_by("client__name", "number")),
                list(telephones.select_related("user").order_by("user__full_name", "pk")),
                fallback=fallback,
            )
        except (TwilioException, requests.RequestException) as error:
            raise CommandError(
                f"The operator stopped answering: {error}. Look at the network of this machine and "
                "at status.twilio.com, then run this again: it goes on where anything is missing."
            ) from error

    def _tell(self, checked: Checked) -> None:
        for one in checked.findings:
            self.stdout.write(MARKS[one.weight] + one.text)

    def _offer(self, mending: Mending, *, asks: bool) -> None:
        number = spoken(str(mending.line.number))
        self.stdout.write(f"{number} ({mending.line.client.name}):")
        for name, value in mending.changes.items():
            self.stdout.write(f"    {name} = {value}")
        if asks and input("Set this at the operator? [y/N] ").strip().lower() not in ("y", "yes"):
            self.stdout.write("    left as it is")
            return
        try:
            mend(mending)
        except (TwilioException, requests.RequestException) as error:
            raise CommandError(f"{number} could not be set: {error}") from error
        self.stdout.write("    set")

    def _advice(self, checked: Checked, *, sets: bool) -> str:
        if checked.mendings and not sets:
            return "Something is wrong. --set offers to mend the numbers' addresses."
        return (
            "Something is wrong: what is marked above is to be mended in the settings or console."
        )
