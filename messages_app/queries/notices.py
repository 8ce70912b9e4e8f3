"""What a practice wishes to be sent about appointments, to whom, and what was decided."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet

from agenda.models import Appointment, AppointmentChange, Calendar
from clients.models import Client, Correspondent
from core.holidays import Region, public_holidays
from core.phones import may_be_mobile
from core.wall_clock import instant_of
from messages_app.models import AppointmentNotice, Delivery, NoticeSettings, StoppedAddress
from messages_app.rules.notice_times import DAY, Hours, last_day_due
from messages_app.rules.notices import Answer, Kind, NotSentBecause, Reach, Way, addresses_for

# Who calls in a profession's name is not the person to write to about an appointment.
IN_AN_OFFICE = frozenset({Correspondent.Kind.COLLEAGUE, Correspondent.Kind.BODY})
# Twilio: the person has answered STOP to this sender.
OPTED_OUT = "21610"


def notice_settings(calendar: Calendar) -> NoticeSettings:
    """The calendar's own settings, else its client's, else nothing is sent (not saved)."""
    rows = NoticeSettings.objects.filter(
        Q(calendar=calendar) | Q(client=calendar.client_id, calendar=None)
    )
    found = {row.calendar_id: row for row in rows.order_by("pk")}
    row = found.get(calendar.pk) or found.get(None)
    return row or NoticeSettings(client_id=calendar.client_id)


def client_settings(client: Client) -> NoticeSettings:
    """What holds for all calendars of a client that have no settings of their own."""
    found = NoticeSettings.objects.filter(client=client, calendar=None).first()
    return found or NoticeSettings(client=client)


def hours_of(settings: NoticeSettings, calendar: Calendar) -> Hours:
    """The hours at which this calendar's people may be written to."""
    region = Region(calendar.holidays_region or Region.METROPOLE)
    return Hours(settings.window, calendar.zone, lambda day: _is_holiday(day, region))


def _is_holiday(day: date, region: Region) -> bool:
    return bool(public_holidays(region, day, day + DAY))


def told_change(appointment: Appointment) -> AppointmentChange | None:
    """The booking or the move that gave the appointment its present moment or practitioner."""
    kinds = (AppointmentChange.Kind.BOOKED, AppointmentChange.Kind.MOVED)
    changes = appointment.changes.filter(kind__in=kinds).order_by("-pk")
    return next((change for change in changes if moves(change)), None)


def moves(change: AppointmentChange) -> bool:
    """Whether a change is about the moment or the practitioner, and not only the motive."""
    told = ("starts_at", "calendar_id")
    return not change.before or any(change.before.get(k) != change.after.get(k) for k in told)


def person_to_tell(appointment: Appointment) -> tuple[Correspondent | None, Reach]:
    """Who is written to: who asked for it where it is for somebody else, else the person on file.

    The first of them whose mobile number or e-mail address is known.
    """
    return first_reached(appointment.correspondent, appointment.caller)


def first_reached(
    patient: Correspondent | None, caller: Correspondent | None
) -> tuple[Correspondent | None, Reach]:
    """Of who comes and who asked for it, the one to write to."""
    people = [person for person in _people(patient, caller) if person is not None]
    reaches = [(person, reach_of(person)) for person in people]
    found = next(((p, reach) for p, reach in reaches if reach.mobile or reach.email), None)
    return found or (reaches[0] if reaches else (None, Reach()))


def _people(
    patient: Correspondent | None, caller: Correspondent | None
) -> list[Correspondent | None]:
    if caller is None or caller == patient or caller.kind in IN_AN_OFFICE:
        return [patient]
    return [caller, patient]


def reach_of(person: Correspondent) -> Reach:
    """How a person can be written to, and what she has said about it."""
    numbers = [str(one.number) for one in person.numbers.order_by("pk")]
    mobiles = [number for number in numbers if may_be_mobile(number)]
    addresses = {*mobiles, person.email} - {""}
    stopped = stopped_among(person.client_id, addresses)
    open_mobiles = [number for number in mobiles if number not in stopped]
    return Reach(
        answer=Answer(person.texts),
        mobile=next(iter([*open_mobiles, *mobiles]), ""),
        email=person.email,
        stopped=stopped,
    )


def stopped_among(client_id: int, addresses: Iterable[str]) -> frozenset[str]:
    """Which of these addresses want no more: they said so to us, or to the operator."""
    wanted = list(addresses)
    said = StoppedAddress.objects.filter(client=client_id, address__in=wanted)
    refused = Delivery.objects.filter(
        client=client_id, address__in=wanted, error_code=OPTED_OUT, state="dead"
    )
    return frozenset(said.values_list("address", flat=True)) | frozenset(
        refused.values_list("address", flat=True)
    )


def calendars_with_reminders() -> list[tuple[Calendar, NoticeSettings]]:
    """Each calendar in service whose people are reminded, with the settings that hold for it."""
    rows = NoticeSettings.objects.order_by("pk")
    own = {row.calendar_id: row for row in rows if row.calendar_id}
    of_client = {row.client_id: row for row in rows if not row.calendar_id}
    calendars = Calendar.objects.in_service().filter(
        Q(pk__in=own) | Q(client__in=of_client), client__archived_at=None
    )
    pairs = [
        (calendar, own.get(calendar.pk) or of_client[calendar.client_id])
        for calendar in calendars.order_by("pk")
    ]
    return [(c, row) for c, row in pairs if row.way_of(Kind.REMINDER) is not Way.NONE]


def appointments_to_remind(
    calendar: Calendar, settings: NoticeSettings, now: datetime
) -> QuerySet[Appointment]:
    """Appointments to come on the days whose reminders are due, about which nothing is decided."""
    hours = hours_of(settings, calendar)
    last = last_day_due(now, settings.timing, hours)
    until = instant_of(last + DAY, time(), hours.zone)
    decided = AppointmentNotice.objects.standing().filter(
        appointment=OuterRef("pk"), kind=Kind.REMINDER, tells_start=OuterRef("starts_at")
    )
    coming = Appointment.objects.filter(
        calendar=calendar,
        status=Appointment.Status.BOOKED,
        starts_at__gt=now,
        starts_at__lt=until,
    )
    return coming.filter(~Exists(decided)).order_by("starts_at", "pk")


def is_still_true(notice: AppointmentNotice) -> bool:
    """Whether the appointment still is what the notice tells."""
    is_away = notice.kind == Kind.CANCELLATION
    status = Appointment.Status.CANCELLED if is_away else Appointment.Status.BOOKED
    return Appointment.objects.filter(
        pk=notice.appointment_id,
        starts_at=notice.tells_start,
        status=status,
    ).exists()


def would_be_told(appointment: Appointment, kind: Kind, *, at: datetime) -> bool:
    """Whether a notice of this kind would be written now, whatever the hours."""
    settings = notice_settings(appointment.calendar)
    way = settings.way_of(kind)
    if way is Way.NONE or appointment.starts_at <= at or is_declined(appointment):
        return False
    _person, reach = person_to_tell(appointment)
    addresses = addresses_for(way, reach, asks_agreement=settings.asks_agreement)
    return not isinstance(addresses, NotSentBecause)


def is_declined(appointment: Appointment) -> bool:
    """Whether it was said at the booking that nothing is wanted about this appointment."""
    why = NotSentBecause.NOT_WANTED
    return appointment.notices.standing().filter(why=why).exists()
