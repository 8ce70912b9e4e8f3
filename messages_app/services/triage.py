"""Keeps how an emergency was judged."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.models import Call
from clients.models import TriageGuide, User
from clients.services.audit import record_audit
from core.phones import parse_number
from messages_app.models import TriageRecord
from messages_app.services.files import clear_draft, open_file, tell_desks


@transaction.atomic
def record_triage(
    *,
    call: Call,
    guide: TriageGuide | None,
    ticked: Collection[UUID],
    number: str,
    address: str,
    outcome: str,
    by: User | None,
    at: datetime,
) -> TriageRecord:
    """Keep the guide's wording as it was shown, the signs ticked, and what was done.

    `number` and `address` have no default: they are always asked, and blank says that the caller
    did not answer.
    """
    file = open_file(call=call, by=by, at=at)
    record = TriageRecord.objects.create(
        client=call.client,
        call_file=file,
        guide=guide,
        shown=_shown(guide, ticked),
        number=parse_number(number, call.client.bureau.region) or "",
        address=address.strip(),
        outcome=TriageRecord.Outcome(outcome),
        at=at,
        by=by,
    )
    clear_draft(call=call, face="emergency", at=at)
    record_audit(by=by, action="triage.recorded", target=record, client=call.client, at=at)
    tell_desks(file)
    return record


def _shown(guide: TriageGuide | None, ticked: Collection[UUID]) -> dict[str, object]:
    if guide is None:
        return {}
    signs = [
        {
            "uuid": str(sign.uuid),
            "text": sign.text,
            "action": sign.action,
            "ticked": sign.uuid in ticked,
        }
        for sign in guide.signs.order_by("position", "pk")
    ]
    return {"opening": guide.opening, "doubt": guide.doubt, "signs": signs}
