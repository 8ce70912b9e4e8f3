"""Reads the operator's webhook forms."""

import hashlib
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.http import QueryDict

from calls.telephony.events import ProviderEvent, ProviderRecording
from calls.telephony.twilio import PROVIDER


def read_event(
    form: QueryDict, *, at: datetime, endpoint_uuid: str = "", third_number: str = ""
) -> ProviderEvent:
    """Give the event of a status callback; `at` stands in where the form has no Timestamp."""
    status = form.get("CallStatus", "")
    return ProviderEvent(
        provider=PROVIDER,
        leg_id=form.get("CallSid", ""),
        status=status,
        key=_key(form),
        at=_instant(form.get("Timestamp", ""), at),
        seconds=_seconds(form.get("CallDuration", "")),
        endpoint_uuid=endpoint_uuid,
        third_number=third_number,
        form=_flat(form),
    )


def was_bridged(form: QueryDict) -> bool:
    """Tell whether both have talked, by a Dial's end: its status alone proves nothing.

    Source: twilio.com/docs/voice/twiml/dial#attributes-action, DialBridged.
    """
    return form.get("DialBridged") == "true"


def dialled_leg_event(
    form: QueryDict, *, at: datetime, endpoint_uuid: str = "", third_number: str = ""
) -> ProviderEvent | None:
    """Give what a Dial's end says of the leg that it rang, or None where it names none.

    It repeats that leg's own status callbacks, which may be lost.
    """
    if not form.get("DialCallSid") or form.get("DialCallStatus") == "answered":
        return None
    return ProviderEvent(
        provider=PROVIDER,
        leg_id=form.get("DialCallSid", ""),
        status=form.get("DialCallStatus", "completed"),
        key=f"dial-{_key(form)}",
        at=at,
        seconds=_seconds(form.get("DialCallDuration", "")),
        endpoint_uuid=endpoint_uuid,
        third_number=third_number,
        form=_flat(form),
    )


def read_recording(form: QueryDict, *, is_ready: bool) -> ProviderRecording | None:
    """Give the recording that a form names, or None where there is none to be had."""
    name = form.get("RecordingSid", "")
    if not name or form.get("RecordingStatus", "completed") != "completed":
        return None
    return ProviderRecording(
        provider=PROVIDER,
        recording_id=name[:64],
        seconds=_seconds(form.get("RecordingDuration", "")) or 0,
        is_ready=is_ready,
    )


def _key(form: QueryDict) -> str:
    sequence = form.get("SequenceNumber", "")
    if sequence:
        return sequence[:32]
    body = json.dumps(_flat(form), sort_keys=True)
    # Half of the digest is unique enough, and leaves room in the column.
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def _instant(text: str, otherwise: datetime) -> datetime:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _seconds(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _flat(form: QueryDict) -> dict[str, str]:
    return {name: str(value) for name, value in form.items()}
