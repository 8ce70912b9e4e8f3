"""Keeps what a practice wishes to be sent about appointments."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from agenda.models import Calendar
from clients.models import PracticalInfo, User
from clients.services.audit import record_audit
from messages_app.models import NoticeSettings


@transaction.atomic
def keep_wishes(
    *, settings: NoticeSettings, infos: Iterable[PracticalInfo], by: User, at: datetime
) -> NoticeSettings:
    """Save settings that are valid, a calendar's own or its client's; what is written stays."""
    settings.save()
    settings.infos.set(infos)
    record_audit(by=by, action="notices.set", target=settings, client=settings.client, at=at)
    return settings


@transaction.atomic
def follow_the_practice(*, calendar: Calendar, by: User, at: datetime) -> None:
    """Let a calendar follow its client's settings again."""
    for own in NoticeSettings.objects.filter(calendar=calendar):
        record_audit(by=by, action="notices.shared", target=own, client=own.client, at=at)
        own.delete()
