"""Notes a message for a client, with everything that it sets off, in one transaction."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from calls.models import Call
from clients.models import Client, Correspondent, User
from clients.services.audit import record_audit
from core.facts import emit
from core.phones import parse_number
from messages_app.facts import MessageNoted
from messages_app.models import Message
from messages_app.queries.filters import decide_for
from messages_app.rules.fields import MessageFields
from messages_app.rules.filtering import Decision
from messages_app.services.exceptions import (
    ImpossibleNumber,
    NothingNoted,
    NotUnfinished,
    NotYours,
)
from messages_app.services.files import clear_draft
from messages_app.services.relaying import open_relays, recipients_of, tell_screens


@transaction.atomic
def note_message(
    *,
    client: Client,
    fields: MessageFields,
    by: User | None,
    at: datetime,
    call: Call | None = None,
    correspondent: Correspondent | None = None,
) -> Message:
    """Save a message, its relays and its deliveries together: all of them or none.

    A message that the call's hang-up had kept unfinished becomes this one. Raises MessageRefused:
    NothingNoted, ImpossibleNumber, NoRecipient, NotYours.
    """
    if call is not None and call.client_id != client.pk:
        raise NotYours
    unfinished = Message.objects.select_for_update().filter(
        call=call, call__isnull=False, state=Message.State.PARTIAL
    )
    message = unfinished.first() or Message(client=client, call=call, noted_at=at)
    message.correspondent = correspondent or message.correspondent
    return _relay(message, fields, by=by, at=at, action="message.noted")


@transaction.atomic
def complete_partial(
    *, message: Message, fields: MessageFields, by: User | None, at: datetime
) -> Message:
    """Finish what a hang-up had cut short, and relay it.

    NotUnfinished when somebody else has completed it meanwhile.
    """
    waiting = Message.objects.select_for_update().filter(state=Message.State.PARTIAL)
    locked = waiting.filter(pk=message.pk).first()
    if locked is None:
        raise NotUnfinished
    return _relay(locked, fields, by=by, at=at, action="message.completed")


@transaction.atomic
def correct_message(
    *, message: Message, fields: MessageFields, by: User | None, at: datetime
) -> Message:
    """Note a follow-up that corrects a message already ready; the first wording stays as it was."""
    follow_up = Message(
        client=message.client,
        call=message.call,
        correspondent=message.correspondent,
        follows=message,
        noted_at=at,
    )
    return _relay(follow_up, fields, by=by, at=at, action="message.corrected")


def _relay(
    message: Message, fields: MessageFields, *, by: User | None, at: datetime, action: str
) -> Message:
    if not fields.says_something:
        raise NothingNoted
    write_fields(message, fields)
    decision = decide_for(message.client, fields, message.correspondent)
    members = recipients_of(message, decision)
    _lock(message, decision, by=by, at=at)
    open_relays(message=message, decision=decision, members=members, at=at)
    clear_draft(call=message.call, face="message", at=at)
    record_audit(by=by, action=action, target=message, client=message.client, at=at)
    emit(MessageNoted(message.pk, message.uuid, message.client.uuid))
    tell_screens(message)
    return message


def write_fields(message: Message, fields: MessageFields) -> None:
    """Set the words of a message that is not locked, its number in E.164."""
    values = asdict(fields)
    values["callback_number"] = to_e164(message.client, fields.callback_number)
    for name, value in values.items():
        setattr(message, name, value)


def to_e164(client: Client, written: str) -> str:
    """The number as it is stored; ImpossibleNumber for what no telephone can have."""
    if not written:
        return ""
    number = parse_number(written, client.bureau.region)
    if number is None:
        raise ImpossibleNumber
    return number


def _lock(message: Message, decision: Decision, *, by: User | None, at: datetime) -> None:
    message.state = Message.State.READY
    message.noted_by = by or message.noted_by
    message.locked_at = at
    message.outcome = decision.outcome.value
    message.filter_rule_id = decision.rule_id
    message.because = [asdict(reason) for reason in decision.because]
    message.save()
