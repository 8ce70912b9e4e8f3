"""TwiML for calls that were held or handed on: each path is told where it belongs."""

from collections.abc import Sequence
from urllib.parse import urlencode

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from calls.models import Call, Transfer
from calls.rules.places import Place
from calls.telephony.twilio import twiml
from clients.models import Endpoint

# How long whom a caller is handed to is rung.
RING_SECONDS = 25
# What her path comes from once whom she rang out to is gone.
RUNG_OUT = "out"


def coming_from(call: Call, role: str, left: str) -> str:
    """Give the address that is asked once a path leaves where it is."""
    query = urlencode({"turn": call.turn, "left": left})
    return f"{twiml.absolute('twilio:place', call.uuid, role)}?{query}"


def music(call: Call, sound: str) -> str:
    """Let the caller hear music, or silence, some seconds; then he asks again where he belongs."""
    response = VoiceResponse()
    if sound:
        response.play(sound)
    else:
        response.pause(length=twiml.WAIT_SECONDS)
    response.redirect(coming_from(call, "caller", Place.MUSIC))
    return str(response)


def room(call: Call, role: str, left: str, *, ends_with: bool) -> str:
    """Let a path hear the others; `ends_with`: the room ends when it leaves."""
    response = VoiceResponse()
    dial = Dial(action=coming_from(call, role, left))
    dial.conference(
        call.room,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=ends_with,
        wait_url=alone_url(call, role),
    )
    response.append(dial)
    return str(response)


def alone(call: Call, role: str, text: str, language: str = "fr", sound: str = "") -> str:
    """Say to somebody who is alone in a room what he waits for; then the same is asked again."""
    response = VoiceResponse()
    response.say(text, language=twiml.VOICE_LANGUAGE.get(language, "fr-FR"))
    if sound:
        response.play(sound)
    else:
        response.pause(length=twiml.WAIT_SECONDS)
    response.redirect(alone_url(call, role, again="1"))
    return str(response)


def alone_url(call: Call, role: str, **more: str) -> str:
    """Give the address of what is heard in a room by somebody who is alone there."""
    return f"{twiml.absolute('twilio:alone', call.uuid)}?{urlencode({'role': role} | more)}"


def ring_third(
    call: Call, transfer: Transfer, telephones: Sequence[Endpoint], role: str, left: str
) -> str:
    """Ring whom the caller is handed to; it rings at the ear of whoever waits for him.

    Never recorded: nobody has told him.
    """
    dial = Dial(
        answer_on_bridge=True,
        timeout=RING_SECONDS,
        caller_id=str(call.line.number),
        action=coming_from(call, role, left),
    )
    for endpoint in telephones:
        twiml.add_telephone(dial, call, endpoint)
    if transfer.number:
        twiml.add_number(dial, call, str(transfer.number), must_accept=transfer.must_accept)
    response = VoiceResponse()
    response.append(dial)
    return str(response)


def ring_back(call: Call, telephones: Sequence[Endpoint], seconds: int, left: str) -> str:
    """Ring somebody of ours again for the caller; with nobody to ring he asks again at once."""
    response = VoiceResponse()
    if not telephones:
        response.redirect(coming_from(call, "caller", left))
        return str(response)
    dial = twiml.new_dial(call, seconds=seconds, action=coming_from(call, "caller", left))
    for endpoint in telephones:
        twiml.add_telephone(dial, call, endpoint)
    response.append(dial)
    return str(response)


def ask_for_1(call: Call, endpoint: Endpoint, text: str) -> str:
    """Ask whoever picked up an ordinary telephone for a 1 before anybody is rung."""
    response = VoiceResponse()
    gather = Gather(
        num_digits=1,
        timeout=8,
        action=twiml.absolute("twilio:ring_out", call.uuid, endpoint.uuid),
    )
    gather.say(text, language=twiml.VOICE_LANGUAGE["fr"])
    response.append(gather)
    response.hangup()
    return str(response)


def ring_callee(call: Call) -> str:
    """Ring whom she wants with the client's number, and let her hear it ring; never recorded."""
    dial = Dial(
        answer_on_bridge=True,
        timeout=40,
        caller_id=str(call.line.number),
        action=coming_from(call, "assistant", RUNG_OUT),
    )
    dial.number(
        str(call.caller_number),
        status_callback=twiml.absolute("twilio:callee", call.uuid),
        status_callback_event=twiml.LEG_EVENTS,
    )
    response = VoiceResponse()
    response.append(dial)
    return str(response)
