"""SMS through Twilio.

In France operators block automatic texts from +33 6/7 numbers, so the sender is a name of at most
11 letters: nobody can answer it, and an acknowledgement comes by the link.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from requests import ConnectionError as DroppedOrRefused
from requests import ConnectTimeout, RequestException
from requests.exceptions import SSLError
from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3.exceptions import MaxRetryError, NewConnectionError

from messages_app.rules.retries import FollowUp
from messages_app.rules.sending import (
    Absent,
    Accepted,
    CannotTell,
    Envelope,
    Found,
    LookUp,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)
from messages_app.transports import twilio_codes
from messages_app.transports.addresses import status_address
from messages_app.transports.twilio_client import is_configured, twilio_client

LONGEST_VALIDITY = timedelta(hours=10)  # Twilio: ValidityPeriod is 1 to 36,000 seconds
CLOCKS_APART = timedelta(minutes=5)
LISTED = 100
# An answer that is not Twilio's: some proxy's page in place of JSON.
UNREADABLE = (TwilioException, ValueError)


class TwilioSms:
    """Twilio's Messages resource. It has no idempotency key: after a doubt one asks, then sends."""

    can_be_asked = True

    def send(self, envelope: Envelope) -> SendResult:
        """Create the message."""
        if not is_configured():
            return Refused("unconfigured", "no operator's account")
        try:
            message = twilio_client().messages.create(**_form(envelope))
        except TwilioRestException as error:
            return _refusal(error)
        except RequestException as error:
            return _broken(error)
        except UNREADABLE as error:
            return Unknown("answer", type(error).__name__)
        return Accepted(str(message.sid))

    def find(self, envelope: Envelope) -> LookUp:
        """Look for the text among the last ones to this number.

        DateSent is no filter: a text that waits at Twilio has none.
        """
        if not is_configured():
            return CannotTell("no operator's account")
        try:
            listed = twilio_client().messages.list(to=envelope.address, limit=LISTED)
        except (RequestException, *UNREADABLE) as error:
            return CannotTell(type(error).__name__)
        matches = [message for message in listed if _is_ours(message, envelope)]
        if not matches:
            return Absent()
        first = matches[-1]
        return Found(str(first.sid), _word(first.status), str(first.error_code or ""))

    def follow_up(self, code: str) -> FollowUp:
        """By Twilio's table of delivery errors."""
        return twilio_codes.follow_up(code)


def _form(envelope: Envelope) -> dict[str, Any]:
    return {
        "to": envelope.address,
        "from_": envelope.sender or settings.TWILIO_SMS_SENDER,
        "body": envelope.text,
        "status_callback": status_address(envelope.delivery),
        "validity_period": _validity(envelope),
    }


def _validity(envelope: Envelope) -> int:
    """Seconds after which the operator must give up: an SMS hours late does more harm than none."""
    if envelope.expires_at is None or envelope.claimed_at is None:
        return int(LONGEST_VALIDITY.total_seconds())
    left = min(envelope.expires_at - envelope.claimed_at, LONGEST_VALIDITY)
    return max(int(left.total_seconds()), 1)


def _refusal(error: TwilioRestException) -> SendResult:
    """A 4xx says that nothing was sent; a 5xx says nothing at all (docs/api/errors/20500)."""
    code = error.code or 0
    meaning = twilio_codes.meaning_of(error.status, code)
    name, detail = str(code or error.status), _said(error)
    match meaning.kind:
        case twilio_codes.Kind.UNKNOWN:
            return Unknown(name, detail)
        case twilio_codes.Kind.NEVER:
            return Refused(name, detail, alarms=meaning.alarms)
        case twilio_codes.Kind.CHANNEL_DOWN:
            return NotSent(name, detail, retry_after=meaning.wait, stops_channel=True)
    return NotSent(name, detail, retry_after=_asked_wait())


def _said(error: TwilioRestException) -> str:
    """Twilio's own sentence, without the SDK's words before it."""
    return str(error.msg).removeprefix("Unable to create record: ")[:300]


def _asked_wait() -> timedelta | None:
    """What the last answer's Retry-After asked for, in seconds."""
    asked = str(getattr(twilio_client().http_client, "retry_after", ""))
    return timedelta(seconds=int(asked)) if asked.isdigit() else None


def _broken(error: RequestException) -> SendResult:
    """Only a connection that never stood proves that nothing left."""
    if isinstance(error, (ConnectTimeout, SSLError)) or _never_connected(error):
        return NotSent("unreachable", type(error).__name__)
    return Unknown("dropped", type(error).__name__)


def _never_connected(error: RequestException) -> bool:
    """requests says ConnectionError for a refused and for a cut connection; the cause tells."""
    if not isinstance(error, DroppedOrRefused) or not error.args:
        return False
    cause = error.args[0]
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _is_ours(message: Any, envelope: Envelope) -> bool:
    if envelope.text not in (message.body or "") or message.sid in envelope.foreign_ids:
        return False
    created: datetime | None = message.date_created
    if created is None or envelope.written_at is None:
        return True
    if created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    return created >= envelope.written_at - CLOCKS_APART


def _word(status: Any) -> str:
    return str(getattr(status, "value", status) or "accepted")
