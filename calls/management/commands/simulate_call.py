"""Place calls in the running server's interpreter, and print what the callers hear."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.phones import is_withheld, parse_number

LOOK_SECONDS = 0.5
TIMEOUT_SECONDS = 10


@dataclass
class Simulated:
    """One call that is being followed."""

    sid: str
    mark: str
    printed: int = 0
    ended: bool = False


@dataclass
class Operator:
    """The interpreter's REST API on the running server."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, **form: str | list[str]) -> dict[str, Any]:
        """One request; raises CommandError with what to do about it."""
        account = settings.TWILIO_ACCOUNT_SID
        url = f"{self.base}/2010-04-01/Accounts/{account}/{path}.json"
        try:
            answer = self.session.request(
                method,
                url,
                data=form,
                auth=(account, settings.TWILIO_AUTH_TOKEN),
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise CommandError(
                f"No server answers at {self.base}: start Permanence first, then try again."
            ) from error
        if answer.status_code >= 400:
            raise CommandError(
                f"The server at {self.base} refused ({answer.status_code}). It must run with "
                "TELEPHONY=interpreter and with the same SECRET_KEY as this command."
            )
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


class Command(BaseCommand):
    help = (
        "Places calls in the running server's interpreter and prints what the callers hear. "
        "Ctrl+C hangs up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--line", required=True, help="the number called")
        parser.add_argument("--from", dest="caller", default="anonymous", help="or anonymous")
        parser.add_argument("--answer-after", type=float, help="pick up after so many seconds")
        parser.add_argument("--hang-up-after", type=float, help="the caller hangs up then")
        parser.add_argument("--telephone", default="", help="which telephone picks up")
        parser.add_argument("--count", type=int, default=1, help="how many calls")
        parser.add_argument("--every", type=float, default=1.0, help="seconds between two calls")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if settings.TELEPHONY != "interpreter":
            raise CommandError(
                "Calls can only be simulated with TELEPHONY=interpreter; "
                f"this installation has {settings.TELEPHONY}."
            )
        operator = Operator(settings.TWILIO_API_BASE)
        form = _form(options)
        calls: list[Simulated] = []
        try:
            for call in _placed(operator, form, options["count"]):
                calls.append(call)
                self._follow(operator, calls, seconds=options["every"])
            self._follow(operator, calls, seconds=None)
        except KeyboardInterrupt:
            for call in calls:
                if not call.ended:
                    operator.ask("POST", f"Calls/{call.sid}", Status="completed")
            self.stdout.write("Hung up.")

    def _follow(self, operator: Operator, calls: list[Simulated], *, seconds: float | None) -> None:
        """Print what is heard for so many seconds, or until every call has ended."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while any(not call.ended for call in calls):
            for call in calls:
                if not call.ended:
                    self._print_news(operator, call)
            if deadline is not None and time.monotonic() >= deadline:
                return
            if any(not call.ended for call in calls):
                time.sleep(LOOK_SECONDS)

    def _print_news(self, operator: Operator, call: Simulated) -> None:
        shown = operator.ask("GET", f"Simulations/{call.sid}")
        for heard in shown["heard"][call.printed :]:
            self.stdout.write(f"{call.mark}{_line(heard, since=shown['date_created'])}")
        call.printed, call.ended = len(shown["heard"]), shown["ended"]


def _placed(operator: Operator, form: dict[str, str], count: int) -> Iterator[Simulated]:
    for number in range(1, count + 1):
        mark = f"[{number}] " if count > 1 else ""
        yield Simulated(operator.ask("POST", "Simulations", **form)["sid"], mark)


def _form(options: dict[str, Any]) -> dict[str, str]:
    line = parse_number(options["line"])
    caller = "anonymous" if is_withheld(options["caller"]) else parse_number(options["caller"])
    if line is None or caller is None:
        raise CommandError("--line and --from are telephone numbers, such as +33199004001.")
    form = {"To": line, "From": caller, "Telephone": options["telephone"]}
    if options["answer_after"] is not None:
        form["AnswerAfter"] = str(options["answer_after"])
    if options["hang_up_after"] is not None:
        form["HangUpAfter"] = str(options["hang_up_after"])
    return form


def _line(heard: dict[str, str], *, since: str) -> str:
    """One line: the time since the call began, what it is, and its words."""
    elapsed = datetime.fromisoformat(heard["at"]) - datetime.fromisoformat(since)
    seconds = int(elapsed.total_seconds())
    words = f"“{heard['text']}”" if heard["kind"] == "said" else heard["text"]
    return f"{seconds // 60}:{seconds % 60:02}  {heard['kind']} {words}".rstrip()
