"""Who is at her desk: what she says of it, her desk's signs of life, and her time to write up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from calls.facts import PresenceChanged
from calls.models import Call, Presence, Transfer
from calls.queries.presence import is_gone, silent_presences
from calls.services.queueing import wake_queue
from clients.models import Bureau, Client, User
from clients.services.audit import record_audit
from core.facts import emit
from core.live import client_group, publish, user_group

# A desk beats every ten seconds; its row is written no more often than this.
SEEN_EVERY = timedelta(seconds=20)


@transaction.atomic
def set_presence(*, user: User, state: str, by: User, at: datetime, reason: str = "") -> Presence:
    """Note that somebody is available, on a break or away; routing follows at once."""
    presence, _ = Presence.objects.select_for_update().get_or_create(user=user)
    presence.state = Presence.State(state)
    presence.reason = reason
    presence.since = at
    presence.wrap_up_until = None
    presence.gone_at = None
    if by.pk == user.pk:
        presence.seen_at = at
    presence.save()
    detail = {"to": state, "reason": reason} if reason else {"to": state}
    record_audit(by=by, action="presence.changed", target=presence, at=at, detail=detail)
    _tell(presence, at)
    return presence


def note_seen(*, user: User, at: datetime) -> bool:
    """Keep an open desk's sign of life; False where one was kept moments ago.

    One conditional update, at most every `SEEN_EVERY` for each person however many desks she has.
    """
    due = Q(seen_at=None) | Q(seen_at__lte=at - SEEN_EVERY)
    return bool(Presence.objects.filter(due, user=user).update(seen_at=at))


def send_gone_away(*, at: datetime) -> int:
    """Stop ringing those whose desk is silent and whose telephone is gone; give how many.

    Whose desk is closed while her telephone answers goes on being rung.
    """
    return sum(_send_away(presence, at) for presence in silent_presences(at).order_by("pk"))


@transaction.atomic
def _send_away(seen: Presence, at: datetime) -> bool:
    """Look again under the lock: her desk may have come back meanwhile."""
    locked = silent_presences(at).select_for_update(of=("self",)).select_related("user")
    presence = locked.filter(pk=seen.pk).first()
    if presence is None or not is_gone(presence):
        return False
    presence.state = Presence.State.AWAY
    presence.reason = ""
    presence.since = presence.gone_at = at
    presence.wrap_up_until = None
    presence.save()
    detail = {"to": Presence.State.AWAY.value, "because": "desk and telephone gone"}
    record_audit(by=None, action="presence.changed", target=presence, at=at, detail=detail)
    _tell(presence, at)
    return True


def _tell(presence: Presence, at: datetime) -> None:
    """Have routing, the queue, her own screens and those of her colleagues follow."""
    user = presence.user
    emit(PresenceChanged(user_id=user.pk, state=presence.state, at=at))
    wake_queue()
    tell_screens(user)


def tell_screens(user: User) -> None:
    """Have her own screens, and those of everybody who answers her clients, look again."""
    publish(user_group(user.uuid), "presence.changed")
    for uuid in Client.objects.in_service().answered_by(user).values_list("uuid", flat=True):
        publish(client_group(uuid), "presence.changed", client=str(uuid))


def begin_wrap_up(call: Call, *, since: datetime | None = None, by: User | None = None) -> None:
    """Give whoever answered a call that has just ended, or was handed on, the time to write it up.

    As long as her bureau says, from the call's end or `since`, a later end of her own talk; none
    once she has said what came of it. `by` handed it to a colleague, who answers it now.
    """
    since = since or call.handed_over_at or call.ended_at
    somebody = by is not None or call.answered_by_id is not None
    if not somebody or call.disposition or since is None:
        return
    seconds = _wrap_up_seconds(call)
    user = (by or call.answered_by) if seconds else None
    if user is None:
        return
    until = since + timedelta(seconds=seconds)
    earlier = Q(wrap_up_until=None) | Q(wrap_up_until__lt=until)
    if Presence.objects.filter(earlier, user=user).update(wrap_up_until=until):
        wake_queue(after=seconds)
        publish(user_group(user.uuid), "presence.changed")


def _wrap_up_seconds(call: Call) -> int:
    seconds = Bureau.objects.filter(pk=call.bureau_id).values_list("wrap_up_seconds", flat=True)
    return seconds.first() or 0


@transaction.atomic
def end_wrap_up(*, user: User, at: datetime) -> bool:
    """Ring somebody again at once: she has written up; False where she was not writing.

    No audit: what she did in that time is in the calls.
    """
    writing = Presence.objects.filter(user=user, wrap_up_until__gt=at)
    if not writing.update(wrap_up_until=None):
        return False
    wake_queue()
    tell_screens(user)
    return True


def end_wrap_up_of(call: Call, *, by: User, at: datetime) -> bool:
    """End the wrap-up of the call that she was done with last, for she has said what came of it."""
    return _done_with_last(by) == call.pk and end_wrap_up(user=by, at=at)


def _done_with_last(user: User) -> int | None:
    """Give the call that somebody ended or handed on last, None while she talks in a later one."""
    hers = Call.objects.filter(answered_by=user).order_by(F("answered_at").desc(nulls_last=True))
    handed = Transfer.objects.filter(by=user, outcome=Transfer.Outcome.PUT_THROUGH)
    given = handed.exclude(colleague=None).order_by("-ended_at", "-pk").first()
    given_at = given.ended_at if given else None
    last = hers.first()
    if last is None:
        return given.call_id if given else None
    done_at = last.handed_over_at or last.ended_at
    if given and given_at and done_at and done_at < given_at:
        return given.call_id
    return last.pk if done_at else None
