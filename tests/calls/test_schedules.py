"""Versions of a line's schedule are published, replaced while they may be, and kept as history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from calls.models import CallerRule, Crisis, LineHours, LineSchedule, LineStep
from calls.queries import direction_of
from calls.rules.drafts import Draft, DraftHours, DraftStep, What
from calls.rules.hours import When
from calls.rules.routing import Action
from calls.services import (
    CrisisAlready,
    InThePast,
    LineOfAnother,
    NoCrisis,
    NotANumber,
    RuleExists,
    ScheduleRefused,
    SchedulesChanged,
    VersionHasBegun,
    add_caller_rule,
    draft_of,
    end_crisis,
    publish_schedule,
    remove_caller_rule,
    revision_of,
    start_crisis,
    withdraw_schedule,
)
from clients.models import AuditEntry, Line, User
from tests.calls.lines import direct
from tests.factories import make_assistant, make_client, make_line

pytestmark = pytest.mark.django_db

# Monday, 10:00 in Paris.
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY, TOMORROW, YESTERDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 22)
DAY = DraftHours(
    "Journée",
    When.WEEKLY,
    (DraftStep(Action.HOLDER, 20), DraftStep(Action.TEAM, 15, ("01 99 00 40 01",))),
    weekdays=frozenset({0, 1}),
    starts=time(8),
    ends=time(18),
    first=TODAY,
    language="en",
)
NIGHT = DraftHours(
    "Nuit", When.OTHERWISE, (DraftStep(Action.ANNOUNCE, 0, (), "Fermé.", "Closed."),)
)
DRAFT = Draft(hours=(DAY, NIGHT), priority=1, deputies_after=40, tells_wait=True)


@pytest.fixture
def line() -> Line:
    return make_line(make_client(), "+33199004010")


@pytest.fixture
def boss(line: Line) -> User:
    return make_assistant(line.client, "boss")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which lines open screens are told of."""
    heard: list[str] = []

    def hear(group: str, name: str, **ids: str) -> None:
        heard.append(f"{name} {ids['line']}")

    monkeypatch.setattr("calls.services.live.publish", hear)
    return heard


def publish(line: Line, boss: User, draft: Draft = DRAFT, day: date = TODAY) -> LineSchedule:
    return publish_schedule(line=line, draft=draft, starts_on=day, by=boss, at=NOW)


def first_steps(line: Line, at: datetime = NOW) -> list[str]:
    return [one.action.value for one in direction_of(line, at).directives]


def last_audit() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def test_a_version_is_kept_as_it_was_drafted_with_numbers_that_can_be_dialled(
    line: Line, boss: User
) -> None:
    version = publish(line, boss)

    steps = (DAY.steps[0], replace(DAY.steps[1], numbers=("+33199004001",)))
    assert draft_of(version) == replace(DRAFT, hours=(replace(DAY, steps=steps), NIGHT))
    assert first_steps(line) == ["holder", "team"]


def test_publishing_is_audited_and_open_desks_are_told(
    line: Line, boss: User, told: list[str]
) -> None:
    version = publish(line, boss, day=TOMORROW)

    entry = last_audit()
    assert (entry.action, entry.by, entry.client) == (
        "line.schedule_published",
        boss,
        line.client,
    )
    assert entry.target_uuid == version.uuid
    assert entry.detail == {"starts_on": "2026-11-24", "replaces": "", "line": str(line.uuid)}
    assert told == [f"line.changed {line.uuid}"]


def test_what_is_wrong_is_named_and_nothing_is_changed(line: Line, boss: User) -> None:
    kept = publish(line, boss)

    with pytest.raises(ScheduleRefused) as refused:
        publish(line, boss, Draft(hours=()))

    assert [fault.what for fault in refused.value.faults] == [What.NO_HOURS]
    assert list(LineSchedule.objects.all()) == [kept]


def test_an_impossible_number_is_refused_where_it_stands(line: Line, boss: User) -> None:
    day = replace(DAY, steps=(DraftStep(Action.FORWARD, numbers=("01 99",)),))

    with pytest.raises(ScheduleRefused) as refused:
        publish(line, boss, Draft(hours=(NIGHT, day)))

    (fault,) = refused.value.faults
    assert (fault.what, fault.hours, fault.step) == (What.IMPOSSIBLE_NUMBER, 1, 0)


@pytest.mark.parametrize("day", [TODAY, TOMORROW])
def test_a_version_of_the_same_day_is_replaced_whole(line: Line, boss: User, day: date) -> None:
    former = publish(line, boss, day=day)

    version = publish(line, boss, Draft(hours=(NIGHT,)), day)

    assert list(LineSchedule.objects.all()) == [version]
    assert LineHours.objects.get().name == "Nuit"
    assert LineStep.objects.get().text == "Fermé."
    assert last_audit().detail["replaces"] == str(former.uuid)


