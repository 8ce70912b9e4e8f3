"""The tiles of the week's grid, as HTML.

They are written here and not in a template because there are hundreds of them: the template
language takes ten times as long for each. What they share is worked out once for a week (`Scene`)
or a column (`Place`). Words that come from people or from translations pass through `escape`;
classes, figures, clocks and UUIDs are ours and need not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from html import escape
from typing import Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agenda.models import Appointment
from agenda.queries import GridColumn, GridDay, GridItem
from agenda.queries.week import GridKind
from agenda.reasons import holiday_words
from desk.slots import slot_name
from desk.wording import short_day

MOST_LANES = 4
_ANY = UUID(int=0)
_CIVILITIES = frozenset({"M.", "Mme", "Me", "Dr", "Mr", "Mrs"})


class Week(Protocol):
    """What a screen says of the week that it shows."""

    @property
    def chosen(self) -> str:
        """The name of the slot that was chosen, or nothing."""

    @property
    def move_name(self) -> str:
        """The name of the address that moves an appointment; nothing where none may be moved."""

    @property
    def open_name(self) -> str:
        """The name of the address of an appointment, or nothing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What all tiles of a week share: the present, the slot chosen, attributes around a UUID."""

    now: datetime
    chosen: str
    actions: Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Place:
    """What all tiles of a column share: the calendar, and its day in words; all escaped."""

    calendar_uuid: str
    calendar: str
    short_day: str
    long_day: str


def scene_of(week: Week, now: datetime) -> Scene:
    """Work out what all tiles of a week share."""
    return Scene(now=now, chosen=week.chosen, actions=_actions(week.move_name, week.open_name))


def tiles_of(column: GridColumn, day: GridDay, scene: Scene) -> SafeString:
    """Write the tiles of a column, one to a line."""
    place = Place(
        calendar_uuid=str(column.calendar.uuid),
        calendar=escape(column.calendar.name),
        short_day=escape(short_day(day.day)),
        long_day=escape(date_format(day.day, "l j F")),
    )
    tiles = (_WRITERS[item.kind](item, place, scene) for item in column.items)
    return mark_safe("\n".join(tiles))


def wall(moment: datetime | time) -> str:
    """Write a wall-clock reading as grids do, « 9:40 », without moving it to another zone."""
    return f"{moment.hour}:{moment.minute:02}"


def lane(item: GridItem) -> str:
    """Give the class of a tile's lane; beyond four side by side they lie on each other."""
    lanes = min(item.lanes, MOST_LANES)
    return f"l{min(item.lane + 1, lanes)}of{lanes}" if lanes > 1 else ""


def tile_state(item: GridItem, now: datetime) -> str:
    """Give the class of an appointment's tile."""
    appointment = item.appointment
    assert appointment is not None
    if appointment.status == Appointment.Status.NO_SHOW:
        return "no_show"
    if item.ends_at <= now:
        return "past"
    return "urgent" if appointment.motive and appointment.motive.is_urgent else ""


def _actions(move_name: str, open_name: str) -> Callable[[UUID], str]:
    """Return what writes the addresses of an appointment; resolving each took a tenth of it all."""
    written = ""
    if move_name:
        written += f' data-move="{_address(move_name)}" aria-keyshortcuts="M"'
    if open_name:
        written += f' data-open="{_address(open_name)}"'
    return lambda uuid: written.replace(str(_ANY), str(uuid))


def _address(name: str) -> str:
    return escape(reverse(name, args=[_ANY]))


def _classes(kind: str, item: GridItem, *more: str) -> str:
    return " ".join([kind, f"s{item.start_row}", f"n{item.rows}", *filter(None, more)])


def _free(item: GridItem, place: Place, scene: Scene) -> str:
    slot, clock = slot_name(place.calendar_uuid, item.starts_at), wall(item.local_start)
    pressed = "true" if slot == scene.chosen else "false"
    words = escape(_("released") if item.is_released else _("free"))
    return (
        f'<li class="{_classes("free", item)}"><button type="button" tabindex="-1"'
        f' data-slot="{slot}" data-when="{place.short_day} {clock}" aria-pressed="{pressed}"'
        f' aria-label="{clock}, {words}, {place.long_day}, {place.calendar}">{clock}</button></li>'
    )


def _appointment(item: GridItem, place: Place, scene: Scene) -> str:
    appointment = item.appointment
    assert appointment is not None
    clock, name = wall(item.local_start), escape(appointment.shown_name)
    motive = escape(appointment.motive.name) if appointment.motive else ""
    confirmed = escape(_("confirmed")) if appointment.is_confirmed else ""
    forced = _forced(appointment.override_reason) if appointment.override_reason else ""
    parts = (clock, name, motive, confirmed, forced, place.long_day)
    label = ", ".join(part for part in parts if part)
    tick = '<span class="tick" aria-hidden="true">✓</span> ' if confirmed else ""
    told = f' title="{forced}"' if forced else ""
    mark = "forced" if forced else ""
    classes = _classes("tile", item, lane(item), tile_state(item, scene.now), mark)
    return (
        f'<li class="{classes}"><button type="button" tabindex="-1"'
        f' data-appointment="{appointment.uuid}"{scene.actions(appointment.uuid)}'
        f' aria-label="{label}"{told}><time>{clock}</time> {tick}{_shortened(name)}</button></li>'
    )


def _forced(reason: str) -> str:
    """Say, escaped, that an appointment stands against the rules, and why."""
    return escape(_("against the rules: %(reason)s") % {"reason": reason})


def _shortened(name: str) -> str:
    """Mark the civility of an escaped name: columns too narrow for both show the family's alone."""
    civility, space, family = name.partition(" ")
    if family and civility in _CIVILITIES:
        return f'<span class="civility">{civility}{space}</span>{family}'
    return name


def _hold(item: GridItem, _place: Place, _scene: Scene) -> str:
    assert item.hold is not None
    words = escape(_("%(name)s is booking") % {"name": item.hold.holder.called})
    return f'<li class="{_classes("hold", item, lane(item))}">{words}</li>'


def _emergency(item: GridItem, _place: Place, _scene: Scene) -> str:
    opening = ""
    if item.opens_at:
        words = escape(_("open to all at %(time)s") % {"time": wall(item.opens_at)})
        opening = f'<span class="visually-hidden"> {words}</span>'
    return f'<li class="{_classes("emergency", item)}">{escape(_("Emergencies"))}{opening}</li>'


def _absence(item: GridItem, _place: Place, _scene: Scene) -> str:
    words = holiday_words(item.holiday) if item.holiday else item.reason or _("Away")
    return f'<li class="{_classes("absence", item)}">{escape(words)}</li>'


def _closed(item: GridItem, _place: Place, _scene: Scene) -> str:
    return f'<li class="{_classes("off", item)}" aria-hidden="true"></li>'


_WRITERS: dict[GridKind, Callable[[GridItem, Place, Scene], str]] = {
    GridKind.FREE: _free,
    GridKind.APPOINTMENT: _appointment,
    GridKind.HOLD: _hold,
    GridKind.EMERGENCY_HELD: _emergency,
    GridKind.ABSENCE: _absence,
    GridKind.CLOSED: _closed,
}
