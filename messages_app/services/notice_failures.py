"""What follows a confirmation or a reminder that reached nobody."""

from dataclasses import replace
from datetime import datetime

from messages_app.models import AppointmentNotice, Delivery
from messages_app.queries.notices import is_still_true, notice_settings, person_to_tell
from messages_app.queries.visits import link_of
from messages_app.rules.addressing import Channel
from messages_app.rules.notice_keys import digest_of
from messages_app.rules.notices import Kind, Reach, Way
from messages_app.services.notice_series import others_of
from messages_app.services.notice_texts import key_for, told_of, write_notice
from messages_app.services.outbox import write_delivery


def fall_back_notice(
    *, delivery: Delivery, notice: AppointmentNotice, at: datetime
) -> Delivery | None:
    """Go on by e-mail where the practice wants an SMS or else an e-mail; else ask a human.

    Nothing more is done about an appointment that has changed: nobody misses the text. In the
    caller's transaction.
    """
    if not is_still_true(notice):
        return None
    settings = notice_settings(notice.appointment.calendar)
    _person, reach = person_to_tell(notice.appointment)
    is_either = settings.way_of(Kind(notice.kind)) is Way.EITHER
    if is_either and delivery.channel == Channel.SMS and _may_go_by_email(notice, reach, at):
        return _send_by_email(notice, reach.address(Channel.EMAIL), at)
    Delivery.objects.filter(pk=delivery.pk).update(needs_human=True)
    return None


def _may_go_by_email(notice: AppointmentNotice, reach: Reach, at: datetime) -> bool:
    by_email = notice.deliveries.filter(channel=Channel.EMAIL)
    has_address = bool(reach.address(Channel.EMAIL))
    return has_address and at < notice.tells_start and not by_email.exists()


def _send_by_email(notice: AppointmentNotice, address: str, at: datetime) -> Delivery:
    """Its link is a new one: nobody has read the first."""
    appointment = notice.appointment
    settings = notice_settings(appointment.calendar)
    kind = Kind(notice.kind)
    key = key_for(kind, settings)
    notice.link_digest = digest_of(key) if key else None
    notice.save(update_fields=["link_digest"])
    link = link_of(key) if key else ""
    told = told_of(appointment, kind, settings, link=link, at=at)
    told = replace(told, others=tuple(others_of(notice)))
    return write_delivery(
        client=appointment.client,
        purpose=Delivery.Purpose.APPOINTMENT,
        channel=Channel.EMAIL,
        address=address,
        letter=write_notice(Channel.EMAIL, told, settings),
        at=at,
        expires_at=notice.tells_start,
        notice=notice,
    )
