"""The simulator: a caller's telephone, the telephones that ring, the trace of webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from calls.telephony.interpreter import directory, running, screen
from calls.telephony.interpreter.addresses import normalised
from calls.telephony.interpreter.crowd_form import CrowdForm
from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.telephones import Party, Telephone
from clients.models import User
from core.phones import is_withheld, parse_number

OWN_CALL = "interpreter_call"
KEYPAD = (
    *[(digit, f"Digit{digit} Numpad{digit}", digit) for digit in "123456789"],
    ("*", "KeyX NumpadMultiply", "X"),
    ("0", "Digit0 Numpad0", "0"),
    ("#", "KeyD", "D"),
)
AUTO_ANSWER_SECONDS = 3


@require_GET
def simulator(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    viewer = cast(User, request.user)
    callers, lines = directory.callers(viewer), directory.lines(viewer)
    context = {
        "page": "simulator",
        "lines": lines,
        "crowd_form": CrowdForm(lines=lines),
        "callers": callers,
        "first_caller": callers[0].spoken if callers else "",
        "keypad": KEYPAD,
        "regions": {one.name: one for one in _regions(request)},
    }
    return render(request, "interpreter/simulator.html", context)


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What has changed since the digests that the page gives; nothing (204) when nothing has."""
    changed = [one for one in _regions(request) if request.GET.get(one.name) != one.digest]
    if not changed:
        return HttpResponse(status=204)
    return render(request, "interpreter/regions.html", {"regions": changed})


@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Call a line, as somebody or with a withheld number; a call under way is hung up first."""
    typed = request.POST.get("from", "").strip()
    number = _caller_number(typed)
    if number is None:
        return answer(request, _("“%(text)s” is not a telephone number.") % {"text": typed})
    own = _own_leg(request)
    if own is not None:
        Party(own).hang_up()
    party = running.exchange().place_call(request.POST.get("line", ""), number)
    request.session[OWN_CALL] = party.sid
    return answer(request)


@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """Press keys, or hang up, on the caller's telephone."""
    leg = _own_leg(request)
    if leg is not None and request.POST.get("act") == "hang-up":
        Party(leg).hang_up()
    elif leg is not None:
        Party(leg).press(request.POST.get("digits", ""))
    return answer(request)


@require_POST
def telephone(request: HttpRequest) -> HttpResponse:
    """Answer, refuse, hang up, take back, press 1, or set how a telephone behaves.

    `act` is one of ACTS, then the call that it is about, or the telephone's address.
    """
    name, _space, subject = request.POST.get("act", "").partition(" ")
    exchange = running.exchange()
    leg = exchange.legs.get(subject)
    if name in ACTS and subject and (leg is None or leg.direction != "inbound"):
        ACTS[name](exchange.telephone(leg.to if leg else subject), leg)
    return answer(request)


def _switch_auto_answer(handset: Telephone, _leg: Leg | None) -> None:
    automatic = handset.auto_answers_after is not None
    handset.auto_answer_after(None if automatic else AUTO_ANSWER_SECONDS)


def _switch_off_or_on(handset: Telephone, _leg: Leg | None) -> None:
    handset.offline = not handset.offline


ACTS: dict[str, Callable[[Telephone, Leg | None], None]] = {
    "answer": Telephone.answer,
    "decline": Telephone.decline,
    "hang_up": Telephone.hang_up,
    "resume": Telephone.resume,
    "press": lambda handset, leg: handset.press("1", leg),
    "auto": _switch_auto_answer,
    "offline": _switch_off_or_on,
}


def _caller_number(typed: str) -> str | None:
    if typed.lower() in ("", "masqué", "withheld", _("withheld")) or is_withheld(typed):
        return "anonymous"
    return parse_number(typed)


def _own_leg(request: HttpRequest) -> Leg | None:
    return running.exchange().legs.get(request.session.get(OWN_CALL, ""))


def _regions(request: HttpRequest) -> list[screen.Region]:
    exchange, telephones = running.exchange(), directory.telephones()
    leg = _own_leg(request)
    with exchange.clock.lock:
        addresses = screen.addresses_in_use(exchange, leg)
    names = directory.names(cast(User, request.user), addresses)
    names |= {normalised(one.address): one.label for one in telephones}
    with exchange.clock.lock:
        return screen.regions(exchange, leg, telephones, names)


def answer(request: HttpRequest, fault: str = "", *, at: str = "fault") -> HttpResponse:
    """The regions for htmx, and what went wrong `at` a place; the page for everybody else."""
    if not request.headers.get("HX-Request"):
        return redirect("interpreter:simulator")
    context = {"regions": _regions(request), "fault": fault, "fault_at": at}
    return render(request, "interpreter/regions.html", context)
