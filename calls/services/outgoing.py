"""Calls that leave the house: her telephone rings first, then whom she rings."""

from datetime import datetime

from django.db import transaction

from calls.models import Call, CallLeg, Presence
from calls.queries import is_talking, telephones_of
from calls.services.events import end_call, record_event
from calls.services.incoming import shown_now
from calls.services.live import publish_call
from calls.telephony.events import ProviderEvent
from calls.telephony.twilio import PROVIDER, api
from calls.telephony.twilio.twiml import absolute
from clients.models import Client, Correspondent, Endpoint, Line, User
from clients.services.audit import record_audit

RING_HER_SECONDS = 25


class CannotRing(Exception):
    """Why nobody can be rung: `reason` is nobody, no_line, not_at_desk, no_telephone or talking."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ring_out(
    *,
    client: Client,
    number: str,
    by: User,
    at: datetime,
    correspondent: Correspondent | None = None,
    rings_back: Call | None = None,
) -> Call:
    """Ring somebody for a client, showing the number of its line in force.

    Raises CannotRing, OperatorUnavailable, or OperatorBusy where the account's limit of about one
    call created per second holds after several tries. The call is kept and has its ending then.
    """
    call, telephone = _prepare(client, number, by, at, correspondent, rings_back)
    try:
        leg_id = api.create_call(
            to=telephone.address,
            from_=str(call.line.number),
            url=absolute("twilio:ring_out", call.uuid, telephone.uuid),
            status_callback=absolute("twilio:leg", call.uuid, telephone.uuid),
            seconds=RING_HER_SECONDS,
        )
    except api.OperatorUnavailable:
        _give_up(call, at)
        raise
    CallLeg.objects.get_or_create(
        provider=PROVIDER,
        provider_id=leg_id,
        defaults={
            "call": call,
            "role": CallLeg.Role.ASSISTANT,
            "endpoint": telephone,
            "started_at": at,
        },
    )
    return call


@transaction.atomic
def _prepare(
    client: Client,
    number: str,
    by: User,
    at: datetime,
    correspondent: Correspondent | None,
    rings_back: Call | None,
) -> tuple[Call, Endpoint]:
    # Her row is locked: two of her screens ring one after the other, and the second is refused.
    presence = Presence.objects.select_for_update(of=("self",)).filter(user=by).first()
    telephones = telephones_of(by.pk)
    line = _line(client, at, rings_back)
    if not number:
        raise CannotRing("nobody")
    if presence is None or presence.state == Presence.State.AWAY:
        raise CannotRing("not_at_desk")
    if not telephones:
        raise CannotRing("no_telephone")
    if is_talking(by):
        raise CannotRing("talking")
    call = Call.objects.create(
        bureau_id=client.bureau_id,
        client=client,
        line=line,
        direction=Call.Direction.OUT,
        caller_number=number,
        correspondent=correspondent,
        answered_by=by,
        started_at=at,
        shown=shown_now(line, at, ""),
        routing={"rung_out": True, "rings_back": str(rings_back.uuid) if rings_back else ""},
    )
    record_audit(by=by, action="call.rung_out", target=call, client=client, at=at)
    publish_call(call)
    # An IP telephone before a number, whose voicemail might answer.
    return call, min(telephones, key=lambda one: (one.kind != Endpoint.Kind.SIP, one.pk))


def _line(client: Client, at: datetime, rings_back: Call | None) -> Line:
    """Give the line whose number is shown: the one that was called, if it is still the client's."""
    lines = list(Line.objects.in_force(at).filter(client=client).order_by("valid_from", "pk"))
    if not lines:
        raise CannotRing("no_line")
    same = [one for one in lines if rings_back and one.pk == rings_back.line_id]
    return (same or lines)[0]


@transaction.atomic
def _give_up(call: Call, at: datetime) -> None:
    locked = Call.objects.select_for_update(of=("self",)).select_related("client")
    end_call(locked.get(pk=call.pk), at=at, failed=True)
    publish_call(call)


@transaction.atomic
def note_callee(*, call: Call, event: ProviderEvent) -> None:
    """Keep an event of the path to whom she rings, which is the outside person's own."""
    CallLeg.objects.get_or_create(
        provider=event.provider,
        provider_id=event.leg_id,
        defaults={"call": call, "role": CallLeg.Role.CALLER, "started_at": event.at},
    )
    record_event(call=call, event=event)
