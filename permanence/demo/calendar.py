"""The practice's agenda in the demonstration: two practitioners, the weeks around today."""

from datetime import date, datetime, time, timedelta
from random import Random

from agenda.models import Appointment, AppointmentChange, Calendar, Motive, OpeningRule
from agenda.models.sides import Side
from agenda.rules import Region, public_holidays
from agenda.services import block_recurring, make_feed, note_fetch
from clients.models import Client, Correspondent, User
from core.recurrences import weekly
from core.wall_clock import instant_of

WEEKS_AROUND = range(-5, 6)
# Further back, for the practice's load.
WEEKS_BEFORE = range(-14, -5)
WEEKDAYS = range(5)
FRIDAY = 4
SLOT = timedelta(minutes=20)
LONG_AGO = date(2024, 1, 1)

# name, minutes, urgent, notes that a doctor reads
MOTIVES = (
    ("Consultation", 20, False, ("", "", "renouvellement d’ordonnance", "fatigue, bilan sanguin")),
    ("Suivi de tension", 20, False, ("", "apporter le carnet")),
    ("Certificat de sport", 20, False, ("football", "natation, club de Vaise")),
    ("Première consultation", 40, False, ("nouveau patient",)),
    ("Bilan et prise de sang", 40, False, ("ordonnance du spécialiste",)),
    ("Urgence", 20, True, ("fièvre 39,2 depuis deux jours", "douleur au genou, chute")),
)
# What some of them ask and tell.
FURTHER: dict[str, dict[str, object]] = {
    "Première consultation": {
        "patients": Motive.For.NEW,
        "advice": "Apporter la carte Vitale et les derniers résultats d’analyses.",
    },
    "Bilan et prise de sang": {
        "most_per_day": 2,
        "question": "À jeun ?",
        "advice": "Ne rien manger depuis la veille à 22 h ; boire de l’eau est permis.",
    },
}
# name, weekdays, first and last hour of the morning and of the afternoon
HOURS = (
    ("Dr Martin", WEEKDAYS, ((9, 12), (14, 18))),
    ("Dr Benali", (0, 1, 3, 4), ((9, 12), (14, 17))),
)


def add_calendars(client: Client, today: date) -> list[Calendar]:
    """Make both calendars with their hours: emergencies 11–12, open to all at 10:30."""
    for position, (name, minutes, is_urgent, _notes) in enumerate(MOTIVES):
        Motive.objects.create(
            client=client,
            name=name,
            minutes=minutes,
            is_urgent=is_urgent,
            position=position,
            **FURTHER.get(name, {}),
        )
    return [_calendar(client, index) for index in range(len(HOURS))]


def _calendar(client: Client, index: int) -> Calendar:
    name, weekdays, spans = HOURS[index]
    calendar = Calendar.objects.create(
        client=client,
        name=name,
        practitioner=name,
        position=index,
        timezone=client.timezone,
        holidays_region=Region.METROPOLE,
    )
    for first, last in spans:
        _opening(calendar, weekdays, time(first), time(last))
    _opening(
        calendar,
        weekdays,
        time(11),
        time(12),
        kind=OpeningRule.Kind.EMERGENCY,
        release=OpeningRule.ReleasePolicy.AT,
        release_time=time(10, 30),
    )
    return calendar


def _opening(
    calendar: Calendar, weekdays: object, start: time, end: time, **rule: object
) -> OpeningRule:
    return OpeningRule.objects.create(
        calendar=calendar,
        recurrence=weekly(weekdays),  # type: ignore[arg-type]
        valid_from=LONG_AGO,
        start_time=start,
        end_time=end,
        slot_minutes=20,
        **rule,
    )


def add_training(calendar: Calendar, doctor: User, now: datetime) -> None:
    """Block every second Friday afternoon, this week's the next."""
    today = now.astimezone(calendar.zone).date()
    block_recurring(
        calendar=calendar,
        recurrence=weekly([FRIDAY], interval=2),
        valid_from=_monday(today) - timedelta(weeks=20),
        start_time=time(14),
        end_time=time(18),
        reason="Formation continue",
        reason_shared=True,
        by=doctor,
        at=now - timedelta(days=141),
    )


