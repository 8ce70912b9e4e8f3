"""Training: a crowd of callers, and an operator's bad day, from the simulator's page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from calls.telephony.interpreter import bad_days, directory, running
from calls.telephony.interpreter.crowd_form import CrowdForm
from calls.telephony.interpreter.views import answer
from clients.models import User

# What a button says instead of the form's fields.
PRESETS = {"ten": {"count": 10, "seconds": 60}, "at-once": {"seconds": 1}}


@require_POST
def crowd(request: HttpRequest) -> HttpResponse:
    """Call a crowd in as the form says, or as one of PRESETS does; or send it home."""
    exchange, viewer = running.exchange(), cast(User, request.user)
    act = request.POST.get("act", "")
    if act == "send-home":
        exchange.crowd.send_home()
        return answer(request, at="crowd-fault")
    form = CrowdForm(request.POST, lines=directory.lines(viewer))
    if form.is_valid():
        wish = form.cleaned_data | PRESETS.get(act, {})
        known = [one.number for one in directory.callers(viewer)]
        exchange.crowd.call_in(**wish, known=known)
    return answer(request, form.fault, at="crowd-fault")


@require_POST
def trouble(request: HttpRequest) -> HttpResponse:
    """Switch one thing that goes wrong on or off, or put everything right."""
    wanted = request.POST.get("trouble", "")
    exchange = running.exchange()
    if wanted == "none":
        bad_days.put_right(exchange)
    elif wanted in set(bad_days.Trouble):
        bad_days.switch(exchange, bad_days.Trouble(wanted))
    return answer(request, at="crowd-fault")
