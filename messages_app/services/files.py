"""The call's file: drafts while the assistant works, and its end."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agenda.models import Appointment
from calls.models import Call
from clients.models import User
from clients.services.audit import record_audit
from core.live import client_group, publish
from messages_app.models import CallFile


@transaction.atomic
def open_file(*, call: Call, by: User | None, at: datetime) -> CallFile:
    """The call's file, made when it has none; opening it twice gives the same one."""
    file, is_new = CallFile.objects.get_or_create(
        call=call, defaults={"client": call.client, "opened_by": by, "opened_at": at}
    )
    if is_new:
        tell_desks(file)
    return file


@transaction.atomic
def save_draft(
    *, call: Call, face: str, fields: dict[str, Any], by: User | None, at: datetime
) -> CallFile:
    """Keep what one face of the call holds at this moment; the other faces stay as they are.

    A closed file takes no more drafts: what a late tab still sends is left out.
    """
    file = open_file(call=call, by=by, at=at)
    locked = CallFile.objects.select_for_update().get(pk=file.pk)
    if locked.state == CallFile.State.CLOSED:
        return locked
    locked.drafts = {**locked.drafts, face: fields}
    locked.drafted_at = at
    locked.save(update_fields=["drafts", "drafted_at"])
    return locked


def clear_draft(*, call: Call | None, face: str, at: datetime) -> None:
    """Forget a face's draft, now that what it held is saved; in the caller's transaction."""
    file = CallFile.objects.select_for_update().filter(call=call).first() if call else None
    if file is None:
        return
    file.drafts = {name: fields for name, fields in file.drafts.items() if name != face}
    file.drafted_at = at
    if file.state == CallFile.State.PARTIAL and not holds_something(file):
        file.state = CallFile.State.OPEN
    file.save(update_fields=["drafts", "drafted_at", "state"])
    tell_desks(file)


@transaction.atomic
def attach_appointment(
    *, call: Call, appointment: Appointment, by: User | None, at: datetime
) -> CallFile:
    """Note in the call's file that it led to this appointment."""
    file = open_file(call=call, by=by, at=at)
    file.appointments.add(appointment)
    clear_draft(call=call, face="appointment", at=at)
    tell_desks(file)
    return file


@transaction.atomic
def close_file(*, call: Call, by: User | None, at: datetime) -> CallFile:
    """End the work on a call; drafts that were left are dropped, closing twice changes nothing."""
    file = open_file(call=call, by=by, at=at)
    locked = CallFile.objects.select_for_update().get(pk=file.pk)
    if locked.state == CallFile.State.CLOSED:
        return locked
    locked.state = CallFile.State.CLOSED
    locked.drafts = {}
    locked.closed_at, locked.closed_by = at, by
    locked.save(update_fields=["state", "drafts", "closed_at", "closed_by"])
    record_audit(by=by, action="call_file.closed", target=locked, client=locked.client, at=at)
    tell_desks(locked)
    return locked


def holds_something(file: CallFile) -> bool:
    """Some face holds words that were never saved as anything."""
    return any(_is_filled(fields) for fields in file.drafts.values())


def _is_filled(fields: Any) -> bool:
    return isinstance(fields, dict) and any(
        isinstance(value, str) and value.strip() for value in fields.values()
    )


def tell_desks(file: CallFile) -> None:
    """Let open desks know, after the commit, that this call's file has changed."""
    client = file.client
    publish(
        client_group(client.uuid), "file.changed", client=str(client.uuid), call=str(file.call.uuid)
    )
