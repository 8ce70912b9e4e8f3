"""Changes the kinds of appointment that a client takes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from agenda.models import Calendar, Motive
from agenda.queries.directives import DIRECTIVES
from agenda.services.locking import locked
from agenda.services.telling import publish_days
from clients.models import Client, User
from clients.services.audit import record_audit


@dataclass(frozen=True)
class SaidMotive:
    """What is said of a kind of appointment; lengths are minutes, a horizon days."""

    name: str
    minutes: int
    minutes_before: int = 0
    minutes_after: int = 0
    is_urgent: bool = False
    notice_minutes: int = 0
    horizon_days: int | None = None
    most_per_day: int | None = None
    patients: str = Motive.For.ANY
    question: str = ""
    advice: str = ""


def add_motive(
    *,
    client: Client,
    said: SaidMotive,
    by: User | None,
    at: datetime,
    calendar: Calendar | None = None,
) -> Motive:
    """Take a further kind of appointment, last in the order."""
    with _changing(client):
        position = Motive.objects.filter(client=client).count()
        motive = Motive.objects.create(
            client=client, calendar=calendar, position=position, **asdict(said)
        )
        _note("added", motive, {"after": _kept(motive)}, by, at)
    return motive


def change_motive(*, motive: Motive, said: SaidMotive, by: User | None, at: datetime) -> Motive:
    """Say otherwise of a kind of appointment, from now on; what is booked stays as it is."""
    with _changing(motive.client):
        fresh = Motive.objects.select_related("client", "calendar").get(pk=motive.pk)
        before = _kept(fresh)
        for name, value in asdict(said).items():
            setattr(fresh, name, value)
        after = _kept(fresh)
        if before != after:
            fresh.save(update_fields=list(after))
            _note("changed", fresh, _differences(before, after), by, at)
    return fresh


def archive_motive(*, motive: Motive, by: User | None, at: datetime) -> Motive:
    """Take no more of a kind of appointment; a second time changes nothing."""
    return _put_away(motive, at, "archived", by, at)


def restore_motive(*, motive: Motive, by: User | None, at: datetime) -> Motive:
    """Take a kind of appointment again."""
    return _put_away(motive, None, "restored", by, at)


def order_motives(
    *, client: Client, motives: Sequence[Motive], by: User | None, at: datetime
) -> None:
    """Show the kinds of appointment in this order; those not named come after, as they were."""
    with _changing(client):
        rows = list(Motive.objects.filter(client=client).order_by("position", "pk"))
        wanted = {motive.pk: nth for nth, motive in enumerate(motives)}
        ordered = sorted(rows, key=lambda row: wanted.get(row.pk, len(wanted)))
        for nth, row in enumerate(ordered):
            row.position = nth
        Motive.objects.bulk_update(ordered, ["position"])
        detail = {"order": [str(row.uuid) for row in ordered]}
        _tell("ordered", client, client, detail, by, at)


def _put_away(
    motive: Motive, archived_at: datetime | None, action: str, by: User | None, at: datetime
) -> Motive:
    with _changing(motive.client):
        fresh = Motive.objects.select_related("client", "calendar").get(pk=motive.pk)
        if bool(fresh.archived_at) is not bool(archived_at):
            fresh.archived_at = archived_at
            fresh.save(update_fields=["archived_at"])
            _note(action, fresh, {}, by, at)
    return fresh


@contextmanager
def _changing(client: Client) -> Iterator[None]:
    """Open a transaction in which nobody books in the client's calendars."""
    with locked(*Calendar.objects.filter(client=client).values_list("pk", flat=True)):
        yield


def _kept(motive: Motive) -> dict[str, Any]:
    return {name: getattr(motive, name) for name in SaidMotive.__dataclass_fields__}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = [name for name in after if before[name] != after[name]]
    return {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}


def _note(
    action: str, motive: Motive, detail: dict[str, Any], by: User | None, at: datetime
) -> None:
    _tell(action, motive.client, motive, detail | {"name": motive.name}, by, at)


def _tell(
    action: str,
    client: Client,
    target: Client | Motive,
    detail: dict[str, Any],
    by: User | None,
    at: datetime,
) -> None:
    action = f"{DIRECTIVES}motive.{action}"
    record_audit(by=by, action=action, target=target, client=client, at=at, detail=detail)
    for calendar in Calendar.objects.select_related("client").filter(client=client):
        publish_days(calendar, [])
