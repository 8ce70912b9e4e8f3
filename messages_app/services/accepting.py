"""Writes down that a gateway has taken a text: what happens to nearly every one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, UUIDField

from messages_app.models import Delivery

# By hand: building it in the ORM was measured to cost as much as the database takes for it.
ACCEPT = """
    UPDATE messages_app_delivery
    SET state = 'accepted', lease_until = NULL, provider_id = %(provider_id)s,
        accepted_at = %(at)s, needs_human = %(no)s, error_code = '', error = ''
    WHERE id = %(id)s AND claim = %(claim)s AND state IN ('sending', 'uncertain')
"""
# PostgreSQL reads the setting when it commits; so said, it holds for this one statement.
UNHURRIED = " AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'"


def write_acceptance(
    *, delivery: Delivery, provider_id: str, at: datetime, may_be_forgotten: bool
) -> bool:
    """Enter the state accepted, by the holder of the claim; False when the row has gone on.

    `may_be_forgotten`: the commit does not wait for the disk. A power cut in the next moment then
    leaves the claimed row, whose gateway is asked once the lease is over; nothing is sent twice.
    The claim itself always waits.
    """
    values = {
        "id": delivery.pk,
        "claim": UUIDField().get_db_prep_value(delivery.claim, connection),
        "at": DateTimeField().get_db_prep_value(at, connection),
        "provider_id": provider_id,
        "no": False,
    }
    is_alone = may_be_forgotten and not connection.in_atomic_block
    return _unhurried(values) if is_alone else _changes_one(ACCEPT, values)


def _unhurried(values: dict[str, Any]) -> bool:
    if connection.vendor == "postgresql":
        return _changes_one(ACCEPT + UNHURRIED, values)
    with _sqlite_unhurried():
        return _changes_one(ACCEPT, values)


@contextmanager
def _sqlite_unhurried() -> Iterator[None]:
    """In WAL mode the log then reaches the disk with the next commit that waits."""
    with connection.cursor() as cursor:
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous={level:d}")


def _changes_one(statement: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)
