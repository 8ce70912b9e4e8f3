"""Makes, renews and revokes the secret address of a calendar."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db.models import Q

from agenda.models import Calendar, CalendarFeed
from agenda.queries.published import digest_of
from agenda.services.locking import changing
from clients.models import User
from clients.services.audit import record_audit

_SECRET_BYTES = 32
# A fetch so soon after another is not worth a write.
_SOON = timedelta(minutes=1)


def make_feed(
    *, calendar: Calendar, with_names: bool, by: User | None, at: datetime
) -> tuple[CalendarFeed, str]:
    """Give the calendar a new address; return it and its token, which is kept nowhere.

    The address that was in force until now opens nothing any more.
    """
    token = token_urlsafe(_SECRET_BYTES)
    with changing(calendar.pk) as calendars:
        for old in CalendarFeed.objects.filter(calendar=calendar, revoked_at=None):
            _revoke(old, by, at)
        feed = CalendarFeed.objects.create(
            calendar=calendars[calendar.pk],
            token_digest=digest_of(token),
            with_names=with_names,
            made_by=by,
            created_at=at,
        )
        _record("feed.made", feed, by, at)
    return feed, token


def revoke_feed(*, feed: CalendarFeed, by: User | None, at: datetime) -> CalendarFeed:
    """Let the address open nothing any more; a second time changes nothing."""
    with changing(feed.calendar_id):
        fresh = CalendarFeed.objects.select_related("calendar__client").get(pk=feed.pk)
        if fresh.revoked_at is None:
            _revoke(fresh, by, at)
    return fresh


def note_fetch(*, feed: CalendarFeed, content_digest: str, at: datetime) -> datetime:
    """Keep that a program has read the address; return since when it gives out this content."""
    if feed.content_digest != content_digest or feed.content_changed_at is None:
        unlike = CalendarFeed.objects.filter(Q(pk=feed.pk), ~Q(content_digest=content_digest))
        unlike.update(content_digest=content_digest, content_changed_at=at)
        feed.refresh_from_db(fields=["content_digest", "content_changed_at"])
    if feed.last_fetched_at is None or at - feed.last_fetched_at >= _SOON:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_fetched_at=at)
    return feed.content_changed_at or at


def _revoke(feed: CalendarFeed, by: User | None, at: datetime) -> None:
    feed.revoked_at, feed.revoked_by = at, by
    feed.save(update_fields=["revoked_at", "revoked_by"])
    _record("feed.revoked", feed, by, at)


def _record(action: str, feed: CalendarFeed, by: User | None, at: datetime) -> None:
    record_audit(
        by=by,
        action=action,
        target=feed,
        client=feed.calendar.client,
        at=at,
        detail={"calendar": str(feed.calendar.uuid), "with_names": feed.with_names},
    )
