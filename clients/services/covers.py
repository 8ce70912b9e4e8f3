"""Handing clients over to a colleague, and taking them back."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from clients.facts import CoverBegan, CoverEnded
from clients.models import Bureau, Client, Cover, User
from clients.models.client import supervised_by
from clients.queries import clients_to_hand_over, deputies_in
from clients.rules.covers import Clash, HandOver, clash_of, end_before_the_next
from clients.services.access import note_changed_access
from clients.services.audit import record_audit
from core.facts import emit
from core.live import publish, user_group


class CoverRefused(Exception):
    """A hand-over that can't be; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CoverClashes(CoverRefused):
    """Another hand-over stands in its way: `other`."""

    def __init__(self, clash: Clash, other: Cover) -> None:
        super().__init__(clash.value)
        self.other = other


class CoverMoved(Exception):
    """What was asked for can't be done any more: somebody has answered or ended it."""


class NotHers(PermissionError):
    """It is for the other of the two to do this."""


@transaction.atomic
def propose_cover(
    *,
    principal: User,
    deputy: User,
    bureau: Bureau,
    clients: Collection[Client] | None,
    starts_at: datetime,
    ends_at: datetime | None,
    by: User,
    at: datetime,
    note: str = "",
    tells_clients: bool = False,
) -> Cover:
    """Ask a colleague to answer; `clients` None: all whom the principal answers.

    Without an end it lasts until she comes back, or until what is agreed for later begins. Nothing
    changes before she accepts. Raises CoverRefused (period, not_a_deputy, no_clients) and
    CoverClashes.
    """
    _check_period(starts_at, ends_at, at)
    _check_people(principal, deputy, bureau, clients)
    _lock(principal, deputy)
    chosen = None if clients is None else frozenset(one.pk for one in clients)
    wished = HandOver(principal.pk, deputy.pk, starts_at, ends_at, chosen)
    wished = replace(wished, ends_at=end_before_the_next(wished, _around(wished, at)))
    _refuse_clash(wished, at)
    cover = Cover.objects.create(
        bureau=bureau,
        principal=principal,
        deputy=deputy,
        for_all=clients is None,
        starts_at=starts_at,
        ends_at=wished.ends_at,
        note=note,
        tells_clients=tells_clients,
        proposed_at=at,
    )
    cover.clients.set(clients or ())
    _record(cover, "proposed", by, at)
    return cover


@transaction.atomic
def accept_cover(*, cover: Cover, by: User, at: datetime) -> Cover:
    """Agree to answer; what should have begun begins now.

    Raises NotHers, CoverMoved, CoverClashes.
    """
    cover = _locked(cover, Cover.State.PROPOSED, at)
    if by.pk != cover.deputy_id:
        raise NotHers
    cover.starts_at = max(cover.starts_at, at)
    _refuse_clash(cover.hand_over, at, cover)
    cover.state, cover.accepted_at = Cover.State.ACCEPTED, at
    cover.save(update_fields=["state", "accepted_at", "starts_at"])
    _record(cover, "accepted", by, at)
    if cover.holds(at):
        _begin(cover, at)
    return cover


@transaction.atomic
def decline_cover(*, cover: Cover, by: User, at: datetime) -> Cover:
    """Say that she can't answer. Raises NotHers and CoverMoved."""
    cover = _locked(cover, Cover.State.PROPOSED, at)
    if by.pk != cover.deputy_id:
        raise NotHers
    cover.state, cover.declined_at = Cover.State.DECLINED, at
    cover.save(update_fields=["state", "declined_at"])
    _record(cover, "declined", by, at)
    return cover


@transaction.atomic
def withdraw_cover(*, cover: Cover, by: User, at: datetime) -> Cover:
    """Take back what has not begun. Raises NotHers, and CoverMoved where it has."""
    cover = _locked(cover, None, at)
    if by.pk != cover.principal_id:
        raise NotHers
    if cover.state == Cover.State.ACCEPTED and cover.starts_at <= at:
        raise CoverMoved
    _withdraw(cover, at, by=by)
    return cover


@transaction.atomic
def come_back(*, cover: Cover, by: User, at: datetime) -> Cover:
    """Take one's clients back before the agreed end. Raises NotHers and CoverMoved."""
    cover = _locked(cover, Cover.State.ACCEPTED, at)
    if by.pk != cover.principal_id:
        raise NotHers
    if not cover.holds(at):
        raise CoverMoved
    _end(cover, at, by=by)
    return cover


@transaction.atomic
def call_off_cover(*, cover: Cover, by: User, at: datetime) -> Cover:
    """End what holds, or take back what has not begun, as who supervises the bureau.

    For when neither of the two can: she is ill, the other is gone. Raises NotHers and CoverMoved.
    """
    cover = _locked(cover, None, at)
    if cover.bureau_id not in supervised_by(by):
        raise NotHers
    if cover.holds(at):
        _end(cover, at, by=by)
    else:
        _withdraw(cover, at, by=by)
    return cover


