"""Conferences: rooms where legs hear each other, are held, and may wait with music."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.program import Jump, Performer, Program
from calls.telephony.interpreter.tasks import Promise, Script, Task, sleep
from calls.telephony.interpreter.twiml import Verb

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange


class Participant:
    """One leg in a room."""

    def __init__(self, leg: Leg, noun: Verb) -> None:
        self.leg = leg
        self.label = noun.get("participantLabel")
        self.muted = noun.flag("muted")
        self.hold = False
        self.starts = noun.flag("startConferenceOnEnter", default=True)
        self.ends = noun.flag("endConferenceOnExit")
        self.joined_at = leg.exchange.clock.now()
        self.gone: Promise[str] = Promise(leg.exchange.clock)
        self.sound: tuple[str, str] = ("", "")
        self.music: Task | None = None

    @property
    def name(self) -> str:
        return self.leg.from_ if self.leg.direction == "inbound" else self.leg.to

    def play(self, kind: str, text: str) -> None:
        """What he hears from now on; nothing is noted when it stays the same."""
        if self.sound != (kind, text):
            self.sound = (kind, text)
            self.leg.hear(kind, text)

    def stop_music(self) -> None:
        if self.music is not None:
            self.music.cancel()
            self.music = None


class Conference:
    """A room, from its first participant to its last."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.exchange, self.name = exchange, name
        self.sid = exchange.sids.new("CF")
        self.status = "init"
        self.created_at = exchange.clock.now()
        self.participants: dict[str, Participant] = {}
        self._callback = ("", "POST", frozenset[str]())
        self._sequence = 0

    def join(self, program: Program, noun: Verb) -> Participant:
        if not self._callback[0] and noun.get("statusCallback"):
            url = urljoin(program.url, noun.get("statusCallback"))
            events = frozenset(noun.get("statusCallbackEvent").split())
            self._callback = (url, noun.get("statusCallbackMethod", "POST"), events)
        participant = Participant(program.leg, noun)
        self.participants[program.leg.sid] = participant
        self._tell("join", "participant-join", participant)
        present = self.participants.values()
        if self.status == "init" and len(present) > 1 and any(one.starts for one in present):
            self.status = "in-progress"
            self._tell("start", "conference-start")
        self.refresh()
        return participant

    def leave(self, participant: Participant, reason: str) -> None:
        """He is out of the room, for whatever reason; the room may end with him."""
        if self.participants.pop(participant.leg.sid, None) is None:
            return
        participant.stop_music()
        participant.gone.resolve(reason)
        self._tell("leave", "participant-leave", participant)
        if participant.ends and self.status == "in-progress":
            self.end("participant-with-end-conference-on-exit-left")
        elif not self.participants:
            self.end("last-participant-left")
        else:
            self.refresh()

    def end(self, reason: str) -> None:
        if self.status == "completed":
            return
        self.status = "completed"
        for participant in list(self.participants.values()):
            self.leave(participant, "conference-ended")
        self._tell("end", "conference-end", ReasonConferenceEnded=reason)

    def set_hold(self, participant: Participant, hold: bool) -> None:
        if participant.hold != hold:
            participant.hold = hold
            event = "participant-hold" if hold else "participant-unhold"
            self._tell("hold", event, participant)
            self.refresh()

    def set_muted(self, participant: Participant, muted: bool) -> None:
        if participant.muted != muted:
            participant.muted = muted
            event = "participant-mute" if muted else "participant-unmute"
            self._tell("mute", event, participant)

    def refresh(self) -> None:
        """Let each participant hear what he should hear now."""
        if self.status == "completed":
            return
        for participant in self.participants.values():
            if participant.hold:
                participant.play("music", "hold")
            elif self.status == "init":
                participant.play("music", "waiting")
            else:
                participant.stop_music()
                self._connect(participant)

    def _connect(self, participant: Participant) -> None:
        others = [one for one in self.participants.values() if one is not participant]
        names = ", ".join(one.name for one in others if not one.hold)
        participant.play("connected" if names else "silence", names)

    def _tell(
        self, event: str, name: str, participant: Participant | None = None, **more: str
    ) -> None:
        url, method, events = self._callback
        self._sequence += 1
        if not url or event not in events:
            return
        values = {
            "AccountSid": self.exchange.account.sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "SequenceNumber": str(self._sequence),
            "StatusCallbackEvent": name,
            "Timestamp": format_datetime(self.exchange.clock.now()),
            **more,
        }
        if participant is not None:
            values |= _described(participant)
        self.exchange.courier.notify(url, method, values)


def _described(participant: Participant) -> dict[str, str]:
    return {
        "CallSid": participant.leg.sid,
        "Muted": str(participant.muted).lower(),
        "Hold": str(participant.hold).lower(),
        "Coaching": "false",
        "StartConferenceOnEnter": str(participant.starts).lower(),
        "EndConferenceOnExit": str(participant.ends).lower(),
        "ParticipantLabel": participant.label,
    }


def join_conference(program: Program, verb: Verb, noun: Verb) -> Script[Jump | None]:
    """Stay in the room until leaving it, being removed, or its end."""
    program.leg.answer()
    conference = program.exchange.conference(noun.text)
    participant = conference.join(program, noun)
    if noun.get("waitUrl") and conference.status == "init":
        participant.music = Task(program.clock, _music(program, noun))
    with program.leg.last_words(lambda reason: conference.leave(participant, reason)):
        try:
            yield participant.gone
        finally:
            participant.stop_music()
    return program.action(verb, {"DialCallStatus": "answered", "ConferenceSid": conference.sid})


def _music(program: Program, noun: Verb) -> Script[None]:
    """The wait URL, again and again; an audio file there is simply played."""
    waiting = Program(program.leg, WAITING_ROOM_VERBS)
    start = program.jump(noun.get("waitUrl"), noun.get("waitMethod", "POST"))
    while (yield from waiting.run(start)) == "end":
        yield from sleep(program.clock, 1)


WAITING_ROOM_VERBS: dict[str, Performer] = {}
"""What may be played before the conference starts; filled in `verbs`."""
