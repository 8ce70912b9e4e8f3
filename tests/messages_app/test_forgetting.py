"""Messages, emergencies and people are forgotten when their periods are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agenda.models import Appointment, WaitingListEntry
from calls.models import Call
from clients.models import AuditEntry, Correspondent
from core import purging
from core.privacy import YEAR
from messages_app.models import CallFile, Message, Relay, TriageRecord
from messages_app.services.forgetting import forget_people
from messages_app.services.purging import purge_messages, purge_triages
from tests.agenda.factories import make_calendar, make_motive
from tests.agenda.rows import make_row
from tests.factories import make_correspondent
from tests.messages_app.conftest import NOW, Lawyer

DAY = timedelta(days=1)
# A message stays three years, a person's file five, an emergency ten.
MESSAGE, FILE, EMERGENCY = 3 * YEAR, 5 * YEAR, 10 * YEAR


def words(message: Message) -> set[Any]:
    """What is left of a message in the fields that hold personal data."""
    row = Message.objects.values(*Message.personal).get(pk=message.pk)
    return {str(value) for value in row.values()}


@pytest.fixture
def settled(lawyer: Lawyer) -> Message:
    """A message noted now that nobody must be reached about any more."""
    message = lawyer.note()
    Relay.objects.update(state="cancelled")
    return message


def test_a_message_is_blanked_three_years_after_it_was_noted(settled: Message) -> None:
    assert purge_messages(at=NOW + MESSAGE - DAY) == 0
    assert purge_messages(at=NOW + MESSAGE + DAY) == 1

    assert words(settled) == {"", "[]"}
    assert Message.objects.get().noted_at == NOW
    assert purge_messages(at=NOW + MESSAGE + DAY) == 0


def test_reading_a_message_is_a_use_of_it(settled: Message) -> None:
    Message.objects.update(read_at=NOW + YEAR)

    assert purge_messages(at=NOW + YEAR + MESSAGE - DAY) == 0
    assert purge_messages(at=NOW + YEAR + MESSAGE + DAY) == 1


def test_acknowledging_a_message_is_a_use_of_it(settled: Message) -> None:
    Relay.objects.update(state="acknowledged", acknowledged_at=NOW + YEAR)

    assert purge_messages(at=NOW + YEAR + MESSAGE - DAY) == 0
    assert purge_messages(at=NOW + YEAR + MESSAGE + DAY) == 1


@pytest.mark.parametrize("state", ["open", "exhausted"])
def test_a_message_that_somebody_must_be_reached_about_keeps_its_words(
    settled: Message, state: str
) -> None:
    Relay.objects.update(state=state)

    assert purge_messages(at=NOW + 9 * MESSAGE) == 0


def test_an_unfinished_message_keeps_its_words(settled: Message) -> None:
    Message.objects.update(state="partial", locked_at=None)

    assert purge_messages(at=NOW + 9 * MESSAGE) == 0


def test_an_emergency_is_blanked_ten_years_after_the_call(lawyer: Lawyer) -> None:
    call = lawyer.call()
    Call.objects.update(state="ended", ending="answered", ended_at=NOW)
    file = CallFile.objects.create(client=lawyer.client, call=call, opened_at=NOW)
    TriageRecord.objects.create(
        client=lawyer.client,
        call_file=file,
        shown={"opening": "Restez en ligne."},
        number="+33639984410",
        address="3 rue des Tilleuls",
        outcome="told_15",
        at=NOW - YEAR,
    )

    assert purge_triages(at=NOW + EMERGENCY - DAY) == 0
    assert purge_triages(at=NOW + EMERGENCY + DAY) == 1

    kept = TriageRecord.objects.values("shown", "number", "address", "outcome").get()
    assert kept == {"shown": {}, "number": "", "address": "", "outcome": ""}
    assert purge_triages(at=NOW + EMERGENCY + DAY) == 0


@pytest.fixture
def known(lawyer: Lawyer) -> Correspondent:
    """Somebody whom the firm has known since now."""
    return make_correspondent(
        lawyer.client,
        "Morel",
        number="+33639984410",
        created_at=NOW,
        civility="mrs",
        birth_date=NOW.date(),
        email="a.morel@tests.example",
    )


def test_a_person_not_heard_of_for_five_years_is_erased_and_her_links_stay(
    lawyer: Lawyer, known: Correspondent
) -> None:
    call = lawyer.call()
    Call.objects.update(correspondent=known)

    assert forget_people(at=NOW + FILE - DAY) == 0
    assert forget_people(at=NOW + FILE + DAY) == 1

    erased = Correspondent.objects.get()
    assert {getattr(erased, name) or "" for name in Correspondent.personal} == {"", "—"}
    assert (erased.erased_at, erased.kind) == (NOW + FILE + DAY, known.kind)
    assert list(erased.numbers.all()) == []
    assert list(erased.calls.all()) == [call]
    assert forget_people(at=NOW + FILE + DAY) == 0


def test_an_erasure_is_in_the_audit_by_uuid(known: Correspondent) -> None:
    forget_people(at=NOW + FILE + DAY)

    entry = AuditEntry.objects.get(action="correspondent.erased")
    assert (entry.by, entry.client, entry.target_uuid) == (None, known.client, known.uuid)
    assert entry.detail == {"because": "period_over"}


def called(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    lawyer.call(at=at)
    Call.objects.update(correspondent=known)


def left_a_message(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    lawyer.note(at=at)
    Message.objects.update(correspondent=known)


def came(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    booked(lawyer, at, correspondent=known)


def asked_for_a_visit(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    booked(lawyer, at, caller=known)


def booked(lawyer: Lawyer, at: datetime, **who: Correspondent) -> None:
    row = make_row(make_calendar(lawyer.client), "2026-11-24 09:00")
    row.save()
    spread = {"starts_at": at - DAY / 48, "ends_at": at, "block_starts_at": at - DAY / 48}
    Appointment.objects.update(**spread, block_ends_at=at, **who)


def waits(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    WaitingListEntry.objects.create(
        client=lawyer.client,
        calendar=make_calendar(lawyer.client),
        motive=make_motive(lawyer.client),
        correspondent=known,
        created_at=at,
    )


def answered_about_texts(lawyer: Lawyer, known: Correspondent, at: datetime) -> None:
    Correspondent.objects.update(texts="agreed", texts_answered_at=at)


@pytest.mark.parametrize(
    "hear", [called, left_a_message, came, asked_for_a_visit, waits, answered_about_texts]
)
def test_whatever_is_heard_of_a_person_is_a_use_of_her_file(
    lawyer: Lawyer, known: Correspondent, hear: Any
) -> None:
    hear(lawyer, known, NOW + YEAR)

    assert forget_people(at=NOW + YEAR + FILE - DAY) == 0
    assert forget_people(at=NOW + YEAR + FILE + DAY) == 1


def test_people_are_erased_a_few_at_a_time(
    lawyer: Lawyer, known: Correspondent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    for nth in range(4):
        make_correspondent(lawyer.client, f"Roux {nth}", created_at=NOW)

    assert forget_people(at=NOW + FILE + DAY) == 5
    assert not Correspondent.objects.filter(erased_at=None).exists()
