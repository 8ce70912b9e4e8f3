"""Tells clients, where the assistant asked for it, who answers for them meanwhile."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agenda.reasons import clock
from clients.facts import CoverBegan, CoverEnded
from clients.models import Client, ClientMember, Cover
from clients.queries import clients_of_cover
from messages_app.models import Delivery
from messages_app.queries.filters import reachable
from messages_app.queries.zones import zone_of
from messages_app.rules.addressing import Channel, channels_to_use
from messages_app.rules.gsm7 import transliterate
from messages_app.services.notice_texts import spoken_day
from messages_app.services.outbox import write_delivery
from messages_app.services.texts import Letter


def tell_who_answers(fact: CoverBegan) -> None:
    """Write once to each person of the clients who answers from now on, and until when."""
    cover = _cover(fact.cover_id)
    for member in _to_tell(cover):
        _write(cover, member, fact)


def tell_who_is_back(fact: CoverEnded) -> None:
    """Write that she answers again, unless that was told at the beginning and came true."""
    cover = _cover(fact.cover_id)
    if cover.ends_at is not None and cover.ends_at <= fact.at:
        return
    for member in _to_tell(cover):
        _write(cover, member, fact)


def _cover(pk: int) -> Cover:
    return Cover.objects.select_related("principal", "deputy", "bureau").get(pk=pk)


def _to_tell(cover: Cover) -> Iterator[ClientMember]:
    """Give those who read messages; nobody where it was not asked for."""
    if not cover.tells_clients:
        return
    members = ClientMember.objects.filter(client__in=clients_of_cover(cover), is_active=True)
    readers = members.exclude(role=ClientMember.Role.READER)
    yield from readers.select_related("client__bureau", "user").order_by("pk")


def _write(cover: Cover, member: ClientMember, fact: CoverBegan | CoverEnded) -> None:
    """Write to a member by e-mail, by SMS where he has no address."""
    reach = reachable(member)
    for channel in channels_to_use(reach, by_sms=False, by_email=True):
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            letter = _letter(channel, _words(cover, member.client, fact))
        write_delivery(
            client=member.client,
            purpose=Delivery.Purpose.OTHER,
            channel=channel,
            address=reach.address(channel),
            letter=letter,
            at=fact.at,
            recipient=member,
            # What is over need not be told any more.
            wanted_until=cover.ends_at if isinstance(fact, CoverBegan) else None,
        )


def _words(cover: Cover, client: Client, fact: CoverBegan | CoverEnded) -> str:
    said = {
        "client": client.short_name or client.name,
        "principal": cover.principal.called,
        "deputy": cover.deputy.called,
    }
    if isinstance(fact, CoverEnded):
        return _("%(client)s: %(principal)s answers your calls again.") % said
    if cover.ends_at is None:
        return _("%(client)s: %(deputy)s answers your calls while %(principal)s is away.") % said
    local = cover.ends_at.astimezone(zone_of(client))
    said["until"] = _("%(day)s at %(time)s") % {
        "day": spoken_day(local),
        "time": clock(cover.ends_at, ZoneInfo(client.timezone)),
    }
    return _("%(client)s: until %(until)s, %(deputy)s answers your calls for %(principal)s.") % said


def _letter(channel: Channel, words: str) -> Letter:
    if channel is Channel.SMS:
        return Letter(text=transliterate(words))
    return Letter(text=f"{words}\n", subject=_("Who answers your calls"))