def test_a_version_that_has_begun_is_left_as_it_was(line: Line, boss: User) -> None:
    begun = direct(line, {"action": "assistants"}, starts_on=YESTERDAY)

    publish(line, boss)

    assert list(begun.hours.values_list("name", flat=True)) == ["otherwise"]
    assert first_steps(line, datetime(2026, 11, 22, 9, tzinfo=UTC)) == ["assistants"]
    assert first_steps(line) == ["holder", "team"]


def test_no_version_begins_before_today_in_the_lines_zone(line: Line, boss: User) -> None:
    with pytest.raises(InThePast):
        publish(line, boss, day=YESTERDAY)

    line.timezone = "America/Los_Angeles"
    line.save()
    late = datetime(2026, 11, 23, 5, tzinfo=UTC)  # still Sunday there
    publish_schedule(line=line, draft=DRAFT, starts_on=YESTERDAY, by=boss, at=late)

    assert LineSchedule.objects.get().starts_on == YESTERDAY


def test_who_looked_at_older_versions_changes_nothing(line: Line, boss: User) -> None:
    seen = revision_of(line)
    publish(line, boss)

    with pytest.raises(SchedulesChanged):
        publish_schedule(line=line, draft=DRAFT, starts_on=TOMORROW, by=boss, at=NOW, seen=seen)

    assert LineSchedule.objects.count() == 1


def test_a_version_to_come_is_given_up_and_what_held_holds_on(line: Line, boss: User) -> None:
    publish(line, boss)
    coming = publish(line, boss, Draft(hours=(NIGHT,)), TOMORROW)

    withdraw_schedule(schedule=coming, by=boss, at=NOW)

    assert first_steps(line, datetime(2026, 11, 24, 9, tzinfo=UTC)) == ["holder", "team"]
    assert (last_audit().action, last_audit().target_uuid) == (
        "line.schedule_withdrawn",
        coming.uuid,
    )


def test_a_version_that_holds_is_not_given_up(line: Line, boss: User) -> None:
    version = publish(line, boss)

    with pytest.raises(VersionHasBegun):
        withdraw_schedule(schedule=version, by=boss, at=NOW)

    assert LineSchedule.objects.count() == 1


def test_a_crisis_begins_and_ends_once(line: Line, boss: User, told: list[str]) -> None:
    crisis = start_crisis(line=line, by=boss, at=NOW)
    with pytest.raises(CrisisAlready):
        start_crisis(line=line, by=boss, at=NOW)
    assert list(Crisis.objects.in_force(NOW)) == [crisis]

    end_crisis(line=line, by=boss, at=NOW)
    with pytest.raises(NoCrisis):
        end_crisis(line=line, by=boss, at=NOW)

    assert not Crisis.objects.in_force(NOW).exists()
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["line.crisis_started", "line.crisis_ended"]
    assert told == [f"line.changed {line.uuid}"] * 2


def test_in_a_crisis_we_answer_even_where_the_team_alone_was_to(line: Line, boss: User) -> None:
    last = {"action": "announce", "text": "Occupé."}
    direct(line, {"action": "team", "numbers": ["+33199004001"]}, last)

    start_crisis(line=line, by=boss, at=NOW)

    assert first_steps(line) == ["assistants", "announce"]


def test_a_callers_rule_takes_any_writing_and_holds_once(line: Line, boss: User) -> None:
    client = line.client
    rule = add_caller_rule(
        client=client,
        number="06 39 98 34 56",
        verdict="blocked",
        by=boss,
        at=NOW,
        note=" Importun ",
    )
    of_line = add_caller_rule(
        client=client, line=line, number="+33639983456", verdict="always", by=boss, at=NOW
    )
    with pytest.raises(RuleExists):
        add_caller_rule(client=client, number="0639983456", verdict="always", by=boss, at=NOW)

    assert (str(rule.number), rule.note, of_line.line) == ("+33639983456", "Importun", line)
    assert direction_of(line, NOW, "+33639983456").because == "always"


@pytest.mark.parametrize("number", ["", "anonymous", "12", "+33999999999"])
def test_nobodys_number_gets_no_rule(line: Line, boss: User, number: str) -> None:
    with pytest.raises(NotANumber):
        add_caller_rule(client=line.client, number=number, verdict="blocked", by=boss, at=NOW)


def test_a_rule_is_of_the_clients_own_lines(line: Line, boss: User) -> None:
    other = make_client()

    with pytest.raises(LineOfAnother):
        add_caller_rule(
            client=other, line=line, number="+33639983456", verdict="blocked", by=boss, at=NOW
        )


def test_a_removed_rule_leaves_its_trace_without_the_number(
    line: Line, boss: User, told: list[str]
) -> None:
    rule = CallerRule.objects.create(client=line.client, number="+33639983456", verdict="blocked")

    remove_caller_rule(rule=rule, by=boss, at=NOW)
    remove_caller_rule(rule=rule, by=boss, at=NOW)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_uuid) == ("line.caller_rule_removed", rule.uuid)
    assert entry.detail == {"verdict": "blocked", "line": ""}
    assert direction_of(line, NOW, "+33639983456").because == "usual"
    assert told == [f"line.changed {line.uuid}"]
