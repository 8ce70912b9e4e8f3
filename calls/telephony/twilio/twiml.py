"""What we answer to the operator: TwiML."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from twilio.twiml.voice_response import Dial, Enqueue, Gather, VoiceResponse

from calls.models import Call
from calls.rules.routing import Action
from calls.telephony.moves import Move
from clients.models import Endpoint

VOICE_LANGUAGE = {"fr": "fr-FR", "en": "en-GB"}
# Not "initiated": ringing follows it at once, or the end says why not.
LEG_EVENTS = "ringing answered completed"
# How often a waiting caller's document is asked for, where nothing plays.
WAIT_SECONDS = 10
# How long our waiting music plays, and so how often the document is asked for otherwise.
MUSIC_SECONDS = 16


def music_url() -> str:
    """Give the address of our own waiting music."""
    return str(settings.PUBLIC_BASE_URL + static("sounds/waiting.wav"))


def absolute(name: str, *args: object) -> str:
    """Give the public address of one of our webhooks."""
    return str(settings.PUBLIC_BASE_URL + reverse(name, args=args))


def do(call: Call, move: Move, *, first: bool = False) -> str:
    """Ask the operator for one step of a call's plan.

    Before the `first` of a call that is recorded the caller is told so.
    """
    if move.action == Action.ANNOUNCE:
        return say_and_hang_up(move.text, move.language)
    if move.action == Action.VOICEMAIL:
        return take_message(call, move)
    response = VoiceResponse()
    notice = recording_notice(call)
    if first and notice:
        response.say(notice, language=VOICE_LANGUAGE.get(move.language, VOICE_LANGUAGE["fr"]))
    if move.action == Action.QUEUE:
        return enqueue(call, move, response)
    return ring(call, move, response)


def recording_notice(call: Call) -> str:
    """Give the legal notice of a call that is recorded; empty: nothing is recorded."""
    return str(call.routing.get("recording_notice", ""))


def take_message(call: Call, move: Move) -> str:
    """Let the caller speak after a tone; a key, five seconds of silence or hanging up ends it.

    Where he says nothing the operator goes on with the next verb, the end. `<Record>` without an
    action would ask for this same document for ever.
    """
    response = VoiceResponse()
    response.say(move.text, language=VOICE_LANGUAGE.get(move.language, VOICE_LANGUAGE["fr"]))
    response.record(
        action=absolute("twilio:voicemail", call.uuid),
        recording_status_callback=absolute("twilio:recorded", call.uuid),
        max_length=move.seconds,
        timeout=5,
        finish_on_key="#*",
        play_beep=True,
    )
    response.hangup()
    return str(response)


def ring(call: Call, move: Move, response: VoiceResponse) -> str:
    """Ring the step's telephones; the caller hears real ringing until somebody answers."""
    action = f"{absolute('twilio:dialled', call.uuid)}?step={move.index}"
    dial = new_dial(call, seconds=move.seconds, action=action)
    for endpoint in move.endpoints:
        add_telephone(dial, call, endpoint)
    for number in move.numbers:
        add_number(dial, call, number, must_accept=move.action == Action.ON_CALL)
    response.append(dial)
    return str(response)


def ring_from_queue(call: Call, endpoints: Sequence[Endpoint], seconds: int) -> str:
    """Ring somebody's telephones for a caller who has waited."""
    dial = new_dial(call, seconds=seconds, action=absolute("twilio:declined", call.uuid))
    for endpoint in endpoints:
        add_telephone(dial, call, endpoint)
    response = VoiceResponse()
    response.append(dial)
    return str(response)


def new_dial(call: Call, *, seconds: int, action: str) -> Dial:
    """Begin a Dial that shows the client's number, recorded where its line is."""
    recorded = {}
    if recording_notice(call):
        recorded = {
            "record": "record-from-answer-dual",
            "recording_status_callback": absolute("twilio:conversation", call.uuid),
        }
    return Dial(
        answer_on_bridge=True,
        timeout=seconds,
        caller_id=str(call.line.number),
        action=action,
        **recorded,
    )


def add_number(dial: Dial, call: Call, number: str, *, must_accept: bool) -> None:
    """Add somebody outside to a Dial; with `must_accept` he has to press 1."""
    query = urlencode({"number": number})
    # A mobile's voicemail must not take a call that somebody on call is waited for.
    screened = (
        {"url": f"{absolute('twilio:third_whisper', call.uuid)}?{query}"} if must_accept else {}
    )
    dial.number(
        number,
        status_callback=f"{absolute('twilio:third', call.uuid)}?{query}",
        status_callback_event=LEG_EVENTS,
        **screened,
    )


def enqueue(call: Call, move: Move, response: VoiceResponse | None = None) -> str:
    """Let the caller wait; his waiting document is asked for again whenever it ends."""
    response = VoiceResponse() if response is None else response
    step = f"?step={move.index}"
    enqueued = Enqueue(
        name=call.client.uuid.hex,
        wait_url=f"{absolute('twilio:waiting', call.uuid)}{step}",
        action=f"{absolute('twilio:waited', call.uuid)}{step}",
    )
    response.append(enqueued)
    return str(response)


def keep_waiting(sentence: str, language: str, sound: str, url: str) -> str:
    """Say where the caller stands, if anything, and let him wait some seconds more.

    `sound` is music, silence or own; `url` is what is heard while waiting, empty for silence.
    """
    response = VoiceResponse()
    if sentence:
        response.say(sentence, language=VOICE_LANGUAGE.get(language, VOICE_LANGUAGE["fr"]))
    if sound != "silence" and url:
        response.play(url)
    else:
        response.pause(length=WAIT_SECONDS)
    return str(response)


def leave_queue() -> str:
    """Take the caller out of the queue: what comes next is asked for at once."""
    response = VoiceResponse()
    response.leave()
    return str(response)


def add_telephone(dial: Dial, call: Call, endpoint: Endpoint) -> None:
    """Add a telephone of ours to a Dial."""
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


def third_whisper(call: Call, number: str, text: str) -> str:
    """Tell a third person whose caller it is, and ask for a 1; without it, hang up."""
    action = f"{absolute('twilio:third_accept', call.uuid)}?{urlencode({'number': number})}"
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=8, action=action)
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


def reject() -> str:
    """Turn a caller away unanswered, at no cost: he hears that the number is out of service."""
    response = VoiceResponse()
    response.reject()
    return str(response)


def hang_up() -> str:
    """End the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)
