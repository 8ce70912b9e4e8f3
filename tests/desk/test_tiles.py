"""The tiles of the week's grid: whatever people write is shown as they wrote it, never obeyed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from agenda.models import Absence, Appointment, Calendar, SlotHold
from agenda.queries import week_grid
from desk.slots import slot_name
from desk.tiles import scene_of, tiles_of
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    paris,
)
from tests.factories import make_correspondent, make_user

SIGNS = "<b>\"'&"
SHOWN = "&lt;b&gt;&quot;&#x27;&amp;"

pytestmark = pytest.mark.django_db


def tiles(calendar: Calendar, **week: str) -> list[str]:
    """Return the tiles of Monday, each as its HTML."""
    said: Any = SimpleNamespace(**({"chosen": "", "move_name": "", "open_name": ""} | week))
    grid = week_grid([calendar], MONDAY, now=NOW, days=1)
    (column,) = grid.days[0].columns
    with translation.override("en"):
        return tiles_of(column, grid.days[0], scene_of(said, NOW)).split("\n")


def of_kind(found: list[str], kind: str) -> list[str]:
    return [tile for tile in found if tile.startswith(f'<li class="{kind} ')]


def test_an_appointments_tile_says_when_who_what_and_where_it_is_opened() -> None:
    calendar = make_calendar()
    one = book(calendar, make_motive(calendar.client), "2027-03-15 09:00")
    Appointment.objects.filter(pk=one.pk).update(booked_for="Mrs Roux")

    found = of_kind(tiles(calendar, open_name="desk:appointment", move_name="desk:move"), "tile")

    opened, moved = (reverse(f"desk:{name}", args=[one.uuid]) for name in ("appointment", "move"))
    assert [tile.split("<button ")[1] for tile in found] == [
        f'type="button" tabindex="-1" data-appointment="{one.uuid}" data-move="{moved}"'
        f' aria-keyshortcuts="M" data-open="{opened}"'
        f' aria-label="9:00, Mrs Roux, {one.motive}, Monday 15 March">'
        '<time>9:00</time> <span class="civility">Mrs </span>Roux</button></li>'
    ]


def test_a_screen_that_moves_and_opens_nothing_writes_no_address() -> None:
    calendar = make_calendar()
    book(calendar, make_motive(calendar.client), "2027-03-15 09:00")

    (tile,) = of_kind(tiles(calendar), "tile")

    assert "data-move" not in tile
    assert "data-open" not in tile
    assert "aria-keyshortcuts" not in tile


def test_only_the_chosen_slot_is_pressed() -> None:
    calendar = make_calendar()
    make_motive(calendar.client)
    chosen = slot_name(str(calendar.uuid), paris("2027-03-15 09:20"))

    pressed = [tile for tile in tiles(calendar, chosen=chosen) if 'aria-pressed="true"' in tile]

    assert [chosen in tile for tile in pressed] == [True]


def test_what_people_wrote_is_escaped_wherever_it_stands() -> None:
    calendar = make_calendar(name=SIGNS)
    person = make_correspondent(calendar.client, last_name=SIGNS)
    motive = make_motive(calendar.client, name=SIGNS)
    book(calendar, motive, "2027-03-15 09:00", correspondent=person)
    holder = make_user(full_name=SIGNS)
    start = paris("2027-03-15 10:00")
    end = start + timedelta(minutes=20)
    moment = {"starts_at": start, "ends_at": end, "block_starts_at": start, "block_ends_at": end}
    SlotHold.objects.create(
        calendar=calendar, holder=holder, expires_at=NOW + timedelta(days=1), **moment
    )
    Absence.objects.create(
        calendar=calendar,
        starts_at=paris("2027-03-15 11:00"),
        ends_at=paris("2027-03-15 12:00"),
        reason=SIGNS,
    )

    found = tiles(calendar)

    assert not [tile for tile in found if "<b>" in tile or SIGNS in tile]
    for kind, times in (("tile", 3), ("free", 1), ("hold", 1), ("absence", 1)):
        assert of_kind(found, kind)[0].count(SHOWN) == times, kind


def test_hours_kept_for_emergencies_say_when_they_open_to_all() -> None:
    calendar = make_calendar()
    make_emergency(calendar)

    (tile,) = of_kind(tiles(calendar), "emergency")

    assert tile.split(">", 1)[1] == (
        'Emergencies<span class="visually-hidden"> open to all at 10:30</span></li>'
    )
