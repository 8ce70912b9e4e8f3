"""Offers a freed slot to those who wait, one at a time, and books it for who accepts."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from agenda.models import Appointment, Calendar, FreedSlot, Side, SlotOffer, WaitingListEntry
from agenda.services.booking import book_appointment
from agenda.services.freeing import review, review_period, tell_waiting
from agenda.services.holds import hold_slot, let_go_of
from agenda.services.locking import changing
from agenda.services.waiting import NoLongerWaiting
from clients.models import User
from clients.services.audit import record_audit

# Time to ring somebody, let her look into her diary, and write down what she says.
OFFER_TIME = timedelta(minutes=10)
Answer, State = SlotOffer.Answer, WaitingListEntry.State


class BeingAsked(Exception):
    """A colleague is asking this person, or is offering this slot to somebody, right now."""


class OfferClosed(Exception):
    """The offer has been answered, or was left for something else."""


def offer_slot(
    *,
    freed: FreedSlot,
    entry: WaitingListEntry,
    starts_at: datetime,
    by: User,
    at: datetime,
) -> SlotOffer:
    """Hold a slot of the freed time for somebody who waits, while `by` asks her.

    Offering it again to the same person renews the hold. Raises the AgendaRefusal for whatever
    refuses the moment, BeingAsked while a colleague is at it, NoLongerWaiting.
    """
    with changing(freed.calendar_id) as calendars:
        calendar = calendars[freed.calendar_id]
        mine = _clear(freed, entry, starts_at, by, at)
        if not WaitingListEntry.objects.standing().filter(pk=entry.pk).exists():
            raise NoLongerWaiting()
        hold_slot(
            calendar=calendar,
            motive=entry.motive,
            starts_at=starts_at,
            by=by,
            at=at,
            lasting=OFFER_TIME,
        )
        offer = mine or _open(freed, entry, starts_at, by, at)
        offer.expires_at = at + OFFER_TIME
        offer.save(update_fields=["expires_at"])
        WaitingListEntry.objects.standing().filter(pk=entry.pk).update(state=State.OFFERED)
        _tell("offered", offer, calendar, by, at)
    return offer


def _clear(
    freed: FreedSlot, entry: WaitingListEntry, starts_at: datetime, by: User, at: datetime
) -> SlotOffer | None:
    """End offers that ran out and what `by` offers otherwise; return hers of this very slot."""
    mine = SlotOffer.objects.filter(answer="", offered_by=by)
    same = mine.filter(freed=freed, entry=entry, starts_at=starts_at).first()
    about_these = SlotOffer.objects.filter(Q(freed=freed) | Q(entry=entry), answer="")
    ended = about_these.filter(Q(expires_at__lte=at) | Q(offered_by=by))
    ended = ended.exclude(pk=same.pk) if same else ended
    for offer in ended.select_related("entry"):
        _end(offer, Answer.LEFT, at)
    return same


def _open(
    freed: FreedSlot, entry: WaitingListEntry, starts_at: datetime, by: User, at: datetime
) -> SlotOffer:
    try:
        with transaction.atomic():
            return SlotOffer.objects.create(
                freed=freed,
                entry=entry,
                calendar_id=freed.calendar_id,
                starts_at=starts_at,
                ends_at=starts_at + entry.motive.visit.length,
                offered_by=by,
                expires_at=at + OFFER_TIME,
                created_at=at,
            )
    except IntegrityError as error:
        raise BeingAsked() from error


def accept_offer(
    *, offer: SlotOffer, by: User, at: datetime, side: Side = Side.DESK
) -> Appointment:
    """Book the slot for who accepts it, and take her off the list.

    Raises OfferClosed, NoLongerWaiting, or the AgendaRefusal for whatever refuses the moment by
    now; then everything is as it was.
    """
    with changing(offer.calendar_id) as calendars:
        fresh, calendar = _still_open(offer), calendars[offer.calendar_id]
        entry = fresh.entry
        waiting = WaitingListEntry.objects.standing().filter(pk=entry.pk)
        if not waiting.update(state=State.BOOKED, ended_at=at):
            raise NoLongerWaiting()
        fresh.answer, fresh.answered_at = Answer.ACCEPTED, at
        fresh.save(update_fields=["answer", "answered_at"])
        appointment = book_appointment(
            calendar=calendar,
            motive=entry.motive,
            starts_at=fresh.starts_at,
            by=by,
            at=at,
            correspondent=entry.correspondent,
            booked_for=entry.name,
            note=entry.note,
            side=side,
        )
        WaitingListEntry.objects.filter(pk=entry.pk).update(appointment=appointment)
        _tell("accepted", fresh, calendar, by, at)
        review_period(calendar, appointment.block, at=at)
    return appointment


def decline_offer(*, offer: SlotOffer, by: User, at: datetime, unreached: bool = False) -> None:
    """Keep that the person does not want the slot, or that nobody answered; she goes on waiting.

    What was declined is not offered to her again; who was not reached may be tried once more.
    """
    answer = Answer.UNREACHED if unreached else Answer.DECLINED
    with changing(offer.calendar_id) as calendars:
        fresh = _still_open(offer)
        _end(fresh, answer, at)
        let_go_of(by, calendars[offer.calendar_id])
        _tell(str(answer), fresh, calendars[offer.calendar_id], by, at)
        freed = FreedSlot.objects.open(at).filter(pk=fresh.freed_id)
        review(list(freed.select_related("calendar__client")), by=by, at=at)


def leave_offer(*, offer: SlotOffer, by: User, at: datetime) -> None:
    """Let the slot go without an answer; nothing happens when the offer was over already."""
    with changing(offer.calendar_id) as calendars:
        mine = SlotOffer.objects.filter(pk=offer.pk, answer="", offered_by=by)
        for fresh in mine.select_related("entry"):
            _end(fresh, Answer.LEFT, at)
            let_go_of(by, calendars[offer.calendar_id])
            tell_waiting(calendars[offer.calendar_id].client)


def put_aside(*, freed: FreedSlot, by: User, at: datetime) -> None:
    """Offer this freed slot to nobody; it stays free."""
    with changing(freed.calendar_id) as calendars:
        rows = FreedSlot.objects.filter(pk=freed.pk, closed_at=None)
        rows.update(closed_at=at, closed_by=by)
        tell_waiting(calendars[freed.calendar_id].client)


def _still_open(offer: SlotOffer) -> SlotOffer:
    rows = SlotOffer.objects.filter(pk=offer.pk, answer="")
    linked = rows.select_related("entry__motive", "entry__correspondent", "entry__client")
    fresh = linked.first()
    if fresh is None:
        raise OfferClosed()
    return fresh


def _end(offer: SlotOffer, answer: SlotOffer.Answer, at: datetime) -> None:
    offer.answer, offer.answered_at = answer, at
    offer.save(update_fields=["answer", "answered_at"])
    offered = WaitingListEntry.objects.filter(pk=offer.entry_id, state=State.OFFERED)
    offered.update(state=State.WAITING)


def _tell(action: str, offer: SlotOffer, calendar: Calendar, by: User, at: datetime) -> None:
    detail = {"calendar": str(calendar.uuid), "starts_at": offer.starts_at.isoformat()}
    record_audit(
        by=by,
        action=f"waiting.{action}",
        target=offer.entry,
        client=calendar.client,
        at=at,
        detail=detail,
    )
    tell_waiting(calendar.client)
