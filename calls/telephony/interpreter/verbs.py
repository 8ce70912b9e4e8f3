"""Which verbs may be performed where."""

from __future__ import annotations

from calls.telephony.interpreter import conference, dial, queue, speech
from calls.telephony.interpreter.program import Performer

SPOKEN: dict[str, Performer] = {
    "Say": speech.say,
    "Play": speech.play,
    "Pause": speech.pause,
    "Redirect": speech.redirect,
}
EVERYWHERE: dict[str, Performer] = SPOKEN | {
    "Gather": speech.gather,
    "Hangup": speech.hang_up,
}
CALL: dict[str, Performer] = EVERYWHERE | {
    "Record": speech.record,
    "Reject": speech.reject,
    "Dial": dial.dial,
    "Enqueue": queue.enqueue,
    "Leave": speech.leave,
}
dial.SCREENING_VERBS.update(EVERYWHERE)
queue.WAITING_VERBS.update(EVERYWHERE | {"Leave": speech.leave})
conference.WAITING_ROOM_VERBS.update(SPOKEN)
