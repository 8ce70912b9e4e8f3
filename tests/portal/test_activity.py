"""Calls in figures."""

from __future__ import annotations

from datetime import date, timedelta

import time_machine
from django.test import Client

from portal.rules.activity import CallFact, Figures, day_bars, figures_of
from tests.people import NOW, Firm, make_call, make_firm

TUESDAY = date(2026, 11, 24)


def call(wait: int | None, *, is_over: bool = True, day: date = TUESDAY) -> CallFact:
    return CallFact(day, None if wait is None else timedelta(seconds=wait), is_over)


def test_figures_of_no_call_divide_by_nothing() -> None:
    assert figures_of([]) == Figures(0, 0, 0, None, None)


def test_figures_count_the_missed_among_what_was_not_quick() -> None:
    assert figures_of([call(5), call(20), call(60), call(None)]) == Figures(4, 3, 1, 20, 50)


def test_a_call_that_rings_is_neither_answered_nor_missed() -> None:
    assert figures_of([call(None, is_over=False)]) == Figures(1, 0, 0, None, None)


def test_bars_reach_the_top_on_the_fullest_day_and_stack_what_was_missed() -> None:
    monday = TUESDAY - timedelta(days=1)
    calls = [call(5), call(5), call(None), call(None), call(5, day=monday)]

    first, second = day_bars(calls, [monday, TUESDAY], width=10, height=100)

    assert (first.x, first.answered_y, first.answered_height) == (0, 75, 25)
    assert (second.x, second.missed_y, second.missed_height) == (10, 0, 50)
    assert (second.answered_y, second.answered_height) == (50, 50)


def test_bars_of_a_month_without_calls_are_flat() -> None:
    (bar,) = day_bars([], [TUESDAY], width=10, height=100)

    assert (bar.answered_height, bar.missed_height) == (0, 0)


def test_the_page_counts_days_as_the_clients_clock_does(firm: Firm) -> None:
    """23:30 UTC on the 31st of October is the 1st of November in Paris."""
    make_call(firm.client, at=NOW.replace(month=10, day=31, hour=23, minute=30))
    make_call(firm.client, at=NOW.replace(month=10, day=31, hour=22, minute=30))
    client = Client()
    client.force_login(firm.lawyer)

    page = client.get(f"/portal/{firm.client.uuid}/activity/").text

    assert "1 appels ce mois-ci, dont 0 perdus" in page


def test_the_page_counts_nobody_elses_calls(firm: Firm) -> None:
    make_call(make_firm("arnaud").client, at=NOW)
    client = Client()
    client.force_login(firm.lawyer)

    page = client.get(f"/portal/{firm.client.uuid}/activity/").text

    assert "0 appels ce mois-ci, dont 0 perdus" in page


def test_the_page_proves_how_callers_were_served_this_month(firm: Firm) -> None:
    for waited in (4, 8, 30, None):
        make_call(firm.client, at=NOW.replace(hour=6), waited=waited)
    make_call(firm.client, at=NOW.replace(month=10, hour=6), waited=None)
    client = Client()
    client.force_login(firm.lawyer)

    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/portal/{firm.client.uuid}/activity/").text

    said = page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "<dt>taux de décroché</dt><dd>75 %</dd>" in said
    assert "<dt>la moitié en moins de</dt><dd>8 s</dd>" in said
    assert "<dt>neuf sur dix en moins de</dt><dd>30 s</dd>" in said
