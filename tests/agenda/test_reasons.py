from django.utils import translation

from agenda.reasons import clock, sentence
from agenda.rules import Reason, Refusal
from agenda.services import AgendaRefusal, CalendarBusy, HeldForEmergencies, SlotTaken
from core.periods import Period
from tests.agenda.factories import paris
from tests.agenda.workload import PARIS

TEN_TO_NOON = Period(paris("2027-03-15 10:00"), paris("2027-03-15 12:00"))


def test_every_refusal_has_a_sentence() -> None:
    for kind in AgendaRefusal.__subclasses__():
        assert sentence(kind(), PARIS)
    for reason in Reason:
        assert sentence(Refusal(reason), PARIS)
        assert sentence(Refusal(reason, TEN_TO_NOON, TEN_TO_NOON.end), PARIS)


def test_a_taken_slot_says_from_when_to_when() -> None:
    with translation.override("en"):
        told = sentence(SlotTaken(Refusal(Reason.TAKEN, TEN_TO_NOON)), PARIS)

    assert told == "Taken: there is an appointment from 10:00 to 12:00."


def test_emergency_hours_say_until_when() -> None:
    refusal = Refusal(Reason.EMERGENCY, TEN_TO_NOON, paris("2027-03-15 10:30"))

    with translation.override("en"):
        told = sentence(HeldForEmergencies(refusal), PARIS)

    assert told == "Kept for emergencies until Monday 15 March, 10:30."


def test_hours_never_released_are_just_kept() -> None:
    with translation.override("en"):
        assert sentence(Refusal(Reason.EMERGENCY, TEN_TO_NOON), PARIS) == "Kept for emergencies."


def test_a_busy_agenda_says_that_nothing_was_changed() -> None:
    with translation.override("en"):
        told = sentence(CalendarBusy(), PARIS)

    assert told == "The agenda is busy. Nothing was changed; try again."


def test_too_long_says_what_is_left() -> None:
    refusal = Refusal(Reason.TOO_LONG, Period(paris("2027-03-15 11:40"), paris("2027-03-15 12:00")))

    with translation.override("en"):
        assert "20 minutes" in sentence(refusal, PARIS)


def test_the_clock_reads_the_calendars_wall() -> None:
    with translation.override("en"):
        assert clock(paris("2027-03-15 09:40"), PARIS) == "9:40"
        assert clock(paris("2027-03-15 09:00"), PARIS) == "9:00"
