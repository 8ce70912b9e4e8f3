"""Calls of exchanges that route by themselves: kept, answered and ended as they tell.

In whatever order and however often they tell it: any event makes the call that it is about, each
counts once, and none moves a call backwards.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import IntegrityError, transaction

from calls.models import Call, CallEvent, CallLeg, CtiConnection
from calls.queries import direction_of
from calls.queries.cti import digest_of, line_of, who_talks
from calls.services.events import accept_from, record_event
from calls.services.incoming import UnknownLine, keep_told
from calls.telephony.cti import DOCUMENTED, ENDS, NOBODY_LEFT, CtiEvent, path_of
from calls.telephony.events import ProviderEvent
from clients.models import Bureau, Line, User
from clients.services.audit import record_audit
from core.phones import parse_caller

_SECRET_BYTES = 32
# A use so soon after another is not worth a write.
_SOON = timedelta(minutes=1)
# An exchange that said nothing of a call's end for so long has forgotten it.
SILENT_AFTER = timedelta(hours=4)
AT_ONCE = 50


@transaction.atomic
def make_connection(
    *, bureau: Bureau, name: str, by: User | None, at: datetime
) -> tuple[CtiConnection, str]:
    """Let an exchange tell of its calls; return its connection and its token, kept nowhere."""
    token = token_urlsafe(_SECRET_BYTES)
    connection = CtiConnection.objects.create(
        bureau=bureau, name=name, token_digest=digest_of(token), made_by=by, created_at=at
    )
    record_audit(by=by, action="cti.made", target=connection, at=at)
    return connection, token


@transaction.atomic
def revoke_connection(*, connection: CtiConnection, by: User | None, at: datetime) -> None:
    """Let a token open nothing any more; a second time changes nothing."""
    in_force = CtiConnection.objects.in_force().filter(pk=connection.pk)
    if in_force.update(revoked_at=at, revoked_by=by):
        record_audit(by=by, action="cti.revoked", target=connection, at=at)


def note_use(*, connection: CtiConnection, at: datetime) -> None:
    """Keep when an exchange was last heard of."""
    if connection.last_used_at is None or at - connection.last_used_at >= _SOON:
        CtiConnection.objects.filter(pk=connection.pk).update(last_used_at=at)


@transaction.atomic
def take_event(*, connection: CtiConnection, event: CtiEvent, at: datetime) -> Call | None:
    """Keep one thing that an exchange tells, and do what follows; raises UnknownLine.

    None where it tells of a call that is not known, and tells nothing that makes one.
    """
    told = event.at or at
    began = told - timedelta(seconds=event.seconds)
    call = _known(connection, event)
    if call is None and event.name not in DOCUMENTED:
        return None
    call = call or _make(connection, event, began)
    _FOLLOWS.get(event.name, _only_keep)(connection, call, event, told)
    call.refresh_from_db()
    return call


def _begin(_connection: CtiConnection, call: Call, _event: CtiEvent, at: datetime) -> None:
    """A beginning that comes late knows better when the call began."""
    Call.objects.filter(pk=call.pk, started_at__gt=at).update(started_at=at)


def _known(connection: CtiConnection, event: CtiEvent) -> Call | None:
    legs = CallLeg.objects.filter(provider=connection.provider, provider_id=event.call_id)
    leg = legs.select_related("call__line", "call__client").first()
    return leg.call if leg else None


def _make(connection: CtiConnection, event: CtiEvent, at: datetime) -> Call:
    """Keep the call, also where its beginning was lost and this is a later event of it."""
    line = _line(connection, event, at)
    other = event.from_ if event.direction == "in" else event.to
    number = parse_caller(other, connection.bureau.region)
    is_blocked = event.direction == "in" and direction_of(line, at, number).is_blocked
    began = ProviderEvent(
        provider=connection.provider,
        leg_id=event.call_id,
        status="newCall",
        key="newCall",
        at=at,
        form=dict(event.form),
    )
    because = "blocked" if is_blocked else "exchange"
    try:
        with transaction.atomic():
            return keep_told(
                event=began, line=line, number=number, direction=event.direction, because=because
            )
    except IntegrityError:
        # Another event of the same call was quicker.
        known = _known(connection, event)
        if known is None:
            raise
        return known


def _line(connection: CtiConnection, event: CtiEvent, at: datetime) -> Line:
    """The number dialled is the line; of a call that goes out, the number that is shown."""
    number = event.to if event.direction == "in" else event.from_
    line = line_of(connection, number, at)
    if line is None:
        raise UnknownLine(number)
    return line


def _answer(connection: CtiConnection, call: Call, event: CtiEvent, at: datetime) -> None:
    person, endpoint = who_talks(connection.bureau, event.people)
    word = str(person.pk) if person else next(iter(event.people), "")
    accept_from(
        call=call,
        person=person,
        event=ProviderEvent(
            provider=connection.provider,
            leg_id=path_of(event, word),
            status="answer",
            key=event.key,
            at=at,
            endpoint_uuid=str(endpoint.uuid) if endpoint else "",
            form=dict(event.form),
        ),
    )


def _hang_up(connection: CtiConnection, call: Call, event: CtiEvent, at: datetime) -> None:
    if event.seconds and call.answered_at is None:
        # The length of a talk proves it.
        _answer(connection, call, event, at - timedelta(seconds=event.seconds))
    if event.cause in NOBODY_LEFT:
        call.routing = call.routing | {"exhausted": True}
        call.save(update_fields=["routing"])
    record_event(
        call=call,
        event=ProviderEvent(
            provider=connection.provider,
            leg_id=event.call_id,
            status=ENDS.get(event.cause, "completed"),
            key=event.key,
            at=at,
            form=dict(event.form),
        ),
    )
    if event.cause == "forwarded":
        _note_forwarded(call)


def _note_forwarded(call: Call) -> None:
    """The exchange says that somebody else has the caller: nobody has to ring back."""
    unanswered = Call.objects.filter(pk=call.pk, answered_at=None, disposition="")
    unanswered.update(disposition=Call.Disposition.PUT_THROUGH)


def _only_keep(connection: CtiConnection, call: Call, event: CtiEvent, at: datetime) -> None:
    CallEvent.objects.get_or_create(
        provider=connection.provider,
        leg_id=event.call_id,
        name=event.name,
        key=event.key,
        defaults={"call": call, "at": at, "form": dict(event.form)},
    )


_FOLLOWS = {"newCall": _begin, "answer": _answer, "hangup": _hang_up}


def end_forgotten_calls(*, at: datetime) -> int:
    """End the calls whose exchange never told their end; give how many."""
    legs = CallLeg.objects.filter(
        provider__startswith="cti-",
        role=CallLeg.Role.CALLER,
        call__started_at__lt=at - SILENT_AFTER,
    ).exclude(call__state=Call.State.ENDED)
    ended = 0
    for leg in legs.select_related("call__client").order_by("started_at", "pk")[:AT_ONCE]:
        if leg.call.events.filter(at__gte=at - SILENT_AFTER).exists():
            continue
        silent = ProviderEvent(
            provider=leg.provider, leg_id=leg.provider_id, status="completed", key="silent", at=at
        )
        ended += record_event(call=leg.call, event=silent)
    return ended
