"""Keeps who did what, and who looked at what."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, models

from clients.models import AuditEntry, Client, User

logger = logging.getLogger(__name__)


def record_audit(
    *,
    by: User | None,
    action: str,
    target: models.Model,
    at: datetime,
    client: Client | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one audit row in the current transaction.

    `by` is None where the product itself acted. The target is named by label and UUID, so that the
    row outlives it; `detail` holds ids and codes, not people's names or words.
    """
    return AuditEntry.objects.create(
        at=at,
        by=by,
        client=client,
        action=action,
        target_label=target._meta.label,
        target_uuid=getattr(target, "uuid", None),
        detail=detail or {},
    )


def record_access(
    *,
    by: User | None,
    targets: Sequence[models.Model | None],
    client: Client,
    at: datetime,
    how: str = "opened",
) -> None:
    """Keep that a person looked at files: once per person, object and hour, in one statement.

    Called once the page is made, outside any transaction. What can't be kept is logged: who talks
    with a caller must see the file even where the audit can't be written.
    """
    looks = [_look(by, target, client, at, how) for target in targets if target is not None]
    try:
        AuditEntry.objects.bulk_create(looks, ignore_conflicts=True)
    except DatabaseError:
        names = [f"{look.action} {look.target_uuid}" for look in looks]
        logger.exception("an access can't be kept: %s by %s", names, by and by.uuid)


def _look(
    by: User | None, target: models.Model, client: Client, at: datetime, how: str
) -> AuditEntry:
    return AuditEntry(
        at=at,
        hour=at.replace(minute=0, second=0, microsecond=0),
        by=by,
        client=client,
        action=f"{target._meta.model_name}.{how}",
        target_label=target._meta.label,
        target_uuid=getattr(target, "uuid", None),
    )
