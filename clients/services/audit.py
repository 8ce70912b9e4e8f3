"""Keeps who did what."""

from datetime import datetime
from typing import Any

from django.db import models

from clients.models import AuditEntry, Client, User


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
