"""Keeps a trace of what was turned away, and no more than a page of it an hour."""

import re
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.db import transaction
from django.db.models import F

from calls.models import WebhookRefusal

# Strangers choose their addresses; what comes on top in the same hour is counted in one row.
MOST_AN_HOUR = 200
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@transaction.atomic
def record_refusal(
    *, reason: str, path: str, at: datetime, called: str, caller: str, address: str | None
) -> WebhookRefusal:
    """Count a refused request among those of its reason, door, address and hour; the first adds it.

    What strangers may send is cut to the column's length; the row shows the latest numbers. Each
    unknown line is counted by itself: the operator alone tells of those.
    """
    door, origin = _IDENTIFIER.sub("…", path)[:300], _origin(address)
    line = called if reason == WebhookRefusal.Reason.UNKNOWN_LINE else ""
    hour = at.replace(minute=0, second=0, microsecond=0)
    latest = {"last_at": at, "called": called[:60], "caller": caller[:60]}
    known = _count(_key(reason, door, origin, line, hour), latest)
    if known is not None:
        return known
    if WebhookRefusal.objects.filter(at__gte=hour).count() >= MOST_AN_HOUR:
        door, origin, line = "", None, ""
    key = _key(reason, door, origin, line, hour)
    kept, is_new = WebhookRefusal.objects.get_or_create(
        key=key,
        defaults={"reason": reason, "path": door, "address": origin, "at": at, **latest},
    )
    return kept if is_new else _count(key, latest) or kept


def _count(key: UUID, latest: dict[str, object]) -> WebhookRefusal | None:
    rows = WebhookRefusal.objects.filter(key=key)
    return rows.get() if rows.update(times=F("times") + 1, **latest) else None


def _origin(address: str | None) -> str | None:
    """The address; of a version 6 one the network, all of which is one subscriber's."""
    if not address:
        return None
    if ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address.partition('%')[0]}/64", strict=False).network_address)


def _key(reason: str, door: str, origin: str | None, line: str, hour: datetime) -> UUID:
    parts = (reason, door, origin or "", line, hour.isoformat())
    return UUID(bytes=sha256("\n".join(parts).encode()).digest()[:16])
