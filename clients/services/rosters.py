"""Who is on call for a client, and when: turns are added, changed and taken away."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models, transaction

from clients.models import AuditEntry, Client, OnCallPerson, OnCallShift, User
from clients.rules.rosters import ShiftFault, WishedShift, faults_of_shift
from clients.services.audit import record_audit
from core.live import client_group, publish
from core.phones import parse_number


class ShiftRefused(ValueError):
    """A turn can't be as it is wanted; `faults` names all that is wrong."""

    def __init__(self, faults: list[ShiftFault]) -> None:
        super().__init__(", ".join(fault.value for fault in faults))
        self.faults = faults


class PersonOfAnother(ValueError):
    """Whoever takes a client's turns is one of that client's people."""


class NoSuchNumber(ValueError):
    """Somebody on call needs a number that can be rung."""


class StillOnCall(ValueError):
    """Somebody has turns in the roster: they are taken away, or given to others, first."""


class RosterChanged(RuntimeError):
    """Somebody else has changed what is asked for since it was looked at; nothing was changed."""


class TurnGone(RuntimeError):
    """Somebody else has taken this turn away; nothing was changed."""


@dataclass(frozen=True)
class NewPerson:
    """Somebody who takes a turn for the first time."""

    name: str
    number: str


Who = OnCallPerson | NewPerson


def last_change(of: Client | OnCallShift | OnCallPerson) -> int:
    """Number the last change of a whole roster, or of one turn or person of it; 0: none yet."""
    rows = AuditEntry.objects.filter(action__startswith="roster.")
    rows = rows.filter(client=of) if isinstance(of, Client) else rows.filter(target_uuid=of.uuid)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def add_on_call_person(
    *, client: Client, name: str, number: str, by: User | None, at: datetime
) -> OnCallPerson:
    """Add somebody who may take turns on call; raises NoSuchNumber."""
    person = OnCallPerson.objects.create(
        client=client, name=name.strip(), number=_read(number, client)
    )
    _tell("roster.person_added", person, client, by, at)
    return person


@transaction.atomic
def change_on_call_person(
    *,
    person: OnCallPerson,
    name: str,
    number: str,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> OnCallPerson:
    """Give somebody another name or number, in all turns at once.

    `seen` is the last change that whoever asks has seen. Raises NoSuchNumber and RosterChanged.
    """
    _locked(person.client)
    _expect(person, seen)
    found = OnCallPerson.objects.filter(pk=person.pk)
    found.update(name=name.strip(), number=_read(number, person.client))
    _tell("roster.person_changed", person, person.client, by, at)
    return found.get()


@transaction.atomic
def remove_on_call_person(*, person: OnCallPerson, by: User | None, at: datetime) -> None:
    """Forget somebody who has no turn any more; raises StillOnCall."""
    client = _locked(person.client)
    if person.shifts.exists():
        raise StillOnCall
    _tell("roster.person_removed", person, client, by, at)
    OnCallPerson.objects.filter(pk=person.pk).delete()


@transaction.atomic
def add_shift(
    *,
    client: Client,
    who: Who,
    wished: WishedShift,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> OnCallShift:
    """Put somebody, known or new, on call for a turn, once or every so many weeks.

    `seen` is the roster's last change that whoever asks has seen. Raises ShiftRefused,
    NoSuchNumber and RosterChanged, and then nobody new is kept.
    """
    client = _locked(client)
    _expect(client, seen)
    _check(wished, client, at)
    person = _person(who, client, by, at)
    shift = OnCallShift.objects.create(client=client, person=person, **asdict(wished))
    _tell("roster.shift_added", shift, client, by, at)
    return shift


@transaction.atomic
def change_shift(
    *,
    shift: OnCallShift,
    who: Who,
    wished: WishedShift,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> OnCallShift:
    """Have a turn be at another time, or somebody else's.

    `seen` is the turn's last change that whoever asks has seen. Raises ShiftRefused, NoSuchNumber,
    RosterChanged and TurnGone.
    """
    client = _locked(shift.client)
    if not OnCallShift.objects.filter(pk=shift.pk).exists():
        raise TurnGone
    _expect(shift, seen)
    _check(wished, client, at)
    shift.person = _person(who, client, by, at)
    for name, value in asdict(wished).items():
        setattr(shift, name, value)
    shift.save()
    _tell("roster.shift_changed", shift, client, by, at)
    return shift


@transaction.atomic
def remove_shift(
    *, shift: OnCallShift, by: User | None, at: datetime, seen: int | None = None
) -> None:
    """Take a turn away; one that is gone already stays gone.

    `seen` is the roster's last change that whoever asks has seen. Raises RosterChanged where the
    turn has changed since.
    """
    client = _locked(shift.client)
    found = OnCallShift.objects.filter(pk=shift.pk).first()
    if found is not None:
        if seen is not None and last_change(found) > seen:
            raise RosterChanged
        _tell("roster.shift_removed", found, client, by, at)
        found.delete()


def _person(who: Who, client: Client, by: User | None, at: datetime) -> OnCallPerson:
    if isinstance(who, NewPerson):
        return add_on_call_person(client=client, name=who.name, number=who.number, by=by, at=at)
    if who.client_id != client.pk:
        raise PersonOfAnother
    return who


def _expect(of: Client | OnCallShift | OnCallPerson, seen: int | None) -> None:
    """Refuse what was asked of something that has changed since; its roster's client is locked."""
    if seen is not None and seen != last_change(of):
        raise RosterChanged


def _check(wished: WishedShift, client: Client, at: datetime) -> None:
    wall = at.astimezone(ZoneInfo(client.timezone)).replace(tzinfo=None)
    faults = faults_of_shift(wished, wall)
    if faults:
        raise ShiftRefused(faults)


def _read(number: str, client: Client) -> str:
    read = parse_number(number, client.bureau.region)
    if read is None:
        raise NoSuchNumber
    return read


def _locked(client: Client) -> Client:
    locked = Client.objects.select_for_update(of=("self",)).select_related("bureau")
    return locked.get(pk=client.pk)


def _tell(action: str, target: models.Model, client: Client, by: User | None, at: datetime) -> None:
    """Keep who did it, and have the open pages of the client's lines look again."""
    record_audit(by=by, action=action, target=target, client=client, at=at)
    publish(client_group(client.uuid), "roster.changed", client=str(client.uuid))
