"""The editor of a line's schedule: it grows, shrinks, is read again, and saved from a day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from calls.models import LineSchedule
from calls.rules.drafts import Draft, DraftHours, DraftStep, What
from calls.rules.hours import When
from calls.rules.routing import Action
from calls.services import draft_of, publish_schedule, revision_of
from clients.models import Line, Membership, User
from clients.models.bureau import Grant
from desk.line_faults import said_fault
from tests.calls.lines import direct
from tests.clients.rosters import make_on_call, make_shift
from tests.desk.test_lines import words
from tests.factories import make_client, make_line, make_user
from tests.people import NOW

pytestmark = pytest.mark.django_db

TOMORROW = date(2026, 11, 25)
DRAFT = Draft(
    hours=(
        DraftHours(
            "Journée",
            When.WEEKLY,
            (DraftStep(Action.TEAM, 15, ("+33199004001", "+33199004002")), DraftStep(Action.QUEUE)),
            frozenset(range(5)),
            time(8),
            time(18, 30),
            language="en",
        ),
        DraftHours(
            "Noël",
            When.DATES,
            (DraftStep(Action.ANNOUNCE, 0, (), "Fermé.", "Closed."),),
            first=date(2026, 12, 24),
            last=date(2026, 12, 26),
        ),
        DraftHours("Nuit", When.OTHERWISE, (DraftStep(Action.VOICEMAIL, 90, (), "Parlez."),)),
    ),
    priority=-1,
    waiting_sound="own",
    waiting_url="https://lin.example/attente.mp3",
    tells_position=False,
    tells_wait=True,
    deputies_after=40,
    voicemail_text="Après le signal.",
    voicemail_text_en="After the tone.",
    records_calls=True,
    recording_notice="Cet appel est enregistré.",
)


@pytest.fixture
def line() -> Line:
    return make_line(make_client(name="Atelier Lin"), "+33199004040", label="Boutique")


@pytest.fixture
def boss(line: Line) -> User:
    user = make_user("boss")
    grants = [Grant.OWN]
    Membership.objects.create(bureau=line.client.bureau, user=user, grants=grants)
    return user


@pytest.fixture
def hers(boss: User) -> Browser:
    signed_in = Browser()
    signed_in.force_login(boss)
    return signed_in


def address(line: Line) -> str:
    return reverse("desk:line_edit", args=[line.uuid])


def fields_of(hers: Browser, line: Line, day: str = "") -> dict[str, Any]:
    """What the form sends as it was opened."""
    editor = hers.get(address(line), {"day": day} if day else {}).context["editor"]
    sent: dict[str, Any] = {"count": len(editor.parts)}
    forms = [editor.settings]
    for place, part in enumerate(editor.parts):
        sent[f"h{place}-count"] = len(part.steps)
        forms += [part.form, *part.steps]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False and value != "":
                sent[bound.html_name] = value
    return sent


def send(hers: Browser, line: Line, fields: dict[str, Any], do: str) -> Any:
    return hers.post(address(line), fields | {"do": do})


def publish(line: Line, draft: Draft = DRAFT, day: date = date(2026, 11, 24)) -> LineSchedule:
    return publish_schedule(line=line, draft=draft, starts_on=day, by=None, at=NOW)


def test_what_holds_comes_back_unchanged_from_the_next_day_on(hers: Browser, line: Line) -> None:
    publish(line)

    answer = send(hers, line, fields_of(hers, line), "save")

    assert answer.headers["Location"] == reverse("desk:line", args=[line.uuid])
    saved = LineSchedule.objects.get(starts_on=TOMORROW)
    assert draft_of(saved) == DRAFT


def test_a_line_without_a_schedule_is_begun_with_something_sensible(
    hers: Browser, line: Line
) -> None:
    send(hers, line, fields_of(hers, line), "save")

    draft = draft_of(LineSchedule.objects.get())
    assert [[step.action.value for step in one.steps] for one in draft.hours] == [
        ["assistants", "queue"],
        ["announce"],
    ]
    assert draft.hours[1].steps[0].text == line.unanswered_text


def test_a_version_to_come_is_edited_where_it_stands(hers: Browser, line: Line) -> None:
    publish(line, day=date(2026, 12, 1))
    fields = fields_of(hers, line, "2026-12-01") | {"h0-name": "Matin"}

    send(hers, line, fields, "save")

    assert draft_of(LineSchedule.objects.get()).hours[0].name == "Matin"


def test_hours_and_steps_are_added_moved_and_taken_away_without_saving(
    hers: Browser, line: Line
) -> None:
    publish(line)
    fields = fields_of(hers, line)

    def shape(do: str) -> list[list[str]]:
        parts = send(hers, line, fields, do).context["editor"].parts
        return [[step["action"].value() for step in part.steps] for part in parts]

    as_it_was = [["team", "queue"], ["announce"], ["voicemail"]]
    assert shape("add_step:1") == [["team", "queue"], ["announce", "assistants"], ["voicemail"]]
    assert shape("drop_step:0:0") == [["queue"], ["announce"], ["voicemail"]]
    assert shape("move_step:0:1") == [["queue", "team"], ["announce"], ["voicemail"]]
    assert shape("add_hours") == [*as_it_was, ["assistants"]]
    assert shape("drop_hours:1") == [["team", "queue"], ["voicemail"]]
    assert shape("move_hours:2") == [["team", "queue"], ["voicemail"], ["announce"]]
    assert LineSchedule.objects.count() == 1


def test_what_was_typed_is_kept_when_something_is_added(hers: Browser, line: Line) -> None:
    publish(line)
    fields = fields_of(hers, line) | {
        "h0-name": "Matin",
        "h0-weekdays": ["1", "2"],
        "h0s0-numbers": "n’importe quoi",
        "starts_on": "2026-12-01",
        "deputies_after": "x",
    }
    del fields["tells_wait"]

    answer = send(hers, line, fields, "add_step:0")

    editor = answer.context["editor"]
    part = editor.parts[0]
    assert part.form["name"].value() == "Matin"
    assert part.form["weekdays"].value() == ["1", "2"]
    assert part.steps[0]["numbers"].value() == "n’importe quoi"
    assert editor.settings["starts_on"].value() == "2026-12-01"
    assert editor.settings["deputies_after"].value() == "x"
    assert not editor.settings["tells_wait"].value()
    assert "field-error" not in answer.content.decode()


@pytest.mark.parametrize(
    "do",
    ["drop_step:9:9", "drop_step:0", "move_hours:0", "move_step:0:0", "add_step:9", "drop_hours:x"],
)
def test_odd_buttons_change_nothing(hers: Browser, line: Line, do: str) -> None:
    publish(line)

    editor = send(hers, line, fields_of(hers, line), do).context["editor"]

    assert [len(part.steps) for part in editor.parts] == [2, 1, 1]


@pytest.mark.parametrize("count", ["", "-1", "x", "99999", "²"])
def test_odd_counts_break_nothing(hers: Browser, line: Line, count: str) -> None:
    assert send(hers, line, {"count": count}, "save").status_code == 422


def test_it_is_read_again_in_sentences_and_as_a_week_before_it_is_saved(
    hers: Browser, line: Line
) -> None:
    publish(line)

    page = words(send(hers, line, fields_of(hers, line), "look").content.decode())

    assert "l’équipe du client (01 99 00 40 01 ou 01 99 00 40 02) 15 s, puis attente" in page
    assert page.count('class="band band-team q32 x42"') == 5
    assert LineSchedule.objects.count() == 1


TWO_ENDS = {
    "h0s0-action": "voicemail",
    "h0s0-text": "A",
    "h0s1-action": "announce",
    "h0s1-text": "B",
}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"h0s0-numbers": ""}, What.NO_NUMBERS),
        ({"h0s0-numbers": "12"}, What.IMPOSSIBLE_NUMBER),
        ({"h0-weekdays": []}, What.NO_WEEKDAYS),
        ({"h1-first_day": ""}, What.NO_DATES),
        ({"h1s0-text": ""}, What.NO_SENTENCE),
        ({"h0-count": "0"}, What.NO_STEPS),
        ({"count": "0"}, What.NO_HOURS),
        (TWO_ENDS, What.AFTER_THE_END),
        ({"recording_notice": ""}, What.NO_NOTICE),
    ],
)
@pytest.mark.parametrize("do", ["save", "look"])
def test_what_is_wrong_is_said_in_its_place_and_nothing_is_saved(
    hers: Browser, line: Line, fields: dict[str, Any], what: What, do: str
) -> None:
    publish(line)

    answer = send(hers, line, fields_of(hers, line) | fields, do)

    assert answer.status_code == (422 if do == "save" else 200)
    assert str(said_fault(what)[1]) in answer.content.decode()
    assert LineSchedule.objects.count() == 1


def test_every_fault_has_a_sentence() -> None:
    assert {what for what in What if said_fault(what)[1]} == set(What)


def test_the_past_is_left_as_it_was(hers: Browser, line: Line) -> None:
    fields = fields_of(hers, line) | {"starts_on": "2026-11-23"}

    answer = send(hers, line, fields, "save")

    assert answer.status_code == 422
    assert "Le passé reste tel quel" in answer.content.decode()


def test_who_looked_at_older_versions_is_told(hers: Browser, line: Line) -> None:
    fields = fields_of(hers, line)
    assert fields.get("seen", "") == revision_of(line)
    direct(line, {"action": "assistants"}, starts_on=date(2026, 11, 1))

    assert send(hers, line, fields, "save").status_code == 409
    assert LineSchedule.objects.count() == 1


@pytest.mark.parametrize(("holidays", "named"), [("metropole", 0), ("alsace_moselle", 1)])
def test_the_picture_knows_the_holidays_that_the_line_keeps(
    hers: Browser, line: Line, holidays: str, named: int
) -> None:
    publish(line)
    fields = fields_of(hers, line) | {"starts_on": "2026-12-21", "holidays": holidays}

    page = send(hers, line, fields, "look").content.decode()

    # The second day of Christmas is a holiday in Alsace and in Moselle only.
    assert page.count("<small>Noël</small>") == 1
    assert page.count("<small>Saint-Étienne</small>") == named


def test_whoever_is_on_call_needs_no_number_where_there_is_a_roster(
    hers: Browser, line: Line
) -> None:
    publish(line)
    fields = fields_of(hers, line) | {"h0s0-action": "on_call", "h0s0-numbers": ""}

    refused = send(hers, line, fields, "save")
    make_shift(make_on_call(line.client), TOMORROW, date(2026, 11, 26))
    saved = send(hers, line, fields, "save")

    assert (refused.status_code, saved.status_code) == (422, 302)
    page = words(hers.get(reverse("desk:line_version", args=[_newest(line)])).content.decode())
    assert "la personne d’astreinte au tableau 15 s" in page


def _newest(line: Line) -> Any:
    return LineSchedule.objects.filter(line=line).order_by("-starts_on")[0].uuid


def crowded() -> Draft:
    """The same hours, cut into more than are shown unfolded."""
    day, *rest = DRAFT.hours
    parts = [replace(day, name=f"Plage {n}", starts=time(n), ends=time(n + 1)) for n in (8, 9, 10)]
    return replace(DRAFT, hours=(*parts, *rest))


def test_a_crowded_line_is_folded_but_for_what_is_touched_or_wrong(
    hers: Browser, line: Line
) -> None:
    publish(line, crowded())
    fields = fields_of(hers, line)

    def unfolded(do: str, **more: str) -> list[int]:
        parts = send(hers, line, fields | more, do).context["editor"].parts
        return [place for place, part in enumerate(parts) if part.is_open]

    assert unfolded("look") == []
    assert unfolded("add_step:1") == [1]
    assert unfolded("move_hours:2") == [1]
    assert unfolded("add_hours") == [5]
    assert unfolded("drop_hours:0") == []
    assert unfolded("save", **{"h3-name": ""}) == [3]
    page = words(hers.get(address(line)).content.decode())
    assert "<b>Plage 8</b> du lundi au vendredi, 8:00–9:00" in page
    assert "<b>Noël</b> 24 décembre–26 décembre" in page
