"""Presence: signs of life, people who are gone, and the time to write up a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.models import Call, CallLeg, Presence
from calls.queries import candidates_for, standings
from calls.services import (
    end_wrap_up,
    note_seen,
    record_event,
    send_gone_away,
    set_disposition,
    set_presence,
)
from calls.services.queueing import OFFER_TASK
from calls.telephony.events import ProviderEvent
from clients.models import AuditEntry, Bureau, Client, Endpoint, User
from tests.desk.calls import ring
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW
from tests.wake_ups import WakeUp

pytestmark = pytest.mark.django_db

SILENT = timedelta(seconds=90)
Committed = Callable[..., Any]


@pytest.fixture
def client_called() -> Client:
    client = make_client()
    Bureau.objects.update(wrap_up_seconds=30)
    make_line(client)
    return client


@pytest.fixture
def lea(client_called: Client) -> User:
    lea = make_assistant(client_called, "lea")
    Presence.objects.filter(user=lea).update(since=NOW - timedelta(hours=1), seen_at=NOW)
    return lea


def presence(user: User) -> Presence:
    return Presence.objects.get(user=user)


def rung(user: User, end_cause: str, *, after: int = 30, answered: bool = False) -> CallLeg:
    """Her telephone rang so many seconds after her desk's last sign."""
    endpoint = user.endpoints.get()
    client = Client.objects.get(assignments__user=user)
    started = NOW + timedelta(seconds=after)
    return CallLeg.objects.create(
        call=ring(client, ended=Call.Ending.ANSWERED if answered else Call.Ending.MISSED),
        role=CallLeg.Role.ASSISTANT,
        provider="twilio",
        provider_id=f"CA-{after}-{end_cause}",
        endpoint=endpoint,
        state=CallLeg.State.ENDED,
        started_at=started,
        answered_at=started if answered else None,
        ended_at=started,
        end_cause=end_cause,
    )


# --- Signs of life --------------------------------------------------------------------------------


def test_a_desk_s_sign_is_kept_at_most_every_twenty_seconds(lea: User) -> None:
    signs = [note_seen(user=lea, at=NOW + timedelta(seconds=s)) for s in (10, 19, 20, 39, 40)]

    assert signs == [False, False, True, False, True]
    assert presence(lea).seen_at == NOW + timedelta(seconds=40)


def test_what_she_chooses_herself_is_a_sign_of_life(lea: User) -> None:
    later = NOW + timedelta(minutes=5)

    set_presence(user=lea, state="paused", by=lea, at=later, reason="Déjeuner")

    row = presence(lea)
    assert (row.seen_at, row.since, row.reason) == (later, later, "Déjeuner")


# --- Gone -----------------------------------------------------------------------------------------


def test_who_answers_neither_by_desk_nor_by_telephone_is_set_away_with_a_trace(lea: User) -> None:
    rung(lea, "no-answer")

    assert send_gone_away(at=NOW + SILENT) == 1

    row = presence(lea)
    assert (row.state, row.gone_at, row.since) == ("away", NOW + SILENT, NOW + SILENT)
    trace = AuditEntry.objects.get(action="presence.changed")
    assert trace.by is None
    assert trace.detail == {"to": "away", "because": "desk and telephone gone"}
    assert standings([lea.pk], NOW + SILENT)[lea.pk].state == "gone"


def test_she_is_let_be_a_second_before(lea: User) -> None:
    rung(lea, "no-answer")

    assert send_gone_away(at=NOW + SILENT - timedelta(seconds=1)) == 0


def test_a_closed_desk_whose_telephone_answers_goes_on_being_rung(lea: User) -> None:
    rung(lea, "no-answer", after=30)
    rung(lea, "completed", after=60, answered=True)

    assert send_gone_away(at=NOW + timedelta(minutes=10)) == 0
    assert presence(lea).state == "available"


def test_a_closed_desk_whose_telephone_has_not_rung_goes_on_being_rung(lea: User) -> None:
    rung(lea, "no-answer", after=-30)

    assert send_gone_away(at=NOW + timedelta(minutes=10)) == 0


def test_an_open_desk_whose_telephone_fails_is_let_be(lea: User) -> None:
    rung(lea, "failed")
    note_seen(user=lea, at=NOW + timedelta(minutes=2))

    assert send_gone_away(at=NOW + timedelta(minutes=3)) == 0


def test_who_has_no_telephone_and_no_desk_is_set_away(lea: User) -> None:
    lea.endpoints.all().delete()

    assert send_gone_away(at=NOW + SILENT) == 1


def test_who_talks_is_not_gone_whatever_her_other_telephone_did(
    lea: User, client_called: Client
) -> None:
    ring(client_called, by=lea)
    rung(lea, "failed")

    assert send_gone_away(at=NOW + SILENT) == 0


def test_a_machine_that_picked_up_her_mobile_is_not_she(lea: User) -> None:
    lea.endpoints.update(kind=Endpoint.Kind.NUMBER, address="+33639981001")
    rung(lea, "completed", answered=True)

    assert send_gone_away(at=NOW + SILENT) == 1


