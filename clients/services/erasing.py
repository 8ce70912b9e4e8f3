"""Takes a person out of her file and leaves the file's links."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clients.models import AuditEntry, Correspondent, CorrespondentNumber

# Lists show it where a name stood.
NAMELESS = "—"


@transaction.atomic
def erase_correspondents(*, people: QuerySet[Correspondent], because: str, at: datetime) -> None:
    """Blank all that tells who these people are; their calls, visits and messages stay theirs.

    `because` is a code, kept in the audit beside each file's UUID.
    """
    known = list(people.select_for_update(of=("self",)).only("pk", "uuid", "client_id"))
    keys = [one.pk for one in known]
    CorrespondentNumber.objects.filter(correspondent__in=keys).delete()
    Correspondent.objects.filter(pk__in=keys).update(**_nobody(), erased_at=at)
    AuditEntry.objects.bulk_create(_erasure(one, because, at) for one in known)


def _nobody() -> dict[str, Any]:
    fields = [Correspondent._meta.get_field(name) for name in Correspondent.personal]
    blank: dict[str, Any] = {field.name: None if field.null else "" for field in fields}
    return blank | {"last_name": NAMELESS}


def _erasure(person: Correspondent, because: str, at: datetime) -> AuditEntry:
    return AuditEntry(
        at=at,
        client_id=person.client_id,
        action="correspondent.erased",
        target_label=person._meta.label,
        target_uuid=person.uuid,
        detail={"because": because},
    )
