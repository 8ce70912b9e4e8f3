"""How the texts of some settings would read, and what they would cost; nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agenda.models import Appointment, Calendar
from clients.models import PracticalInfo
from core.wall_clock import instant_of
from messages_app.models import NoticeSettings
from messages_app.queries.visits import link_of
from messages_app.rules.addressing import Channel
from messages_app.rules.gsm7 import is_gsm7, segments
from messages_app.rules.notice_keys import LENGTH, LETTERS
from messages_app.rules.notices import Kind, Way
from messages_app.services.notice_texts import Told, number_to_ring, write_notice

MONTH = timedelta(days=30)
BY_SMS = frozenset({Way.SMS, Way.EITHER, Way.BOTH})
EXAMPLE_KEY = LETTERS[20 : 20 + LENGTH]


@dataclass(frozen=True)
class Preview:
    """One kind of text: as an SMS and as an e-mail, where the settings send it so."""

    kind: Kind
    way: Way
    sms: str
    letters: int
    segments: int
    is_gsm7: bool
    subject: str
    email: str

    @property
    def is_sent(self) -> bool:
        """Whether the practice wants it at all."""
        return self.way is not Way.NONE

    @property
    def is_sms(self) -> bool:
        """Whether it leaves by SMS."""
        return self.way in BY_SMS

    @property
    def is_email(self) -> bool:
        """Whether it leaves, or may leave, by e-mail."""
        return self.way in (Way.EMAIL, Way.EITHER, Way.BOTH)


@dataclass(frozen=True)
class Cost:
    """How many SMS the appointments of the last thirty days would have taken."""

    appointments: int
    sms: int


def preview_of(
    settings: NoticeSettings,
    calendar: Calendar,
    kind: Kind,
    *,
    infos: Iterable[PracticalInfo],
    at: datetime,
) -> Preview:
    """The text about an appointment in three days, at twenty to ten."""
    day = at.astimezone(calendar.zone).date() + timedelta(days=3)
    told = Told(
        kind=kind,
        calendar=calendar,
        starts_at=instant_of(day, time(9, 40), calendar.zone),
        motive=_some_motive(calendar),
        infos=tuple(info.text for info in infos),
        link=link_of(EXAMPLE_KEY) if settings.with_link and kind is not Kind.CANCELLATION else "",
        phone=number_to_ring(calendar, at),
    )
    sms = write_notice(Channel.SMS, told, settings).text
    email = write_notice(Channel.EMAIL, told, settings)
    return Preview(
        kind=kind,
        way=settings.way_of(kind),
        sms=sms,
        letters=len(sms),
        segments=segments(sms),
        is_gsm7=is_gsm7(sms),
        subject=email.subject,
        email=email.text,
    )


def _some_motive(calendar: Calendar) -> str:
    motives = calendar.client.motives.filter(archived_at=None).order_by("position", "pk")
    first = motives.first()
    return first.name if first else ""


def cost_of(calendar: Calendar, previews: list[Preview], *, at: datetime) -> Cost:
    """What the calendar's last thirty days would have cost, if everybody had a mobile."""
    past = Appointment.objects.filter(
        calendar=calendar, starts_at__gt=at - MONTH, starts_at__lte=at
    )
    count = past.active().count()
    each_visit = [one for one in previews if one.kind is not Kind.CANCELLATION]
    per_visit = sum(one.segments for one in each_visit if one.is_sms)
    return Cost(appointments=count, sms=count * per_visit)