def test_routing_knows_why_she_is_not_rung(lea: User, client_called: Client) -> None:
    rung(lea, "no-answer")
    send_gone_away(at=NOW + SILENT)

    assert [one.presence for one in candidates_for(client_called, NOW + SILENT)] == ["gone"]


def test_coming_back_forgets_that_she_was_gone(lea: User) -> None:
    rung(lea, "no-answer")
    send_gone_away(at=NOW + SILENT)

    set_presence(user=lea, state="available", by=lea, at=NOW + timedelta(minutes=3))

    assert presence(lea).gone_at is None
    assert standings([lea.pk], NOW + timedelta(minutes=3))[lea.pk].state == "available"


# --- The time to write up -------------------------------------------------------------------------


@pytest.fixture
def talk(client_called: Client, lea: User) -> Call:
    return ring(client_called, by=lea)


def end(call: Call, at: datetime = NOW) -> None:
    leg = call.legs.get(role=CallLeg.Role.CALLER)
    event = ProviderEvent(
        provider="twilio", leg_id=leg.provider_id, status="completed", key="9", at=at
    )
    record_event(call=call, event=event)
    call.refresh_from_db()


def is_rung(user: User, at: datetime) -> bool:
    client = Client.objects.get(assignments__user=user)
    return [one.presence for one in candidates_for(client, at)] == ["available"]


def test_after_a_call_she_writes_it_up_unrung_for_as_long_as_her_bureau_says(
    talk: Call, lea: User
) -> None:
    Bureau.objects.update(wrap_up_seconds=45)

    end(talk)

    assert presence(lea).wrap_up_until == NOW + timedelta(seconds=45)
    assert not is_rung(lea, NOW + timedelta(seconds=44))
    assert is_rung(lea, NOW + timedelta(seconds=45))


def test_a_bureau_may_do_without(talk: Call, lea: User) -> None:
    Bureau.objects.update(wrap_up_seconds=0)

    end(talk)

    assert presence(lea).wrap_up_until is None


def test_the_end_of_a_wrap_up_by_time_has_the_queue_looked_at(
    talk: Call, wake_ups: list[WakeUp], django_capture_on_commit_callbacks: Committed
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        end(talk)

    assert [one.countdown for one in wake_ups if one.task == OFFER_TASK] == [30, 0]


def test_a_caller_who_hangs_up_unanswered_leaves_nobody_anything_to_write(
    client_called: Client, lea: User
) -> None:
    end(ring(client_called))

    assert presence(lea).wrap_up_until is None


def test_saying_what_came_of_the_call_ends_the_wrap_up_at_once(
    talk: Call,
    lea: User,
    wake_ups: list[WakeUp],
    django_capture_on_commit_callbacks: Committed,
) -> None:
    end(talk)

    with django_capture_on_commit_callbacks(execute=True):
        set_disposition(call=talk, disposition="information", by=lea, at=NOW)

    assert presence(lea).wrap_up_until is None
    assert is_rung(lea, NOW)
    assert WakeUp(OFFER_TASK) in wake_ups


def test_naming_an_older_call_leaves_her_the_time_for_the_last(
    talk: Call, client_called: Client, lea: User
) -> None:
    older = ring(client_called, by=lea, ago=600, ended=Call.Ending.ANSWERED)
    end(talk)

    set_disposition(call=older, disposition="information", by=lea, at=NOW)

    assert presence(lea).wrap_up_until is not None


def test_a_colleague_who_corrects_a_call_does_not_end_the_other_s_wrap_up(
    talk: Call, client_called: Client, lea: User
) -> None:
    claire = make_assistant(client_called, "claire", rank=2)
    end(talk)

    set_disposition(call=talk, disposition="information", by=claire, at=NOW)

    assert presence(lea).wrap_up_until is not None


def test_a_call_that_was_named_while_she_talked_leaves_nothing_to_write(
    talk: Call, lea: User
) -> None:
    Call.objects.filter(pk=talk.pk).update(disposition="message")

    end(talk)

    assert presence(lea).wrap_up_until is None


def test_one_key_ends_the_wrap_up_and_there_is_nothing_to_end_twice(talk: Call, lea: User) -> None:
    end(talk)

    assert [end_wrap_up(user=lea, at=NOW), end_wrap_up(user=lea, at=NOW)] == [True, False]


# --- What colleagues see --------------------------------------------------------------------------


def test_being_on_a_call_and_writing_up_are_known_from_the_calls(talk: Call, lea: User) -> None:
    during = standings([lea.pk], NOW)[lea.pk]
    end(talk)
    after = standings([lea.pk], NOW)[lea.pk]

    assert (during.state, during.since) == ("busy", talk.answered_at)
    assert (after.state, after.until) == ("wrap_up", NOW + timedelta(seconds=30))


def test_who_never_came_is_away(client_called: Client) -> None:
    newcomer = make_assistant(client_called, "new")
    newcomer.presence.delete()

    assert standings([newcomer.pk], NOW)[newcomer.pk].state == "away"