def _open_spans(
    calendar: Calendar, day: date, spans: tuple[tuple[int, int], ...], today: date
) -> tuple[tuple[int, int], ...]:
    """Leave out public holidays and the first practitioner's afternoons of training."""
    if public_holidays(Region.METROPOLE, day, day + timedelta(days=1)):
        return ()
    weeks = (_monday(day) - _monday(today)).days // 7
    trains = calendar.position == 0 and day.weekday() == FRIDAY and weeks % 2 == 0
    return tuple(span for span in spans if not trains or span[0] < 13)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def fill_calendars(
    calendars: list[Calendar],
    patients: list[Correspondent],
    by: User,
    now: datetime,
    random: Random,
    weeks: range = WEEKS_AROUND,
) -> None:
    """Book believable days: full in the past, thinning out ahead, emergencies on their day."""
    today = now.astimezone(calendars[0].zone).date()
    monday = _monday(today)
    motives = list(Motive.objects.filter(client=calendars[0].client).order_by("position"))
    booked = [
        appointment
        for calendar, (_name, weekdays, spans) in zip(calendars, HOURS, strict=True)
        for week in weeks
        for weekday in weekdays
        for appointment in _day(
            calendar,
            monday + timedelta(weeks=week, days=weekday),
            spans,
            patients[calendar.position :: len(calendars)],  # each has a doctor of her own
            motives,
            by,
            now,
            random,
        )
    ]
    Appointment.objects.bulk_create(booked, batch_size=200)
    _remember(booked, by)


def _day(
    calendar: Calendar,
    day: date,
    spans: tuple[tuple[int, int], ...],
    patients: list[Correspondent],
    motives: list[Motive],
    by: User,
    now: datetime,
    random: Random,
) -> list[Appointment]:
    made: list[Appointment] = []
    # Nobody comes twice in a day.
    waiting = random.sample(patients, len(patients))
    zone = calendar.zone
    today = now.astimezone(zone).date()
    fullness = _fullness((day - today).days)
    for first, last in _open_spans(calendar, day, spans, today):
        moment = datetime.combine(day, time(first))
        while moment < datetime.combine(day, time(last)):
            length = SLOT
            in_emergencies = moment.hour == 11
            wanted = (0.5 if day <= now.date() else 0) if in_emergencies else fullness
            if random.random() < wanted:
                motive = motives[-1] if in_emergencies else _motive(motives, moment, last, random)
                length = timedelta(minutes=motive.minutes)
                made.append(_appointment(calendar, moment, motive, waiting.pop(), by, now, random))
            moment += length
    return made


def _fullness(days_ahead: int) -> float:
    """How much of a day is booked, by how far away it is."""
    if days_ahead <= 0:
        return 0.95
    return max(0.12, 0.92 - 0.055 * days_ahead)


def _motive(motives: list[Motive], moment: datetime, last: int, random: Random) -> Motive:
    """Choose one; a long visit needs the room before 11 o'clock or the end of the span."""
    barrier = 11 if moment.hour < 11 else last
    left = datetime.combine(moment.date(), time(barrier)) - moment
    motive = random.choices(motives[:4], weights=(60, 20, 12, 8))[0]
    return motive if timedelta(minutes=motive.minutes) <= left else motives[0]


def _appointment(
    calendar: Calendar,
    moment: datetime,
    motive: Motive,
    patient: Correspondent,
    by: User,
    now: datetime,
    random: Random,
) -> Appointment:
    start = instant_of(moment.date(), moment.time(), calendar.zone)
    end = start + timedelta(minutes=motive.minutes)
    status = Appointment.Status.BOOKED
    if end < now:
        past = (Appointment.Status.CAME, Appointment.Status.NO_SHOW)
        status = random.choices(past, weights=(96, 4))[0]
    notes = next(notes for name, _m, _u, notes in MOTIVES if name == motive.name)
    return Appointment(
        calendar=calendar,
        client_id=calendar.client_id,
        motive=motive,
        correspondent=patient,
        starts_at=start,
        ends_at=end,
        block_starts_at=start,
        block_ends_at=end,
        local_day=moment.date(),
        local_time=moment.time(),
        timezone=calendar.timezone,
        status=status,
        note=random.choice(notes),
        booked_by=by,
        source=Side.DESK,
        created_at=min(start, now) - timedelta(days=random.randint(1, 12), hours=3),
    )


def _remember(booked: list[Appointment], by: User) -> None:
    """Write who booked each, seen by the practice long since."""
    AppointmentChange.objects.bulk_create(
        [
            AppointmentChange(
                appointment=one,
                client_id=one.client_id,
                kind=AppointmentChange.Kind.BOOKED,
                side=Side.DESK,
                by=by,
                at=one.created_at,
                seen_at=one.created_at + timedelta(hours=1),
            )
            for one in booked
        ],
        batch_size=300,
    )


def give_address(calendar: Calendar, by: User, now: datetime) -> None:
    """Let the practitioner's telephone have subscribed to the calendar; nobody knows the token."""
    feed, _token = make_feed(
        calendar=calendar, with_names=False, by=by, at=now - timedelta(days=40)
    )
    note_fetch(feed=feed, content_digest="", at=now - timedelta(minutes=9))
