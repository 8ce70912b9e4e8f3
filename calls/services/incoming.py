"""A line rings: the call is kept, and routed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from calls.facts import CallRang
from calls.models import Call, CallEvent, CallLeg
from calls.queries import Direction, candidates_for, direction_of, line_at
from calls.rules.routing import LAST, Action, Candidate, Plan, covers_in, in_order, ring_plan
from calls.services.live import publish_call
from calls.telephony.events import ProviderEvent
from clients.models import Line
from clients.queries import instructions_in_force
from core.facts import emit
from core.phones import parse_caller, parse_number


class UnknownLine(LookupError):
    """The number dialled is nobody's line at this instant."""


def receive_call(*, event: ProviderEvent, called: str, caller: str, at: datetime) -> Call:
    """Keep a contact and decide whom it rings; raises UnknownLine.

    A webhook that the operator repeats finds the call that the first one made.
    """
    line = line_at(parse_number(called) or called, at)
    if line is None:
        raise UnknownLine(called)
    try:
        return _keep(event, line, caller, at)
    except IntegrityError:
        # The path is known: the operator repeats itself, and the first call keeps what it has.
        known = _known(event)
        if known is None:
            raise
        return known


def _known(event: ProviderEvent) -> Call | None:
    legs = CallLeg.objects.filter(provider=event.provider, provider_id=event.leg_id)
    leg = legs.select_related("call__line", "call__client").first()
    return leg.call if leg else None


def _keep(event: ProviderEvent, line: Line, caller: str, at: datetime) -> Call:
    # Decided before the transaction: SQLite lets nobody else write during one.
    client = line.client
    number = parse_caller(caller, client.bureau.region)
    direction = direction_of(line, at, number)
    people = candidates_for(client, at)
    plan = ring_plan(people, direction.directives)
    return _write(
        event,
        line,
        at,
        caller_number=number,
        language=direction.language,
        queued_at=at if plan.steps and plan.steps[0].action == Action.QUEUE else None,
        routing=_as_kept(plan, direction, people) | _begun(plan, at),
    )


def keep_told(
    *, event: ProviderEvent, line: Line, number: str, direction: str, because: str
) -> Call:
    """Keep a contact that somebody else's exchange routes: nobody is rung by a plan of ours."""
    routing = {"because": because, "steps": [], "refused": []}
    at = event.at
    return _write(event, line, at, caller_number=number, direction=direction, routing=routing)


def _write(event: ProviderEvent, line: Line, at: datetime, **fields: Any) -> Call:
    client = line.client
    call = Call(
        bureau_id=client.bureau_id,
        client=client,
        line=line,
        started_at=at,
        shown=shown_now(line, at, fields.get("language", "")),
        **fields,
    )
    _begin(call, event)
    return call


@transaction.atomic
def _begin(call: Call, event: ProviderEvent) -> None:
    """Write a call with its first path and event, and tell of it."""
    call.save(force_insert=True)
    CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.CALLER,
        provider=event.provider,
        provider_id=event.leg_id,
        state=CallLeg.State.RINGING,
        started_at=call.started_at,
    )
    CallEvent.objects.create(
        call=call,
        provider=event.provider,
        leg_id=event.leg_id,
        name=event.status,
        key=event.key,
        at=event.at,
        form=event.form,
    )
    emit(CallRang(call_id=call.pk, call_uuid=call.uuid, client_uuid=call.client.uuid))
    publish_call(call)


def shown_now(line: Line, at: datetime, language: str) -> dict[str, object]:
    """Freeze what the assistant is shown: the promise is that it stays with the call."""
    instructions = instructions_in_force(line.client, at)
    return {
        "greeting": line.greeting_in(language),
        "instructions": [{"mark": one.mark, "text": one.text} for one in instructions],
    }


def _as_kept(plan: Plan, direction: Direction, people: Sequence[Candidate]) -> dict[str, object]:
    """Freeze what was decided and why, so that the call's page can tell."""
    schedule = direction.schedule
    records = schedule is not None and schedule.records_calls
    return {
        # Nothing is recorded unless this sentence stands here, and is said first.
        "recording_notice": schedule.recording_notice if schedule and records else "",
        "because": direction.because,
        "hours": direction.hours.name if direction.hours else "",
        "when": direction.hours.kind if direction.hours else "",
        "nobody_on_call": direction.nobody_on_call,
        "since": direction.schedule.starts_on.isoformat() if direction.schedule else "",
        "steps": [asdict(step) for step in plan.steps],
        "refused": [asdict(refused) for refused in plan.refused],
        "order": [one.user_id for one in in_order(people)],
        "covers": covers_in(people),
    }


def _begun(plan: Plan, at: datetime) -> dict[str, object]:
    """Note the first step as tried: a write of its own would have the caller wait for it."""
    if not plan.steps:
        return {"exhausted": True}
    tried = {"tried": [{"index": 0, "at": at.isoformat()}]}
    return tried | ({"exhausted": True} if plan.steps[0].action in LAST else {})