def note_turns(*, at: datetime) -> int:
    """Notice hand-overs that have begun or ended, and have desks and callers follow; how many.

    Rights and routing follow by themselves; this tells who looks at a screen. Each is noticed
    once, also if processes stop in between or two look at the same time.
    """
    due = Cover.objects.filter(
        Q(state=Cover.State.ACCEPTED, began_at=None, starts_at__lte=at)
        | Q(state__in=(Cover.State.ACCEPTED, Cover.State.PROPOSED), ends_at__lte=at)
    )
    in_turn = due.order_by("starts_at", "pk").values_list("pk", flat=True)
    return sum(_note_turn(pk, at) for pk in in_turn)


@transaction.atomic
def _note_turn(pk: int, at: datetime) -> bool:
    cover = Cover.objects.select_for_update().get(pk=pk)
    is_over = cover.ends_at is not None and cover.ends_at <= at
    if cover.state == Cover.State.PROPOSED and is_over:
        cover.state, cover.withdrawn_at = Cover.State.WITHDRAWN, at
        cover.save(update_fields=["state", "withdrawn_at"])
        _record(cover, "lapsed", None, at)
    elif cover.state == Cover.State.ACCEPTED and is_over:
        _end(cover, at, by=None)
    elif cover.holds(at) and cover.began_at is None:
        _begin(cover, at)
    else:
        return False
    return True


def _begin(cover: Cover, at: datetime) -> None:
    cover.began_at = at
    cover.save(update_fields=["began_at"])
    record_audit(by=None, action="cover.began", target=cover, at=at)
    emit(CoverBegan(cover_id=cover.pk, at=at))
    note_changed_access([cover.principal, cover.deputy])


def _withdraw(cover: Cover, at: datetime, *, by: User) -> None:
    cover.state, cover.withdrawn_at = Cover.State.WITHDRAWN, at
    cover.save(update_fields=["state", "withdrawn_at"])
    _record(cover, "withdrawn", by, at)


def _end(cover: Cover, at: datetime, *, by: User | None) -> None:
    cover.state = Cover.State.ENDED
    # Noticed late, it ended at its minute all the same.
    cover.ended_at = min(at, cover.ends_at or at)
    cover.began_at = cover.began_at or cover.starts_at
    cover.save(update_fields=["state", "ended_at", "began_at"])
    _record(cover, "ended", by, at)
    emit(CoverEnded(cover_id=cover.pk, at=at))
    note_changed_access([cover.principal, cover.deputy])


def _check_period(starts_at: datetime, ends_at: datetime | None, at: datetime) -> None:
    if ends_at is not None and ends_at <= max(starts_at, at):
        raise CoverRefused("period")


def _check_people(
    principal: User, deputy: User, bureau: Bureau, clients: Collection[Client] | None
) -> None:
    if principal.pk == deputy.pk or not deputies_in(bureau).filter(pk=deputy.pk).exists():
        raise CoverRefused("not_a_deputy")
    hers = set(clients_to_hand_over(principal, bureau).values_list("pk", flat=True))
    wanted = hers if clients is None else {one.pk for one in clients}
    if not wanted or not wanted <= hers:
        raise CoverRefused("no_clients")


def _refuse_clash(wished: HandOver, at: datetime, own: Cover | None = None) -> None:
    around = _around(wished, at)
    others = {rule: cover for rule, cover in around.items() if cover != own}
    found = clash_of(wished, others)
    if found:
        clash, other = found
        raise CoverClashes(clash, others[other])


def _around(wished: HandOver, at: datetime) -> dict[HandOver, Cover]:
    """Return the hand-overs that may stand in the way, as the rules know them."""
    rows = Cover.objects.standing(at).filter(
        Q(principal__in=(wished.principal_id, wished.deputy_id)) | Q(deputy=wished.principal_id)
    )
    return {one.hand_over: one for one in rows.prefetch_related("clients")}


def _lock(*people: User) -> None:
    """Let one hand-over of somebody's be agreed after the other."""
    rows = User.objects.select_for_update().filter(pk__in=[one.pk for one in people])
    list(rows.order_by("pk").values_list("pk", flat=True))


def _locked(cover: Cover, state: str | None, at: datetime) -> Cover:
    """Return a cover as it is now; raises CoverMoved where it stands no more, or not so."""
    people = Cover.objects.select_related("principal", "deputy")
    found = people.get(pk=cover.pk)
    _lock(found.principal, found.deputy)
    cover = people.select_for_update(of=("self",)).get(pk=cover.pk)
    stands = cover.state in (Cover.State.PROPOSED, Cover.State.ACCEPTED)
    is_over = cover.ends_at is not None and cover.ends_at <= at
    if not stands or is_over or (state is not None and cover.state != state):
        raise CoverMoved
    return cover


def _record(cover: Cover, action: str, by: User | None, at: datetime) -> None:
    """Keep what was done, and tell both desks."""
    detail = {"starts_at": cover.starts_at.isoformat(), "state": cover.state}
    record_audit(by=by, action=f"cover.{action}", target=cover, at=at, detail=detail)
    for person in (cover.principal, cover.deputy):
        publish(user_group(person.uuid), "cover.changed")
