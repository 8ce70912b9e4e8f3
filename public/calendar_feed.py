"""A calendar as phones, Outlook and Thunderbird subscribe to it: the address is the key."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agenda.models import CalendarFeed
from agenda.queries.published import feed_by_token, published_calendar
from agenda.rules.published import icalendar_text
from agenda.services import note_fetch
from clients.services.audit import record_access
from core.rate_limit import Limit

# Several telephones share an address, and each asks every quarter of an hour; some impatiently.
READS = Limit("ical.reads", most=60, seconds=600)
# Who tries addresses that open nothing.
MISSES = Limit("ical.misses", most=20, seconds=600)
_ANY = "00000000-0000-0000-0000-000000000000"


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Give the calendar that the token opens, or say that it has not changed."""
    feed = feed_by_token(token)
    if feed is None:
        too_many = MISSES.count(request.META.get("REMOTE_ADDR", ""))
        return discreet(_too_many() if too_many else _nothing())
    if READS.count(str(feed.pk)):
        return discreet(_too_many())
    with translation.override(feed.made_by.language if feed.made_by else settings.LANGUAGE_CODE):
        return discreet(given_out(request, feed, timezone.now()))


def given_out(request: HttpRequest, feed: CalendarFeed, now: datetime) -> HttpResponse:
    """Answer with the calendar, or with 304 to whoever has it already."""
    published = published_calendar(feed, now=now, link=_link())
    since = note_fetch(feed=feed, content_digest=published.digest, at=now)
    etag, modified = f'"{published.digest}"', int(since.timestamp())
    same = get_conditional_response(request, etag=etag, last_modified=modified)
    answer = same or HttpResponse(
        icalendar_text(published), content_type="text/calendar; charset=utf-8"
    )
    answer["ETag"], answer["Last-Modified"] = etag, http_date(modified)
    answer["Content-Disposition"] = f'inline; filename="{feed.calendar.uuid}.ics"'
    client = feed.calendar.client
    record_access(by=feed.made_by, targets=[feed], client=client, at=now, how="read_by_link")
    return answer


def discreet(answer: HttpResponse) -> HttpResponse:
    """Keep the address and what it gives out of search engines, other sites' logs and caches."""
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _link() -> str:
    path = reverse("portal:appointment", args=[_ANY]).replace(_ANY, "{uuid}")
    return f"{settings.PUBLIC_BASE_URL}{path}"


def _nothing() -> HttpResponse:
    return _plain(_("No calendar is here. Its address may have been revoked."), 404)


def _too_many() -> HttpResponse:
    answer = _plain(_("Too many requests: come back in ten minutes."), 429)
    answer["Retry-After"] = str(READS.seconds)
    return answer


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
