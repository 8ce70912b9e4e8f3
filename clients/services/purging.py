"""Forgets the audit once its periods are over."""

from datetime import datetime

from clients.models import AuditEntry
from core.purging import in_batches


def purge_audit(*, at: datetime) -> int:
    """Delete old looks at files, and acts older than what they tell may be kept; how many rows."""
    entries = AuditEntry.objects.order_by()
    looks = entries.accesses().filter(at__lt=at - AuditEntry.ACCESS_KEPT)
    acts = entries.acts().filter(at__lt=at - AuditEntry.personal["detail"].keep)
    return sum(in_batches(old, lambda rows: rows.delete()) for old in (looks, acts))
