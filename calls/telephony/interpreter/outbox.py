"""What has left: SMS and e-mails as their readers receive them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from calls.telephony.interpreter import running
from calls.telephony.interpreter.mailbox import Letter, html_of, letters
from calls.telephony.interpreter.screen import Region
from calls.telephony.interpreter.sms import Message
from core.phones import spoken

MOST_SHOWN = 100
# An e-mail's own page: its styles are its own, it runs nothing and loads nothing.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True)
class Sent:
    """One SMS or one e-mail."""

    key: str
    at: datetime
    recipient: str
    sms: Message | None = None
    letter: Letter | None = None


@csp_update({"frame-src": [SELF]})
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Everything that has left, newest first; asked again by the page, only when it changed."""
    region = Region("sent", render_to_string("interpreter/sent.html", {"sent": everything()}))
    if not request.headers.get("HX-Request"):
        return render(request, "interpreter/outbox.html", {"region": region, "page": "outbox"})
    if request.GET.get("sent") == region.digest:
        return HttpResponse(status=204)
    return render(request, "interpreter/regions.html", {"regions": [region]})


@xframe_options_sameorigin
@require_GET
def letter_html(_request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of one e-mail, alone, for the frame that shows it."""
    html = html_of(name)
    if html is None:
        raise Http404
    headers = {"Content-Security-Policy": LETTER_POLICY}
    # Links open beside the page: inside the frame they would have nowhere to go.
    return HttpResponse('<base target="_blank">' + html, headers=headers)


def everything() -> list[Sent]:
    """SMS and e-mails together, newest first."""
    found = [*_messages(), *_letters()]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_SHOWN]


def _messages() -> Iterator[Sent]:
    exchange = running.exchange()
    with exchange.clock.lock:
        for message in exchange.sms.messages.values():
            key = f"{message.sid}-{message.status}"
            yield Sent(key, message.created_at, spoken(message.to), sms=message)


def _letters() -> Iterator[Sent]:
    for letter in letters(MOST_SHOWN):
        yield Sent(letter.name.removesuffix(".eml"), letter.at, letter.to, letter=letter)
