"""What changes calls. Their state changes through provider events only."""

from calls.services.arrivals import Arrival, Leaving, arrive
from calls.services.crises import (
    CrisisAlready,
    LineOfAnother,
    NoCrisis,
    NotANumber,
    RuleExists,
    add_caller_rule,
    end_crisis,
    remove_caller_rule,
    start_crisis,
)
from calls.services.desk import (
    NotTheAnswerer,
    choose_correspondent,
    promise_callback,
    request_hang_up,
    set_disposition,
)
from calls.services.events import accept_call, accept_third, record_event
from calls.services.following import her_leg
from calls.services.incoming import UnknownLine, receive_call
from calls.services.moves import move_of, next_move
from calls.services.outgoing import CannotRing, ring_out
from calls.services.presence import end_wrap_up, note_seen, send_gone_away, set_presence
from calls.services.purging import purge_calls
from calls.services.queueing import (
    CannotTake,
    claim_waiting,
    enter_queue,
    has_waited_enough,
    leave_queue,
    note_declined,
    note_rung,
    offer_waiting,
    take_waiting,
    wake_queue,
)
from calls.services.recordings import forget_recordings, note_recording, sweep_recordings
from calls.services.refusals import record_refusal
from calls.services.schedules import (
    InThePast,
    ScheduleRefused,
    SchedulesChanged,
    VersionHasBegun,
    draft_of,
    faults_in,
    publish_schedule,
    revision_of,
    today_of,
    withdraw_schedule,
)
from calls.services.settling import settle_silent_calls
from calls.services.stand_ins import (
    TelephoneRefused,
    end_old_stand_ins,
    end_stand_in,
    leave_telephones,
    lend_telephone,
    ring_own_too,
    take_telephone,
)
from calls.services.talking import (
    CallerFollows,
    NotNow,
    hold,
    join_three,
    put_through,
    resume,
    take_back,
    transfer,
)
from calls.services.tidying import tidy_talk, tidy_talks
from calls.services.unheard import note_unheard

__all__ = [
    "Arrival",
    "CallerFollows",
    "CannotRing",
    "CannotTake",
    "CrisisAlready",
    "InThePast",
    "Leaving",
    "LineOfAnother",
    "NoCrisis",
    "NotANumber",
    "NotNow",
    "NotTheAnswerer",
    "RuleExists",
    "ScheduleRefused",
    "SchedulesChanged",
    "TelephoneRefused",
    "UnknownLine",
    "VersionHasBegun",
    "accept_call",
    "accept_third",
    "add_caller_rule",
    "arrive",
    "choose_correspondent",
    "claim_waiting",
    "draft_of",
    "end_crisis",
    "end_old_stand_ins",
    "end_stand_in",
    "end_wrap_up",
    "enter_queue",
    "faults_in",
    "forget_recordings",
    "has_waited_enough",
    "her_leg",
    "hold",
    "join_three",
    "leave_queue",
    "leave_telephones",
    "lend_telephone",
    "move_of",
    "next_move",
    "note_declined",
    "note_recording",
    "note_rung",
    "note_seen",
    "note_unheard",
    "offer_waiting",
    "promise_callback",
    "publish_schedule",
    "purge_calls",
    "put_through",
    "receive_call",
    "record_event",
    "record_refusal",
    "remove_caller_rule",
    "request_hang_up",
    "resume",
    "revision_of",
    "ring_out",
    "ring_own_too",
    "send_gone_away",
    "set_disposition",
    "set_presence",
    "settle_silent_calls",
    "start_crisis",
    "sweep_recordings",
    "take_back",
    "take_telephone",
    "take_waiting",
    "tidy_talk",
    "tidy_talks",
    "today_of",
    "transfer",
    "wake_queue",
    "withdraw_schedule",
]
