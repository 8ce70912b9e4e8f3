"""A series of appointments in words: what is proposed, and what was booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agenda.models import Appointment, Calendar
from agenda.queries.series import visits_of_series
from agenda.reasons import sentence
from agenda.rules import Slot
from agenda.rules.series import Sitting
from desk.slots import slot_name
from desk.wording import short_moment


@dataclass(frozen=True)
class PlaceChoice:
    """A moment that one visit of a series may have."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class SittingRow:
    """One visit of a series that is proposed: what was wished, what stands in its way."""

    wished: str
    why: str
    choices: Sequence[PlaceChoice]
    refused: str = ""

    @property
    def is_as_wished(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class SeriesVisit:
    """One visit of a series that was booked."""

    when: str
    state: str
    is_active: bool
    is_this: bool


@dataclass(frozen=True)
class SeriesShown:
    """The series that an appointment belongs to."""

    number: int
    count: int
    from_day: date
    visits: Sequence[SeriesVisit]
    left: int  # still to come, this one included


def rows_of(
    sittings: Sequence[Sitting], calendar: Calendar, refused: Mapping[int, str], chosen: list[str]
) -> list[SittingRow]:
    """Word a proposal; `chosen` are the places that somebody has adjusted, one a visit."""
    return [
        SittingRow(
            wished=short_moment(one.wished, calendar.zone),
            why=sentence(one.refusals[0], calendar.zone) if one.refusals else "",
            choices=_choices(one, calendar, chosen[nth] if nth < len(chosen) else None),
            refused=refused.get(nth, ""),
        )
        for nth, one in enumerate(sittings)
    ]


def _choices(sitting: Sitting, calendar: Calendar, chosen: str | None) -> list[PlaceChoice]:
    offered: list[Slot] = sorted([*([sitting.slot] if sitting.slot else []), *sitting.others])
    proposed = _name(sitting.slot, calendar) if sitting.slot else ""
    kept = proposed if chosen is None else chosen
    return [
        PlaceChoice(name, short_moment(slot.starts_at, calendar.zone), name == kept)
        for slot in offered
        for name in [_name(slot, calendar)]
    ]


def _name(slot: Slot, calendar: Calendar) -> str:
    return slot_name(str(calendar.uuid), slot.starts_at)


def series_of(appointment: Appointment, now: datetime) -> SeriesShown | None:
    """Give the series that an appointment belongs to, None where it stands alone."""
    if appointment.series is None:
        return None
    visits = list(visits_of_series(appointment.series))
    return SeriesShown(
        number=[one.pk for one in visits].index(appointment.pk) + 1,
        count=len(visits),
        from_day=appointment.local_day,
        visits=[_visit(one, appointment) for one in visits],
        left=sum(one.is_active and one.starts_at > now for one in visits),
    )


def _visit(one: Appointment, shown: Appointment) -> SeriesVisit:
    booked = one.status == Appointment.Status.BOOKED
    return SeriesVisit(
        when=short_moment(one.starts_at, one.zone),
        state="" if booked else str(one.get_status_display()),
        is_active=one.is_active,
        is_this=one.pk == shown.pk,
    )
