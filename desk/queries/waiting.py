"""The waiting list, the freed slots that suit somebody on it, and an offer being made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Appointment, FreedSlot, SlotOffer, WaitingListEntry
from agenda.queries import Candidate, entries_of, waiting_list, who_waits
from clients.models import Client, Correspondent, User
from desk.queries.board import rounded_hue
from desk.queries.worklist import Number
from desk.wording import hours_words, long_moment, short_day, short_moment, short_weekday

MOST_FREED = 8
SHOWN = 200
# A Monday: from it the names of the weekdays are written.
_A_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Freed:
    """A freed slot in the left column: when, for whom first, and how many more."""

    uuid: UUID
    when: str
    where: str
    who: str
    others: int
    hue: int
    colleague: str


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits."""

    uuid: UUID
    who: str
    numbers: Sequence[Number]
    what: str
    where: str
    wishes: str
    since: str
    note: str
    is_urgent: bool
    is_being_asked: bool
    appointment: str


@dataclass(frozen=True)
class WaitingOf:
    """Those who wait for one client."""

    client: str
    client_url: str
    hue: int
    entries: Sequence[Waiting]


@dataclass(frozen=True)
class OfferShown:
    """What the dialog of an offer shows."""

    uuid: UUID
    freed: UUID
    entry: Waiting
    hue: int
    moment: str
    where: str
    until: str
    then: Sequence[str]


def freed_slots(user: User, now: datetime) -> list[Freed]:
    """Give the freed slots of this person's clients that suit somebody, the next first."""
    rows = list(freed_on_desk(user, now)[:MOST_FREED])
    if not rows:
        return []
    asked = SlotOffer.objects.filter(freed__in=rows, answer="", expires_at__gt=now)
    offers = {one.freed_id: one for one in asked.select_related("entry", "offered_by")}
    suited = who_waits(rows, now=now, viewer=user)
    pairs = zip(rows, suited, strict=True)
    shown = (_freed(one, who, offers.get(one.pk), user) for one, who in pairs)
    return [one for one in shown if one is not None]


def freed_on_desk(user: User, now: datetime) -> QuerySet[FreedSlot]:
    """Give the freed slots of the clients that this person answers."""
    hers = FreedSlot.objects.open(now).filter(client__in=Client.objects.answered_by(user))
    return hers.select_related("calendar__client", "client").order_by("starts_at", "pk")


def _freed(
    freed: FreedSlot, who: Sequence[Candidate], offer: SlotOffer | None, user: User
) -> Freed | None:
    first = offer.entry if offer else who[0].entry if who else None
    if first is None:
        return None
    is_colleagues = offer is not None and offer.offered_by_id != user.pk
    return Freed(
        uuid=freed.uuid,
        when=_when(freed),
        where=freed.calendar.name,
        who=first.shown_name,
        others=len(who) - (0 if offer else 1),
        hue=rounded_hue(freed.client),
        colleague=offer.offered_by.called if offer and is_colleagues else "",
    )


def _when(freed: FreedSlot) -> str:
    """« mar. 24 nov. 9:40 », and until when where a whole stretch was opened."""
    zone = freed.calendar.zone
    moment = short_moment(freed.starts_at, zone)
    return moment if freed.change_id else f"{moment}–{freed.ends_at.astimezone(zone):%-H:%M}"


def who_waits_on_desk(user: User, now: datetime) -> list[WaitingOf]:
    """Give the waiting lists of this person's clients, each in the order of asking."""
    rows = waiting_list(Client.objects.answered_by(user)).prefetch_related("correspondent__numbers")
    turns = ("client__name", "client", "-is_urgent", "created_at", "pk")
    entries = list(rows.order_by(*turns)[:SHOWN])
    booked = _booked_since(entries, now)
    by_client: dict[Client, list[Waiting]] = {}
    for entry in entries:
        by_client.setdefault(entry.client, []).append(_waiting(entry, booked.get(entry.pk)))
    return [_of_client(client, listed) for client, listed in by_client.items()]


