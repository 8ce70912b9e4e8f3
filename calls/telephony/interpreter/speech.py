"""The verbs that speak, listen and end: Say, Play, Pause, Gather, Record, Redirect, Hangup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count

from calls.telephony.interpreter.legs import SILENCE
from calls.telephony.interpreter.program import Jump, Program, Stopped
from calls.telephony.interpreter.tasks import Delay, Promise, Script, Task, first_of, sleep
from calls.telephony.interpreter.twiml import Verb

CHARACTERS_PER_SECOND = 15
PLAY_SECONDS = 5.0
LONGEST_SAY = 4096


@dataclass
class Recording:
    """What a caller left on a voicemail; the sound itself is only its length."""

    sid: str
    call_sid: str
    seconds: int
    started_at: datetime


def say(program: Program, verb: Verb) -> Script[Jump | None]:
    program.leg.answer()
    if len(verb.text) > LONGEST_SAY:
        program.exchange.alert(13520, program.url, "the text of <Say> is too long")
        return None
    seconds = max(1.0, len(verb.text) / CHARACTERS_PER_SECOND)
    for _time in _times(verb):
        program.leg.hear("said", verb.text, verb.get("language", "en-US"))
        yield from sleep(program.clock, seconds)
    return None


def play(program: Program, verb: Verb) -> Script[Jump | None]:
    program.leg.answer()
    if digits := verb.get("digits"):
        program.leg.hear("tones", digits)
        return None
    for _time in _times(verb):
        program.leg.hear("played", program.jump(verb.text, "GET").url)
        yield from sleep(program.clock, PLAY_SECONDS)
    return None


def pause(program: Program, verb: Verb) -> Script[Jump | None]:
    """Silence; as a first verb it leaves the telephone ringing."""
    if program.leg.answered_at is not None:
        program.leg.hear("silence")
    yield from sleep(program.clock, verb.number("length", 1))
    return None


def redirect(program: Program, verb: Verb) -> Script[Jump | None]:
    yield from ()
    return program.jump(verb.text, verb.get("method", "POST"))


def hang_up(program: Program, _verb: Verb) -> Script[Jump | None]:
    """As a first verb it answers before it ends, as Twilio bills it."""
    yield from ()
    program.leg.answer()
    raise Stopped("hangup")


def leave(_program: Program, _verb: Verb) -> Script[Jump | None]:
    yield from ()
    raise Stopped("leave")


def reject(program: Program, verb: Verb) -> Script[Jump | None]:
    """Refuse without answering; on an answered call it only ends it."""
    yield from ()
    busy = verb.get("reason") == "busy"
    if program.leg.answered_at is None:
        program.leg.hear("busy" if busy else "not in service")
        program.leg.end("busy" if busy else "no-answer")
    raise Stopped("hangup")


def gather(program: Program, verb: Verb) -> Script[Jump | None]:
    program.leg.answer()
    program.leg.digits.clear()
    prompts = Task(program.clock, _prompts(program, verb))
    try:
        digits, finish = yield from _typed(program, verb, prompts)
    finally:
        prompts.cancel()
    if not digits and not verb.flag("actionOnEmptyResult"):
        return None
    found = {"Digits": digits, "FinishedOnKey": finish, "msg": "Gather End"}
    return program.jump(verb.get("action"), verb.get("method", "POST"), found)


def _prompts(program: Program, verb: Verb) -> Script[None]:
    for child in verb.children:
        yield from program.perform(child)


def _typed(program: Program, verb: Verb, prompts: Task) -> Script[tuple[str, str]]:
    """The digits typed, and the key that ended them; the first key silences the prompts."""
    # Speech is not played here: without dtmf among its inputs a Gather hears nothing.
    deaf = "dtmf" not in verb.get("input", "dtmf").split()
    wanted, finish_key = verb.number("numDigits", 0), verb.get("finishOnKey", "#")
    digits = ""
    key = yield from _key_before(program, prompts.finished, deaf=deaf)
    prompts.cancel()
    while True:
        if key and key in finish_key:
            return digits, key
        digits += key or ""
        if wanted and len(digits) >= wanted:
            return digits, ""
        key = yield from _key_within(program, verb.number("timeout", 5), deaf=deaf)
        if key is None:
            return digits, ""


def _key_within(program: Program, seconds: float, *, deaf: bool = False) -> Script[str | None]:
    patience = Delay(program.clock, seconds)
    try:
        return (yield from _key_before(program, patience, deaf=deaf))
    finally:
        patience.cancel()


def _key_before(
    program: Program, patience: Promise[None], *, deaf: bool = False
) -> Script[str | None]:
    """The next key, or None when patience runs out first."""
    if deaf:
        yield patience
        return None
    arrival = program.leg.digits.arrival()
    first = yield first_of(program.clock, arrival, patience)
    return program.leg.digits.take() if first is arrival else None


def record(program: Program, verb: Verb) -> Script[Jump | None]:
    """Record until a key, silence, the longest time or the hang-up."""
    leg = program.leg
    leg.answer()
    leg.digits.clear()
    if verb.flag("playBeep", default=True):
        leg.hear("beep")
    started_at = program.clock.now()

    def interrupted(reason: str) -> None:
        if reason == "hangup" and (found := _recorded(program, verb, started_at, "hangup")):
            program.tell(_after_recording(program, verb, found))

    with leg.last_words(interrupted):
        key = yield from _until_done_speaking(program, verb)
    found = _recorded(program, verb, started_at, key)
    return _after_recording(program, verb, found) if found else None


def _after_recording(program: Program, verb: Verb, found: dict[str, str]) -> Jump:
    # Without an action Twilio asks the same document again, for ever if it records again.
    return program.jump(verb.get("action"), verb.get("method", "POST"), found)


def _until_done_speaking(program: Program, verb: Verb) -> Script[str]:
    longest = Delay(program.clock, verb.number("maxLength", 3600))
    finish_keys = verb.get("finishOnKey", "1234567890*#")
    try:
        while True:
            key = yield from _key_before(program, longest)
            if key is None:
                return ""
            if key == SILENCE:
                yield from sleep(program.clock, verb.number("timeout", 5))
                return ""
            if key in finish_keys:
                return key
    finally:
        longest.cancel()


def _recorded(program: Program, verb: Verb, started_at: datetime, key: str) -> dict[str, str]:
    """Keep the recording and tell its callback; nothing when it is empty."""
    seconds = int((program.clock.now() - started_at).total_seconds())
    if seconds < 1:
        return {}
    return keep_recording(program, verb, seconds, "RecordVerb") | {"Digits": key}


def keep_recording(program: Program, verb: Verb, seconds: int, source: str) -> dict[str, str]:
    """Keep what was said on a leg until now, and announce it where the verb wants it told."""
    started_at = program.clock.now() - timedelta(seconds=seconds)
    recording = Recording(program.exchange.sids.new("RE"), program.leg.sid, seconds, started_at)
    program.exchange.recordings[recording.sid] = recording
    url = program.exchange.resource_url(f"Recordings/{recording.sid}")
    if verb.get("recordingStatusCallback"):
        program.clock.schedule(1, lambda: _announce(program, verb, recording, url, source))
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": url,
        "RecordingDuration": str(seconds),
    }


def _announce(program: Program, verb: Verb, recording: Recording, url: str, source: str) -> None:
    callback = program.jump(
        verb.get("recordingStatusCallback"), verb.get("recordingStatusCallbackMethod", "POST")
    )
    values = {
        "AccountSid": program.exchange.account.sid,
        "CallSid": recording.call_sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": url,
        "RecordingStatus": "completed",
        "RecordingDuration": str(recording.seconds),
        "RecordingChannels": "1",
        "RecordingStartTime": format_datetime(recording.started_at),
        "RecordingSource": source,
    }
    program.exchange.courier.notify(callback.url, callback.method, values)


def _times(verb: Verb) -> Iterator[int]:
    """As often as `loop` says; 0 is for ever."""
    loop = verb.number("loop", 1)
    return count() if loop == 0 else iter(range(loop))
