"""Who hears which fact: the one list of all the wires between apps."""

from agenda.facts import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentRestored,
)
from calls.facts import CallEnded, PresenceChanged, VoicemailLeft
from calls.services.covers import follow_cover
from calls.services.stand_ins import follow_presence
from clients.facts import CoverBegan, CoverEnded
from core.facts import Handler
from messages_app.services.cover_notices import tell_who_answers, tell_who_is_back
from messages_app.services.holds import free_holds
from messages_app.services.notice_cancellations import follow_cancellation, stand_again
from messages_app.services.notices import confirm_booking, follow_move
from messages_app.services.partial import keep_partial
from messages_app.services.voicemails import keep_voicemail

WIRES: dict[type, list[Handler]] = {
    AppointmentBooked: [confirm_booking],
    AppointmentMoved: [follow_move],
    AppointmentCancelled: [follow_cancellation],
    AppointmentRestored: [stand_again],
    CallEnded: [keep_partial, free_holds],
    PresenceChanged: [follow_presence],
    CoverBegan: [follow_cover, tell_who_answers],
    CoverEnded: [follow_cover, tell_who_is_back],
    VoicemailLeft: [keep_voicemail],
}
