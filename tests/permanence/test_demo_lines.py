"""The lines of the demonstration do what their clients would wish, by day and by night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calls.models import LineSchedule
from calls.queries import direction_of
from calls.services import revision_of
from clients.models import Line
from desk.rosters import roster_rows
from permanence.demo.seed import seed

pytestmark = pytest.mark.django_db

# Monday, 10:00 in Paris.
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVENING = NOW.replace(hour=18)
NIGHT = NOW.replace(hour=23)
MARTIN, DURAND, RENAUD, LIN = (f"+331990040{nth}0" for nth in (1, 2, 3, 4))
ROUND_THE_CLOCK, FAIR = "+33199004035", "+33199004045"


def at(number: str, instant: datetime) -> tuple[list[str], str]:
    """What a line does at an instant, and in which language."""
    direction = direction_of(Line.objects.get(number=number), instant)
    return [one.action.value for one in direction.directives], direction.language


def test_each_line_does_what_its_client_wishes() -> None:
    seed(NOW)

    assert at(MARTIN, NOW) == (["holder", "deputies", "queue"], "")
    assert at(MARTIN, NIGHT) == (["announce"], "")
    assert at(DURAND, NIGHT) == (["voicemail"], "")
    assert at(RENAUD, NOW) == (["team", "assistants", "queue"], "")
    assert at(LIN, EVENING) == (["assistants"], "en")
    # The fallback follows whoever is on call, where he is not the same.
    assert at(ROUND_THE_CLOCK, NIGHT) == (["assistants", "on_call", "forward", "announce"], "")
    next_week = NIGHT + timedelta(weeks=1)
    assert at(ROUND_THE_CLOCK, next_week)[0].count("on_call") == 2
    assert at(FAIR, NOW) == (["assistants"], "")
    assert Line.objects.get(number=FAIR).valid_until is not None


def test_the_roster_has_turns_a_swap_and_a_day_that_is_nobodys() -> None:
    seed(NOW)
    renaud = Line.objects.get(number=ROUND_THE_CLOCK).client

    said = [(row.when, [one.name for one in row.people]) for row in roster_rows(renaud, NOW)]

    assert [names for _when, names in said][:6] == [
        ["Karim Renaud"],
        ["Thomas Vidal"],
        ["Sonia Perrin"],
        ["Thomas Vidal"],
        ["Sonia Perrin"],
        [],
    ]


@pytest.mark.parametrize("month", [1, 12])
def test_it_can_be_written_at_either_end_of_a_year(month: int) -> None:
    seed(datetime(2026, month, 31, 23, 30, tzinfo=UTC))

    assert all(revision_of(line) for line in Line.objects.all())
    assert LineSchedule.objects.count() == Line.objects.count() + 1