def _of_client(client: Client, listed: Sequence[Waiting]) -> WaitingOf:
    return WaitingOf(
        client=client.short_name or client.name,
        client_url=reverse("desk:client", args=[client.uuid]),
        hue=rounded_hue(client),
        entries=listed,
    )


def booked_while_waiting(correspondents: Iterable[Correspondent], now: datetime) -> list[Waiting]:
    """Give the entries of people who have an appointment now: whether they go on is asked."""
    entries = list(entries_of(correspondents))
    booked = _booked_since(entries, now)
    return [_waiting(one, booked[one.pk]) for one in entries if one.pk in booked]


def _booked_since(entries: Iterable[WaitingListEntry], now: datetime) -> Mapping[int, Appointment]:
    """Give, by entry, an appointment of its person that was made after she began to wait."""
    unasked = [one for one in entries if one.correspondent_id and one.kept_at is None]
    people = {one.correspondent_id for one in unasked}
    made = Appointment.objects.active().filter(correspondent__in=people, starts_at__gt=now)
    found: dict[int, Appointment] = {}
    for appointment in made.select_related("calendar").order_by("starts_at"):
        for one in unasked:
            hers = one.correspondent_id == appointment.correspondent_id
            if hers and appointment.created_at >= one.created_at:
                found.setdefault(one.pk, appointment)
    return found


def _waiting(entry: WaitingListEntry, booked: Appointment | None = None) -> Waiting:
    zone = ZoneInfo(entry.client.timezone)
    return Waiting(
        uuid=entry.uuid,
        who=entry.correspondent.display_name if entry.correspondent else entry.name,
        numbers=_numbers(entry),
        what=entry.motive.name,
        where=entry.calendar.name if entry.calendar else "",
        wishes=wishes_of(entry),
        since=short_day(entry.created_at.astimezone(zone).date()),
        note=entry.note,
        is_urgent=entry.is_urgent,
        is_being_asked=entry.state == WaitingListEntry.State.OFFERED,
        appointment=long_moment(booked.starts_at, booked.zone) if booked else "",
    )


def _numbers(entry: WaitingListEntry) -> list[Number]:
    """Give the number that was noted for this, then those on file."""
    found = {str(entry.number): ""} if entry.number else {}
    for one in entry.correspondent.numbers.all() if entry.correspondent else ():
        found.setdefault(str(one.number), one.label)
    return [Number(number, label) for number, label in found.items()]


def wishes_of(entry: WaitingListEntry) -> str:
    """« le matin · lun., mer. · du 24 nov. au 4 déc. »; « quand vous voulez » for no wish."""
    parts = []
    if entry.part:
        parts.append(str(entry.get_part_display()))
    if entry.after or entry.before:
        parts.append(hours_words(entry.after, entry.before))
    if entry.days:
        parts.append(", ".join(weekday_name(day) for day in sorted(entry.days)))
    span = {
        "first": short_day(entry.first_day) if entry.first_day else "",
        "last": short_day(entry.last_day) if entry.last_day else "",
    }
    if entry.first_day and entry.last_day:
        parts.append(_("from %(first)s to %(last)s") % span)
    elif entry.first_day:
        parts.append(_("from %(first)s on") % span)
    elif entry.last_day:
        parts.append(_("until %(last)s") % span)
    return " · ".join(parts) or _("any day, any time")


def weekday_name(weekday: int) -> str:
    """« lun. » for 0."""
    return short_weekday(_A_MONDAY.replace(day=1 + weekday))


def shown_offer(offer: SlotOffer, then: Sequence[Candidate]) -> OfferShown:
    """Give what the dialog shows: whom to ring, what to say, until when it is held, who follows."""
    zone = offer.calendar.zone
    return OfferShown(
        uuid=offer.uuid,
        freed=offer.freed.uuid,
        entry=_waiting(offer.entry),
        hue=rounded_hue(offer.calendar.client),
        moment=long_moment(offer.starts_at, zone),
        where=offer.calendar.name,
        until=f"{offer.expires_at.astimezone(zone):%-H:%M}",
        then=[one.entry.shown_name for one in then if one.entry.pk != offer.entry_id],
    )
