"""What we answer to the operator: TwiML."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from calls.models import Call
from clients.models import Endpoint

VOICE_LANGUAGE = {"fr": "fr-FR", "en": "en-GB"}
LEG_EVENTS = "initiated ringing answered completed"


@dataclass(frozen=True)
class RingStep:
    """Telephones to ring together, and the step's place in the call's plan."""

    index: int
    endpoints: Sequence[Endpoint]
    seconds: int


def absolute(name: str, *args: object) -> str:
    """Give the public address of one of our webhooks."""
    return str(settings.PUBLIC_BASE_URL + reverse(name, args=args))


def ring(call: Call, step: RingStep) -> str:
    """Ring the step's telephones; the caller hears real ringing until somebody answers."""
    response = VoiceResponse()
    dial = Dial(
        answer_on_bridge=True,
        timeout=step.seconds,
        caller_id=str(call.line.number),
        action=f"{absolute('twilio:dialled', call.uuid)}?step={step.index}",
    )
    for endpoint in step.endpoints:
        _add_telephone(dial, call, endpoint)
    response.append(dial)
    return str(response)


def _add_telephone(dial: Dial, call: Call, endpoint: Endpoint) -> None:
    follow = {
        "status_callback": absolute("twilio:leg", call.uuid, endpoint.uuid),
        "status_callback_event": LEG_EVENTS,
    }
    if endpoint.kind == Endpoint.Kind.SIP:
        dial.sip(endpoint.address, **follow)
    else:
        # Pressing 1 keeps a mobile's voicemail from taking the call.
        whisper = absolute("twilio:whisper", call.uuid, endpoint.uuid)
        dial.number(endpoint.address, url=whisper, **follow)


def whisper(call: Call, endpoint: Endpoint, text: str) -> str:
    """Tell the person who picked up whose call it is, and ask for a 1; without it, hang up."""
    response = VoiceResponse()
    gather = Gather(
        num_digits=1, timeout=8, action=absolute("twilio:accept", call.uuid, endpoint.uuid)
    )
    gather.say(text, language=VOICE_LANGUAGE["fr"])
    response.append(gather)
    response.hangup()
    return str(response)


def bridge() -> str:
    """Let both talk: an empty answer on the telephone's leg joins it to the caller."""
    return str(VoiceResponse())


def say_and_hang_up(text: str, language: str = "fr") -> str:
    """Say one sentence to the caller and end the call."""
    response = VoiceResponse()
    response.say(text, language=VOICE_LANGUAGE.get(language, VOICE_LANGUAGE["fr"]))
    response.hangup()
    return str(response)


def hang_up() -> str:
    """End the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)
