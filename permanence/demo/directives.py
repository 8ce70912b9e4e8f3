"""What Dr Martin has said of his hours: late Thursdays from next month on, and a new purpose."""

from datetime import date, datetime, time, timedelta

from agenda.models import Calendar, Motive
from agenda.rules import Replaces
from agenda.rules.directives import SaidDays, SaidHours
from agenda.services.directives import add_hours
from agenda.services.motives import SaidMotive, add_motive, change_motive
from clients.models import User

_THURSDAY = 3


def add_directives(calendar: Calendar, doctor: User, now: datetime) -> None:
    """Write the doctor's directives as he would have, some days ago."""
    today = now.astimezone(calendar.zone).date()
    _teach(calendar, doctor, now - timedelta(days=3))
    late = SaidHours(
        days=SaidDays(_first_thursday(_next_month(today)), None, (_THURSDAY,)),
        start=time(15),
        end=time(20),
        replaces=Replaces.AFTERNOON,
    )
    add_hours(calendar=calendar, said=late, by=doctor, at=now - timedelta(days=2))


def _teach(calendar: Calendar, doctor: User, at: datetime) -> None:
    """Say what callers are asked, and add what the doctor has just begun to do."""
    sport = Motive.objects.filter(client=calendar.client, name="Certificat de sport").first()
    if sport:
        said = SaidMotive(
            name=sport.name,
            minutes=sport.minutes,
            most_per_day=2,
            question="Quel sport, et pour quand le certificat ?",
            advice="Apporter le formulaire du club et le carnet de vaccination.",
        )
        change_motive(motive=sport, said=said, by=doctor, at=at)
    teleconsultation = SaidMotive(name="Téléconsultation", minutes=15, patients=Motive.For.KNOWN)
    add_motive(client=calendar.client, said=teleconsultation, by=doctor, at=at)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _first_thursday(first: date) -> date:
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7)
