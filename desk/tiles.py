"""The tiles of the week's grid, as HTML.

They are written here and not in a template because there are hundreds of them: the template
language takes five times as long for each. What they share is worked out once for a week
(`Scene`) or a column (`Place`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agenda.models import Appointment
from agenda.queries import GridColumn, GridDay, GridItem
from agenda.queries.week import GridKind
from desk.slots import slot_name
from desk.wording import short_day

MOST_LANES = 4
_ANY = UUID(int=0)
_NOTHING = SafeString("")


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
    actions: Callable[[UUID], SafeString]


@dataclass(frozen=True, slots=True)
class Place:
    """What all tiles of a column share: the calendar, and its day in words, ready to be shown."""

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
        calendar=column.calendar.name,
        short_day=short_day(day.day),
        long_day=date_format(day.day, "l j F"),
    )
    tiles = (_WRITERS[item.kind](item, place, scene) for item in column.items)
    return format_html_join("\n", "{}", ((tile,) for tile in tiles))


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


def _actions(move_name: str, open_name: str) -> Callable[[UUID], SafeString]:
    """Return what writes the addresses of an appointment; resolving each took a tenth of it all."""
    written = ""
    if move_name:
        written += format_html(' data-move="{}" aria-keyshortcuts="M"', _address(move_name))
    if open_name:
        written += format_html(' data-open="{}"', _address(open_name))
    # Safe: made of escaped addresses, and a UUID has only figures, letters and dashes.
    return lambda uuid: mark_safe(written.replace(str(_ANY), str(uuid)))


def _address(name: str) -> str:
    return reverse(name, args=[_ANY])


def _classes(kind: str, item: GridItem, *more: str) -> SafeString:
    # Safe: names of classes are ours.
    return mark_safe(" ".join([kind, f"s{item.start_row}", f"n{item.rows}", *filter(None, more)]))


def _free(item: GridItem, place: Place, scene: Scene) -> SafeString:
    slot, clock = slot_name(place.calendar_uuid, item.starts_at), wall(item.local_start)
    return format_html(
        '<li class="{}"><button type="button" tabindex="-1" data-slot="{}" data-when="{} {}"'
        ' aria-pressed="{}" aria-label="{}, {}, {}, {}">{}</button></li>',
        _classes("free", item),
        slot,
        place.short_day,
        clock,
        "true" if slot == scene.chosen else "false",
        clock,
        _("released") if item.is_released else _("free"),
        place.long_day,
        place.calendar,
        clock,
    )


def _appointment(item: GridItem, place: Place, scene: Scene) -> SafeString:
    appointment = item.appointment
    assert appointment is not None
    clock, name = wall(item.local_start), appointment.shown_name
    motive = appointment.motive.name if appointment.motive else ""
    return format_html(
        '<li class="{}"><button type="button" tabindex="-1" data-appointment="{}"{}'
        ' aria-label="{}"><time>{}</time> {}</button></li>',
        _classes("tile", item, lane(item), tile_state(item, scene.now)),
        appointment.uuid,
        scene.actions(appointment.uuid),
        ", ".join(part for part in (clock, name, motive, place.long_day) if part),
        clock,
        name,
    )


def _hold(item: GridItem, _place: Place, _scene: Scene) -> SafeString:
    assert item.hold is not None
    words = _("kept by %(name)s") % {"name": item.hold.holder.called}
    return format_html('<li class="{}">{}</li>', _classes("hold", item, lane(item)), words)


def _emergency(item: GridItem, _place: Place, _scene: Scene) -> SafeString:
    opening = _NOTHING
    if item.opens_at:
        words = _("open to all at %(time)s") % {"time": wall(item.opens_at)}
        opening = format_html('<span class="visually-hidden"> {}</span>', words)
    classes = _classes("emergency", item)
    return format_html('<li class="{}">{}{}</li>', classes, _("Emergencies"), opening)


def _absence(item: GridItem, _place: Place, _scene: Scene) -> SafeString:
    words = item.reason or _("Away")
    return format_html('<li class="{}">{}</li>', _classes("absence", item), words)


def _closed(item: GridItem, _place: Place, _scene: Scene) -> SafeString:
    return format_html('<li class="{}" aria-hidden="true"></li>', _classes("off", item))


_WRITERS: dict[GridKind, Callable[[GridItem, Place, Scene], SafeString]] = {
    GridKind.FREE: _free,
    GridKind.APPOINTMENT: _appointment,
    GridKind.HOLD: _hold,
    GridKind.EMERGENCY_HELD: _emergency,
    GridKind.ABSENCE: _absence,
    GridKind.CLOSED: _closed,
}
