"""What a waiting caller is told."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import Call, LineSchedule
from calls.queries import mean_talk, queue_at
from calls.queries.waiting import waiting_calls
from calls.rules.queue import minutes_to_wait, position_of


def place_in_the_queue(call: Call, schedule: LineSchedule | None, now: datetime) -> str:
    """Give his place and how long it may take, as the client wishes; empty: neither."""
    if schedule is None or not (schedule.tells_position or schedule.tells_wait):
        return ""
    everybody = queue_at(now, waiting_calls())
    place = position_of(call.pk, everybody)
    if not place:
        return ""
    with translation.override(call.language or "fr"):
        sentences = []
        if schedule.tells_position:
            sentences.append(_place(place))
        if schedule.tells_wait:
            people = len(next(one for one in everybody if one.call_id == call.pk).candidates)
            minutes = minutes_to_wait(place, people, mean_talk(call.client, now))
            sentences.append(_wait(minutes))
        return " ".join(sentences)


def _place(place: int) -> str:
    if place == 1:
        return _("You are next.")
    ahead = place - 1
    said = ngettext(
        "There is %(n)d person before you.", "There are %(n)d people before you.", ahead
    )
    return said % {"n": ahead}


def _wait(minutes: int) -> str:
    said = ngettext("It may take about a minute.", "It may take about %(n)d minutes.", minutes)
    return said % {"n": minutes}
