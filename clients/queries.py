"""Questions about clients."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet

from clients.models import (
    Assignment,
    Bureau,
    Client,
    Correspondent,
    CorrespondentNumber,
    Cover,
    Instruction,
    Membership,
    OnCallShift,
    TriageGuide,
    TriageSign,
    User,
)
from clients.rules.rosters import Turn
from core.periods import Period
from core.phones import parse_number
from core.recurrences import rule_days, weekly
from core.text import folded
from core.wall_clock import instant_of


def instructions_in_force(client: Client, at: datetime) -> list[Instruction]:
    """Give the instructions that hold, most specific first within a topic, in the client's order.

    Of several with one topic only the most specific (the shortest-lived) stays.
    """
    kept: list[Instruction] = []
    topics: set[str] = set()
    for instruction in Instruction.objects.filter(client=client).in_force(at):
        if instruction.topic and instruction.topic in topics:
            continue
        topics.add(instruction.topic)
        kept.append(instruction)
    return sorted(kept, key=lambda one: (one.valid_until is None, one.position, one.pk))


def triage_guide_at(client: Client, at: datetime) -> TriageGuide | None:
    """Give the practice's guide in force, its signs loaded; None where it has none."""
    guides = TriageGuide.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at), client=client, valid_from__lte=at
    )
    signs = Prefetch("signs", TriageSign.objects.order_by("position", "pk"))
    return guides.order_by("-valid_from", "pk").prefetch_related(signs).first()


def correspondents_on(client: Client, number: str) -> QuerySet[Correspondent]:
    """Give everybody whom this client knows on an E.164 number; nobody on a withheld one."""
    if not number:
        return Correspondent.objects.none()
    on_number = CorrespondentNumber.objects.filter(number=number).values("correspondent")
    return Correspondent.objects.filter(
        client=client, pk__in=on_number, archived_at=None, erased_at=None
    ).order_by("last_name", "first_name", "pk")


def search_correspondents(
    clients: Iterable[Client] | QuerySet[Client], words: str, limit: int = 20
) -> list[Correspondent]:
    """Find people of these clients by any beginnings of their names, or by number.

    Accents and case do not count; every word must match.
    """
    found = Correspondent.objects.filter(client__in=clients, archived_at=None, erased_at=None)
    number = parse_number(words)
    if number and sum(character.isdigit() for character in words) >= 6:
        found = found.filter(
            pk__in=CorrespondentNumber.objects.filter(number=number).values("correspondent")
        )
    else:
        for word in folded(words).split():
            found = found.filter(search_text__contains=f" {word}")
    return list(found.select_related("client").order_by("last_name", "first_name", "pk")[:limit])


def person_now(user: User) -> User | AnonymousUser:
    """Bring a person up to date, for screens that stay open for days; nobody once locked out.

    A user object remembers the bureaus that it supervises, so it grows old; the screen goes on
    rendering with this very object, so it is the one to renew.
    """
    try:
        user.refresh_from_db(fields=["is_active"])
    except User.DoesNotExist:
        user.is_active = False
    if hasattr(user, "_supervised_bureaus"):
        del user._supervised_bureaus
    return user if user.is_active else AnonymousUser()


def deputies_in(bureau: Bureau) -> QuerySet[User]:
    """Give who may take over in a bureau: its people."""
    places = Membership.objects.filter(bureau=bureau).values("user")
    return User.objects.filter(pk__in=places, is_active=True)


def clients_to_hand_over(user: User, bureau: Bureau) -> QuerySet[Client]:
    """Give whom somebody answers herself in a bureau."""
    hers = Assignment.objects.filter(user=user).values("client")
    return Client.objects.in_service().filter(pk__in=hers, bureau=bureau)


def clients_of_cover(cover: Cover) -> QuerySet[Client]:
    """Give the clients that a hand-over is about: those of them that are still the principal's."""
    hers = clients_to_hand_over(cover.principal, cover.bureau)
    return hers if cover.for_all else hers.filter(covers=cover)


def turns_within(clients: Iterable[Client], window: Period) -> dict[int, list[Turn]]:
    """Give, by client, the turns on call that touch a time, earliest first; one question.

    A client whose roster names nobody then has an empty list, one without a roster has none.
    """
    known = {one.pk: one for one in clients}
    rows = OnCallShift.objects.filter(client__in=known).select_related("person").order_by("pk")
    found: dict[int, list[Turn]] = defaultdict(list)
    for row in rows:
        found[row.client_id] += _turns(row, ZoneInfo(known[row.client_id].timezone), window)
    return {key: sorted(turns, key=lambda one: one.period) for key, turns in found.items()}


_DAY = timedelta(days=1)


def _turns(row: OnCallShift, zone: ZoneInfo, window: Period) -> list[Turn]:
    length = row.last_day - row.first_day
    turns = []
    for day in _days_of(row, window.start.date() - length - _DAY, window.end.date() + 2 * _DAY):
        period = Period(instant_of(day, row.starts, zone), instant_of(day + length, row.ends, zone))
        if period.overlaps(window):
            number = str(row.person.number)
            turns.append(Turn(row.pk, row.person_id, number, period, not row.every_weeks))
    return turns


def _days_of(row: OnCallShift, first: date, until: date) -> Sequence[date]:
    """Give the days on which a shift's turns begin."""
    if not row.every_weeks:
        return [row.first_day]
    rule = weekly((row.first_day.weekday(),), interval=row.every_weeks)
    return rule_days(
        rule,
        valid_from=row.first_day,
        valid_until=row.repeats_until,
        first=first,
        until=until,
    )
