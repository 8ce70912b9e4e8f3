"""The directives of a calendar, as forms and sentences read them."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from agenda.models import Absence, Calendar, HolidayOpened, Motive, OpeningRule
from agenda.models.absence import AbsenceQuerySet
from agenda.models.calendar import release_of
from agenda.rules import HolidayName, Region, Replaces, public_holidays
from agenda.rules.directives import SaidAbsence, SaidHours, StoredRule, days_of
from clients.models import AuditEntry, Client
from core.recurrences import rule_text

DIRECTIVES = "directive."
HOURS_CHANGED = f"{DIRECTIVES}hours."


def opening_rules(calendar: Calendar, today: date) -> QuerySet[OpeningRule]:
    """Return the rules that are in force or still to come, with their motives."""
    standing = OpeningRule.objects.filter(calendar=calendar).exclude(valid_until__lt=today)
    return standing.prefetch_related("motives").order_by("start_time", "valid_from", "pk")


def recurring_absences(calendar: Calendar, today: date) -> AbsenceQuerySet:
    """Return the recurring absences that are in force or still to come."""
    rows = Absence.objects.in_force().recurring().filter(calendar=calendar)
    return rows.exclude(valid_until__lt=today).order_by("valid_from", "pk")


def coming_absences(calendar: Calendar, now: datetime) -> AbsenceQuerySet:
    """Return the single absences that are not over."""
    rows = Absence.objects.in_force().single().filter(calendar=calendar, ends_at__gt=now)
    return rows.select_related("blocked_by").order_by("starts_at", "pk")


def said_hours(rule: OpeningRule) -> SaidHours | None:
    """Return what the form says for a rule; None where it cannot say it."""
    days = days_of(StoredRule(rule_text(rule.recurrence), rule.valid_from, rule.valid_until))
    if days is None:
        return None
    return SaidHours(
        days=days,
        start=rule.start_time,
        end=rule.end_time,
        slot_minutes=rule.slot_minutes,
        emergency=rule.kind == OpeningRule.Kind.EMERGENCY,
        release=release_of(rule.release, rule.release_time, rule.release_hours),
        motives=frozenset(motive.pk for motive in rule.motives.all()),
        replaces=Replaces(rule.replaces),
    )


def said_absence(absence: Absence) -> SaidAbsence | None:
    """Return what the form says for a recurring absence; None where it cannot say it."""
    if absence.valid_from is None:
        return None
    stored = StoredRule(rule_text(absence.recurrence), absence.valid_from, absence.valid_until)
    days = days_of(stored)
    return SaidAbsence(days, absence.start_time, absence.end_time) if days else None


def holidays_of(calendar: Calendar, first: date, until: date) -> list[tuple[HolidayName, bool]]:
    """Return the public holidays between two days, each with whether it is open."""
    if not calendar.holidays_region:
        return []
    opened = HolidayOpened.objects.filter(calendar=calendar, day__gte=first, day__lt=until)
    days = set(opened.values_list("day", flat=True))
    named = public_holidays(Region(calendar.holidays_region), first, until)
    return [(holiday, holiday.day in days) for holiday in named]


def motives_shown(client: Client) -> QuerySet[Motive]:
    """Return the client's kinds of appointment, those put away last."""
    rows = Motive.objects.filter(client=client).select_related("calendar")
    return rows.order_by("archived_at", "position", "pk")


def directive_changes(client: Client) -> QuerySet[AuditEntry]:
    """Return what was changed of hours, motives, absences and holidays, the newest first."""
    kinds = [Q(action__startswith=kind) for kind in (DIRECTIVES, "absence.", "holiday")]
    rows = AuditEntry.objects.filter(reduce(or_, kinds), client=client)
    return rows.select_related("by").order_by("-at", "-pk")


def last_change_of_hours(calendar: Calendar) -> AuditEntry | None:
    """Return the last change of a calendar's opening rules."""
    rows = AuditEntry.objects.filter(client=calendar.client_id, target_uuid=calendar.uuid)
    return rows.filter(action__startswith=HOURS_CHANGED).order_by("-at", "-pk").first()


def motive_names(client: Client, wanted: Iterable[int]) -> dict[int, str]:
    """Return the names of some motives, by id."""
    rows = Motive.objects.filter(client=client, pk__in=set(wanted)).order_by("position", "pk")
    return dict(rows.values_list("pk", "name"))
