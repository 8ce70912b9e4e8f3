"""Working at a colleague's telephone: asked for, begun within seconds, ended by itself."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from calls.facts import PresenceChanged
from calls.models import Presence, StandIn
from calls.queries import standings
from calls.services.presence import set_presence, tell_screens
from calls.services.queueing import wake_queue
from clients.models import Endpoint, User
from clients.services.audit import record_audit
from core.wall_clock import instant_of

# A colleague who does not answer in this time is not asked any more.
ASKED_FOR = timedelta(minutes=2)


class TelephoneRefused(Exception):
    """Somebody can't work at this telephone; `because` is own or occupied."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@transaction.atomic
def take_telephone(*, endpoint: Endpoint, by: User, at: datetime) -> StandIn:
    """Work at a colleague's telephone; raises TelephoneRefused.

    It begins at once, unless the colleague takes calls herself: then she is asked, and it begins
    when she agrees. Whoever works at one leaves it for another.
    """
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if endpoint.user_id == by.pk:
        raise TelephoneRefused("own")
    _end(StandIn.objects.open().filter(user=by), by=by, at=at)
    if StandIn.objects.open().filter(endpoint=endpoint).exists():
        raise TelephoneRefused("occupied")
    stand_in = StandIn.objects.create(endpoint=endpoint, user=by, asked_at=at)
    record_audit(by=by, action="telephone.asked", target=endpoint, at=at)
    if standings([endpoint.user_id], at)[endpoint.user_id].said == Presence.State.AVAILABLE:
        tell_screens(endpoint.user)
        tell_screens(by)
    else:
        _begin(stand_in, by=by, at=at)
    return stand_in


@transaction.atomic
def lend_telephone(*, stand_in: StandIn, by: User, at: datetime) -> StandIn:
    """Let a colleague work at one's telephone; whoever has no other one is away by that."""
    stand_in = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if stand_in.is_asked:
        _begin(stand_in, by=by, at=at)
        others = Endpoint.objects.filter(user=by, is_active=True, occupant=None)
        if not others.exists():
            set_presence(user=by, state=Presence.State.AWAY, by=by, at=at)
    return stand_in


def _begin(stand_in: StandIn, *, by: User, at: datetime) -> None:
    stand_in.began_at = at
    stand_in.save(update_fields=["began_at"])
    endpoint, user = stand_in.endpoint, stand_in.user
    endpoint.occupant = user
    endpoint.save(update_fields=["occupant"])
    detail = {"stand_in": str(user.uuid)}
    record_audit(by=by, action="telephone.taken", target=endpoint, at=at, detail=detail)
    if standings([user.pk], at)[user.pk].said != Presence.State.AVAILABLE:
        set_presence(user=user, state=Presence.State.AVAILABLE, by=user, at=at)
    wake_queue()
    tell_screens(endpoint.user)
    tell_screens(user)


@transaction.atomic
def ring_own_too(*, stand_in: StandIn, rings_own: bool, by: User, at: datetime) -> None:
    """Let her own telephones ring beside the colleague's at which she works, or that one alone."""
    stand_in = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    stand_in.rings_own = rings_own
    stand_in.save(update_fields=["rings_own"])
    detail = {"rings_own": rings_own}
    record_audit(by=by, action="telephone.own", target=stand_in.endpoint, at=at, detail=detail)
    tell_screens(by)


@transaction.atomic
def end_stand_in(*, stand_in: StandIn, by: User, at: datetime) -> int:
    """Leave a colleague's telephone, take one's own back, or refuse it; 0 where it was over."""
    return _end(StandIn.objects.open().filter(pk=stand_in.pk), by=by, at=at)


@transaction.atomic
def leave_telephones(*, user: User, by: User | None, at: datetime) -> int:
    """End wherever somebody works, or asks to; give how many."""
    return _end(StandIn.objects.open().filter(user=user), by=by, at=at)


def end_old_stand_ins(*, at: datetime) -> int:
    """End what began before today, and what nobody answered; give how many.

    Midnight is that of the installation.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = instant_of(at.astimezone(zone).date(), time(), zone)
    unanswered = Q(began_at=None, asked_at__lte=at - ASKED_FOR)
    over = StandIn.objects.open().filter(Q(began_at__lt=midnight) | unanswered)
    with transaction.atomic():
        return _end(over, by=None, at=at)


def _end(stand_ins: QuerySet[StandIn], *, by: User | None, at: datetime) -> int:
    ended = list(stand_ins.select_related("endpoint__user", "user").order_by("pk"))
    for one in ended:
        one.ended_at = at
        one.save(update_fields=["ended_at"])
        # Only her own place: somebody else may sit there by an administrator's hand.
        Endpoint.objects.filter(pk=one.endpoint_id, occupant=one.user).update(occupant=None)
        detail = {"stand_in": str(one.user.uuid)}
        record_audit(by=by, action="telephone.left", target=one.endpoint, at=at, detail=detail)
        tell_screens(one.endpoint.user)
        tell_screens(one.user)
    if ended:
        wake_queue()
    return len(ended)


def follow_presence(fact: PresenceChanged) -> None:
    """Whoever leaves, or can't be reached any more, gives a colleague's telephone back."""
    if fact.state == Presence.State.AWAY:
        user = User.objects.get(pk=fact.user_id)
        leave_telephones(user=user, by=None, at=fact.at)
