"""The database's last word: no two active appointments of a calendar overlap.

Appointments that carry an `override_reason` are deliberate double bookings and left out. On
PostgreSQL an exclusion constraint, made by a migration; ranges of whole numbers stand in for
equality of calendars, so that no extension has to be installed. On SQLite two triggers.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "agenda_appointment"
CONSTRAINT = "appointments_do_not_overlap"
# What the triggers say; `agenda.services.refusals` recognises it.
OVERLAP_TEXT = "appointments do not overlap"

_ACTIVE = "{row}status <> 'cancelled' AND {row}override_reason = ''"

# Blocks last a day at most (a check of the table), so only the day before can reach in: with
# this bound the index on calendar and start is enough, however long the history.
_OVERLAPPING = f"""
    SELECT 1 FROM {TABLE} AS other
    WHERE other.calendar_id = NEW.calendar_id
      AND other.id <> NEW.id
      AND other.block_starts_at < NEW.block_ends_at
      AND other.block_starts_at > datetime(NEW.block_starts_at, '-1 day', '-1 second')
      AND other.block_ends_at > NEW.block_starts_at
      AND {_ACTIVE.format(row="other.")}
"""

_TRIGGER = f"""
CREATE TRIGGER {CONSTRAINT}_on_{{event}} {{moment}} ON {TABLE}
WHEN {_ACTIVE.format(row="NEW.")} AND EXISTS ({_OVERLAPPING})
BEGIN
    SELECT RAISE(ABORT, '{OVERLAP_TEXT}');
END
"""

_GUARDED = "calendar_id, block_starts_at, block_ends_at, status, override_reason"
_MOMENTS = {"insert": "AFTER INSERT", "update": f"AFTER UPDATE OF {_GUARDED}"}

_EXCLUSION = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {CONSTRAINT} EXCLUDE USING gist (
    int8range(calendar_id, calendar_id, '[]') WITH &&,
    tstzrange(block_starts_at, block_ends_at, '[)') WITH &&
) WHERE ({_ACTIVE.format(row="")})
"""
_ONE_DAY_AT_MOST = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {CONSTRAINT}_length
CHECK (block_ends_at <= block_starts_at + interval '24 hours')
"""
_TOO_LONG_TRIGGER = f"""
CREATE TRIGGER {CONSTRAINT}_length_on_{{event}} {{moment}} ON {TABLE}
WHEN julianday(NEW.block_ends_at) - julianday(NEW.block_starts_at) > 1.0001
BEGIN
    SELECT RAISE(ABORT, 'appointments last a day at most');
END
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Guard the table on this database."""
    if connection.vendor == "postgresql":
        _execute(connection, _EXCLUSION, _ONE_DAY_AT_MOST)
    else:
        install_triggers(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guard away."""
    if connection.vendor == "postgresql":
        drop = f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {CONSTRAINT}"
        _execute(connection, drop, f"{drop}_length")
    else:
        _execute(connection, *_drops())


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Put SQLite's triggers in place, anew when they exist already."""
    triggers = (
        trigger.format(event=event, moment=moment)
        for trigger in (_TRIGGER, _TOO_LONG_TRIGGER)
        for event, moment in _MOMENTS.items()
    )
    _execute(connection, *_drops(), *triggers)


def _drops() -> list[str]:
    names = (CONSTRAINT, f"{CONSTRAINT}_length")
    return [f"DROP TRIGGER IF EXISTS {name}_on_{event}" for name in names for event in _MOMENTS]


def _execute(connection: BaseDatabaseWrapper, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
