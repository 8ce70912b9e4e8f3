"""Keeps what a hang-up cut short."""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from calls.facts import CallEnded
from clients.services.audit import record_audit
from core.phones import parse_number
from messages_app.models import CallFile, Message
from messages_app.models.filtering import Category
from messages_app.rules.fields import MessageFields, from_draft
from messages_app.services.files import holds_something, tell_desks
from messages_app.services.relaying import tell_screens

FACE = "message"


def keep_partial(fact: CallEnded) -> None:
    """When a call ends with an unsaved draft, keep its file, and its message if one was begun.

    Hearing it twice keeps one. Runs in the transaction that ends the call.
    """
    keep_unfinished(call_id=fact.call_id, at=timezone.now())


@transaction.atomic(savepoint=False)
def keep_unfinished(*, call_id: int, at: datetime) -> CallFile | None:
    """Mark the call's file as unfinished when it holds drafts; None when there is nothing to keep.

    The draft itself stays, so that whoever is still typing goes on where she is.
    """
    open_files = CallFile.objects.select_for_update().filter(state=CallFile.State.OPEN)
    file = open_files.filter(call_id=call_id).first()
    if file is None or not holds_something(file):
        return None
    file.state = CallFile.State.PARTIAL
    file.save(update_fields=["state"])
    _keep_message(file, at)
    tell_desks(file)
    return file


def _keep_message(file: CallFile, at: datetime) -> None:
    fields = from_draft(file.drafts.get(FACE, {}))
    if not fields.says_something:
        return
    message, is_new = Message.objects.get_or_create(
        call_id=file.call_id,
        state=Message.State.PARTIAL,
        defaults=_values(file, fields) | {"noted_at": at},
    )
    if is_new:
        record_audit(
            by=None, action="message.kept_unfinished", target=message, client=file.client, at=at
        )
    tell_screens(message)


def _values(file: CallFile, fields: MessageFields) -> dict[str, object]:
    """The draft as far as it goes: a half-typed number stays in the draft only.

    A draft was never checked, and it must not keep the call from ending: what is longer than its
    column is cut here, and whole in the draft.
    """
    number = parse_number(fields.callback_number, file.client.bureau.region) or ""
    category = fields.category if fields.category in Category.values else ""
    whole = replace(fields, callback_number=number, category=category)
    return {name: _cut(name, value) for name, value in asdict(whole).items()} | {
        "client": file.client,
        "correspondent": file.call.correspondent,
        "noted_by": file.opened_by,
    }


def _cut(name: str, value: object) -> object:
    longest: int | None = getattr(Message._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) else value
