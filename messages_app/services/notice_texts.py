"""What a person reads about her appointment: rendered once, in the practice's language.

The least that is useful: with whom, when, where and how to answer; never the motive unless the
practice has chosen so.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agenda.models import Appointment, Calendar
from agenda.reasons import clock
from core.phones import spoken
from messages_app.models import NoticeSettings
from messages_app.rules.addressing import Channel
from messages_app.rules.gsm7 import one_line, shorten, transliterate
from messages_app.rules.notice_keys import new_key
from messages_app.rules.notice_wording import filled
from messages_app.rules.notices import Kind
from messages_app.services.texts import SUBJECT, Letter


@dataclass(frozen=True)
class Told:
    """What a text tells of an appointment; `is_moved` when the person knew another moment."""

    kind: Kind
    calendar: Calendar
    starts_at: datetime
    motive: str = ""
    infos: tuple[str, ...] = ()
    link: str = ""
    phone: str = ""
    is_moved: bool = False
    others: tuple[datetime, ...] = ()


def told_of(
    appointment: Appointment,
    kind: Kind,
    settings: NoticeSettings,
    *,
    link: str,
    at: datetime,
    is_moved: bool = False,
) -> Told:
    """What a text tells of this appointment."""
    return Told(
        kind=kind,
        calendar=appointment.calendar,
        starts_at=appointment.starts_at,
        motive=appointment.motive.name if appointment.motive else "",
        infos=tuple(info.text for info in settings.infos.order_by("position", "pk")),
        link=link,
        phone=number_to_ring(appointment.calendar, at),
        is_moved=is_moved,
    )


def key_for(kind: Kind, settings: NoticeSettings) -> str:
    """A new key for the link in a text; blank where it has none: what is off can't be confirmed."""
    return new_key() if settings.with_link and kind is not Kind.CANCELLATION else ""


def number_to_ring(calendar: Calendar, at: datetime) -> str:
    """The line on which the practice is answered; empty where none is in force."""
    line = calendar.client.lines.in_force(at).order_by("valid_from", "pk").first()
    return str(line.number) if line else ""


def write_notice(channel: Channel, told: Told, settings: NoticeSettings) -> Letter:
    """The letter that leaves by this channel."""
    with translation.override(language_of(settings)):
        facts = facts_of(told, settings)
        if channel is Channel.EMAIL:
            return _email(told, settings, facts)
        text = filled(settings.wording_of(told.kind) or stock(told, settings), facts)
        return Letter(text=text if settings.exact_letters else transliterate(text))


def language_of(settings: NoticeSettings) -> str:
    """The practice's own language."""
    spoken_here = [*settings.client.languages, django_settings.LANGUAGE_CODE]
    return next(code for code in spoken_here if code in dict(django_settings.LANGUAGES))


def facts_of(told: Told, settings: NoticeSettings) -> dict[str, str]:
    """What a wording's places stand for."""
    return {
        "practitioner": told.calendar.practitioner or told.calendar.name,
        "date": spoken_day(told.starts_at.astimezone(told.calendar.zone)),
        "time": _times(told),
        "infos": _sentences(told.infos),
        "motive": told.motive if settings.with_motive else "",
        "phone": spoken(told.phone) if told.phone else "",
        "link": told.link,
    }


def _times(told: Told) -> str:
    """When the visit begins; of a series, then the days and times of the others."""
    zone = told.calendar.zone
    first = clock(told.starts_at, zone)
    if not told.others:
        return first
    later = ", ".join(f"{spoken_day(o.astimezone(zone))} {clock(o, zone)}" for o in told.others)
    return _("%(first)s, then %(later)s") % {"first": first, "later": later}


def spoken_day(local: datetime) -> str:
    """« mardi 1er décembre »"""
    words = date_format(local, "l j F")
    is_french = (translation.get_language() or "").startswith("fr")
    return words.replace(" 1 ", " 1er ") if is_french else words


def _sentences(infos: tuple[str, ...]) -> str:
    return " ".join(f"{one_line(info).rstrip('.')}." for info in infos)


def stock(told: Told, settings: NoticeSettings) -> str:
    """The text of a practice that has not written its own, its places still open."""
    return f"{_news(told, settings)} {_answer(told, settings)}"


def _news(told: Told, settings: NoticeSettings) -> str:
    motive = _("Purpose: {motive}.") if settings.with_motive and told.motive else ""
    infos = "" if told.kind is Kind.CANCELLATION else "{infos}"
    return " ".join((_opening(told), motive, infos))


def _opening(told: Told) -> str:
    if told.kind is Kind.REMINDER:
        return _("Reminder: appointment with {practitioner} on {date} at {time}.")
    if told.kind is Kind.CANCELLATION:
        return _cancelled(told)
    if told.is_moved:
        return _("Your appointment is moved: {practitioner}, {date} at {time}.")
    return _("Appointment booked with {practitioner} on {date} at {time}.")


def _cancelled(told: Told) -> str:
    if told.others:
        return _("Your appointments with {practitioner} are cancelled: {date} at {time}.")
    return _("Your appointment with {practitioner} on {date} at {time} is cancelled.")


def _answer(told: Told, settings: NoticeSettings) -> str:
    if told.kind is Kind.CANCELLATION:
        return _("For another one, call {phone}") if told.phone else ""
    if not told.link:
        return _("Can’t come? Call {phone}") if told.phone else ""
    if settings.cancel_hours is None:
        return _("Confirm: {link}")
    return _("Confirm or cancel: {link}")


def _email(told: Told, settings: NoticeSettings, facts: dict[str, str]) -> Letter:
    """Its link and the number to ring stand apart, unless the practice's own words hold them."""
    text = filled(settings.wording_of(told.kind) or _news(told, settings), facts)
    is_told = {name: value for name, value in facts.items() if value and value in text}
    context = {
        **facts,
        "language": translation.get_language(),
        "text": text,
        "is_cancelled": told.kind is Kind.CANCELLATION,
        "client": told.calendar.client.name,
        "link": "" if "link" in is_told else facts["link"],
        "phone": "" if "phone" in is_told else facts["phone"],
    }
    subject = render_to_string("messages_app/email/notice_subject.txt", context)
    return Letter(
        subject=shorten(subject, SUBJECT),
        text=render_to_string("messages_app/email/notice.txt", context).strip() + "\n",
        html=render_to_string("messages_app/email/notice.html", context),
    )
