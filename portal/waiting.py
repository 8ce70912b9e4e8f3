"""What the practice is told of the assistant's lists: who waits, and what she has done."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.models import Appointment, Displaced
from agenda.queries import Candidate, freed_by_cancelling, who_waits
from portal.agenda_wording import moment_words

State, Outcome = Displaced.State, Displaced.Outcome


def waiting_for_place_of(appointment: Appointment, now: datetime) -> list[Candidate]:
    """Give who waits for the time that this appointment left free, in the order of asking."""
    freed = freed_by_cancelling(appointment, now)
    return who_waits([freed], now=now)[0] if freed else []


def displaced_words(displaced: Displaced) -> str:
    """Say how far the assistant has got with one visit that an absence covers."""
    if displaced.is_open:
        return _OPEN[displaced.state](displaced)
    return _DONE[displaced.outcome](displaced)


def _moved(displaced: Displaced) -> str:
    visit = displaced.appointment
    return _("moved to %(moment)s") % {"moment": moment_words(visit.starts_at, visit.zone)}


def _not_reached(displaced: Displaced) -> str:
    words = ngettext(
        "not reached yet, %(count)d try", "not reached yet, %(count)d tries", displaced.tries
    )
    return words % {"count": displaced.tries}


def _to_call(displaced: Displaced) -> str:
    if displaced.taken_by is None:
        return _("to be called")
    return _("%(name)s is ringing") % {"name": displaced.taken_by.called}


_OPEN: dict[str, Callable[[Displaced], str]] = {
    State.TO_CALL: _to_call,
    State.WAITING: _not_reached,
    State.REACHED: lambda _displaced: _("knows, another day is looked for"),
}
_DONE: dict[str, Callable[[Displaced], str]] = {
    Outcome.MOVED: _moved,
    Outcome.CANCELLED: lambda _displaced: _("cancelled"),
    Outcome.LIFTED: lambda _displaced: _("stays: the time was given back"),
    Outcome.KEPT: lambda _displaced: _("seen to, stays as it is"),
}
