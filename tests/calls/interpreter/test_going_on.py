"""A caller whom nobody takes back goes on by his line's plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from calls.models import Presence, Recording
from calls.queries import is_talking
from calls.services import hold, take_waiting, tidy_talk
from calls.telephony.interpreter.clock import VirtualClock
from clients.models import Bureau
from desk.queries.callbacks import lost_calls
from desk.routing_words import routed_words
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.talks import MOBILE, Talk, open_legs
from tests.calls.lines import direct
from tests.calls.operator import post_signed
from tests.factories import make_assistant

pytestmark = pytest.mark.once

ASSISTANTS = {"action": "assistants"}
QUEUE = {"action": "queue", "seconds": 60}
VOICEMAIL = {"action": "voicemail", "text": "Parlez après le signal."}
ANNOUNCE = {"action": "announce", "text": "Le cabinet vous rappelle."}
ON_CALL = {"action": "on_call", "numbers": [MOBILE], "seconds": 20}
ELSEWHERE = "+33353010002"
FORWARD = {"action": "forward", "numbers": [ELSEWHERE], "seconds": 20}
# It rings in vain for her, and nobody else answers the client.
IN_VAIN = 28


@pytest.fixture(autouse=True)
def _one_clock(clock: VirtualClock) -> Iterator[None]:
    """How long somebody waits is told by the operator's clock here."""
    with mock.patch("django.utils.timezone.now", clock.now):
        yield


def directed(talk: Talk, *steps: dict[str, Any]) -> Talk:
    """Say what the line does from now on; the call under way came long after."""
    direct(talk.call.line, ASSISTANTS, *steps)
    return talk


def left(talk: Talk, *steps: dict[str, Any], wait: float = IN_VAIN) -> Talk:
    """Let her telephone fail while he hears music, and nobody take him back."""
    directed(talk, *steps).do(hold)
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()
    talk.wait(wait)
    return talk


def waits(talk: Talk) -> bool:
    return talk.call.is_waiting and talk.call.is_left_to_plan


def words(talk: Talk) -> str:
    """What the call's page says of where he went after nobody had taken him back."""
    with translation.override("en"):
        return routed_words(talk.call).removeprefix("Lea, first in turn · taken back by nobody at ")


def is_lost(talk: Talk) -> bool:
    """Whether he stands among those to be rung back."""
    return lost_calls([talk.call.client_id], timezone.now()).filter(pk=talk.call.pk).exists()


def test_he_waits_in_the_queue_and_hears_music(talk: Talk) -> None:
    left(talk, QUEUE)

    assert waits(talk)
    assert talk.caller_hears() == "played waiting.wav"
    assert not is_talking(talk.lea)
    assert words(talk) == "9:40: waits in the queue"


def test_who_let_it_ring_is_let_be_a_while_and_then_offered_him(talk: Talk) -> None:
    left(talk, {"action": "queue", "seconds": 120}, wait=28)
    assert (waits(talk), talk.telephone.ringing) == (True, [])

    talk.wait(45)

    assert len(talk.telephone.ringing) == 1
    talk.telephone.answer()
    talk.wait()
    call = talk.call
    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert (call.answered_by, call.handed_over_at, call.held_at) == (talk.lea, None, None)
    assert (call.is_waiting, is_talking(talk.lea)) == (False, True)
    # And all that may be done in a talk may be done again.
    talk.do(hold)
    assert talk.caller_hears() == "played waiting.wav"
    talk.party.hang_up()
    talk.wait()
    talk.tidy()
    # He left her, on hold: that is as it was.
    assert (talk.call.ending, open_legs(), is_lost(talk)) == ("answered", 0, False)


def test_a_colleague_takes_him_out_of_the_queue_and_has_him(talk: Talk) -> None:
    left(talk, QUEUE)
    claire = make_assistant(talk.call.client, "claire", rank=2)
    hers = talk.other(claire.endpoints.get().address)

    take_waiting(call=talk.call, by=claire, at=timezone.now())
    talk.wait()
    hers.answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {hers.address}"
    assert (talk.call.answered_by, is_talking(claire)) == (claire, True)
    assert words(talk) == "9:40: waited 7 s in the queue, taken back by Claire"
    hers.hang_up()
    talk.wait()
    assert (talk.party.state, open_legs()) == ("completed", 0)
    assert talk.call.left_alone_at is None


def test_whom_nobody_takes_out_of_the_queue_gets_what_comes_after_it(talk: Talk) -> None:
    Presence.objects.update(state="paused")
    left(talk, QUEUE, ANNOUNCE, wait=120)

    assert "said Le cabinet vous rappelle." in kinds(talk.party)
    call = talk.call
    assert (call.state, call.ending, call.is_waiting) == ("ended", "answered", False)
    assert is_lost(talk)
    assert words(talk) == "9:40: waited 64 s in the queue, a sentence, then the end"


def test_who_hangs_up_in_the_queue_is_to_be_rung_back(talk: Talk) -> None:
    left(talk, QUEUE)
    talk.party.hang_up()
    talk.wait()

    assert (talk.call.ending, open_legs(), is_lost(talk)) == ("answered", 0, True)
    assert talk.call.left_queue_at == talk.call.ended_at
    assert words(talk) == "9:40: waited 5 s in the queue, the caller hung up"


def test_his_words_on_the_machine_are_kept_and_he_is_not_asked_for_twice(talk: Talk) -> None:
    left(talk, VOICEMAIL)
    assert "said Parlez après le signal." in kinds(talk.party)
    talk.wait(10)
    talk.party.hang_up()
    talk.wait(10)

    assert Recording.objects.voicemails().filter(call=talk.call).count() == 1
    assert (talk.call.ending, is_lost(talk)) == ("answered", False)
    assert words(talk) == "9:40: voicemail"


def test_who_hangs_up_before_the_tone_is_to_be_rung_back(talk: Talk) -> None:
    left(talk, VOICEMAIL, wait=24)
    assert talk.caller_hears() == "said Parlez après le signal."
    talk.party.hang_up()
    talk.wait(10)

    assert is_lost(talk)


def test_whoever_is_on_call_takes_him_by_pressing_1(talk: Talk) -> None:
    left(talk, ON_CALL, ANNOUNCE)
    on_call = talk.other(MOBILE)
    assert len(on_call.ringing) == 1
    on_call.answer()
    talk.wait()
    picked_up = talk.call
    assert picked_up.held_at is not None
    on_call.press("1")
    talk.wait()

    assert talk.caller_hears() == f"connected {MOBILE}"
    assert talk.call.held_at is None
    assert talk.call.answered_by == talk.lea
    assert not is_talking(talk.lea)
    assert words(talk) == "9:40: taken by 06 39 98 00 55"
    on_call.hang_up()
    talk.wait()
    assert (talk.party.state, open_legs(), is_lost(talk)) == ("completed", 0, False)
    assert "said Le cabinet vous rappelle." not in kinds(talk.party)


def test_the_number_that_his_line_forwards_to_takes_him(talk: Talk) -> None:
    left(talk, FORWARD)
    assert words(talk) == "9:40: rings at 03 53 01 00 02"
    talk.other(ELSEWHERE).answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {ELSEWHERE}"
    talk.party.hang_up()
    talk.wait()
    assert (open_legs(), is_lost(talk)) == (0, False)


def test_where_nobody_is_on_call_the_next_step_is_done(talk: Talk) -> None:
    left(talk, ON_CALL, ANNOUNCE, wait=IN_VAIN + 30)

    assert "said Le cabinet vous rappelle." in kinds(talk.party)
    assert (talk.party.state, is_lost(talk)) == ("completed", True)
    assert words(talk) == "9:40: 06 39 98 00 55 did not pick up, a sentence, then the end"


def test_after_the_last_step_the_lines_own_sentence_is_said(talk: Talk) -> None:
    left(talk, FORWARD, wait=IN_VAIN + 30)

    assert "said Merci de rappeler plus tard." in kinds(talk.party)
    assert is_lost(talk)
    assert words(talk) == "9:40: 03 53 01 00 02 did not pick up, the line’s sentence, then the end"


def test_a_line_of_people_only_says_its_own_sentence(talk: Talk) -> None:
    left(talk, {"action": "deputies"})

    assert "said Merci de rappeler plus tard." in kinds(talk.party)
    assert ("went_on" in talk.call.routing, is_lost(talk)) == (False, True)


def test_what_comes_before_us_is_not_rung_for_him_again(talk: Talk) -> None:
    direct(talk.call.line, {"action": "team", "numbers": [MOBILE]}, ASSISTANTS, ANNOUNCE)
    talk.do(hold)
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()
    talk.wait(IN_VAIN)

    assert talk.other(MOBILE).legs == []
    assert "said Le cabinet vous rappelle." in kinds(talk.party)


def test_sent_directly_and_taken_by_nobody_he_goes_on_too(talk: Talk) -> None:
    directed(talk, ANNOUNCE).send()
    talk.wait(120)

    assert "said Le cabinet vous rappelle." in kinds(talk.party)
    assert (talk.outcome, is_lost(talk)) == ("no_answer", True)


def test_who_hangs_up_while_it_rings_back_is_to_be_rung_back(talk: Talk) -> None:
    left(talk, QUEUE, wait=5)
    assert len(talk.telephone.ringing) == 1
    talk.party.hang_up()
    talk.wait()
    talk.tidy()

    assert (talk.call.ending, open_legs(), is_lost(talk)) == ("answered", 0, True)


@pytest.mark.parametrize("at", [27.0, 29.5, 33.0, 41.0, 55.0, 80.0])
def test_he_may_hang_up_at_any_moment(talk: Talk, at: float) -> None:
    left(talk, {"action": "queue", "seconds": 20}, FORWARD, ANNOUNCE, wait=at)
    talk.party.hang_up()
    talk.wait(5)
    tidy_talk(call=talk.call)

    assert (talk.call.state, talk.call.ending, open_legs()) == ("ended", "answered", 0)
    assert (talk.call.is_waiting, is_lost(talk)) == (False, True)


def asked_again(talk: Talk, name: str, query: str) -> str:
    """What the operator is told where it asks for the same once more."""
    args = [talk.call.uuid, "caller"] if name == "place" else [talk.call.uuid]
    path = f"{reverse(f'twilio:{name}', args=args)}?{query}"
    form = {"CallSid": talk.party.sid, "CallStatus": "in-progress", "DialCallStatus": "no-answer"}
    return post_signed(path, form).content.decode()


def test_asked_twice_or_for_an_older_dial_it_gives_the_same(talk: Talk) -> None:
    call = talk.call
    # Its first plan had a step after the one that brought her.
    call.routing["steps"] *= 2
    call.save(update_fields=["routing"])
    left(talk, QUEUE, ANNOUNCE)
    before = talk.call
    turn = before.turn

    for query in (f"turn={turn}&left=others", f"turn={turn}&left=back", "turn=0&left=dial"):
        assert "<Enqueue" in asked_again(talk, "place", query)
    # The Dial that rang for him when he came.
    assert "<Enqueue" in asked_again(talk, "dialled", "step=0")

    after = talk.call
    assert (after.queued_at, after.places) == (before.queued_at, before.places)
    assert after.routing["steps"] == before.routing["steps"]


def test_a_mobiles_voicemail_does_not_take_him_back(talk: Talk) -> None:
    directed(talk, ANNOUNCE).do(hold)
    hers, machine = talk.telephone, talk.other(MOBILE)
    talk.lea.endpoints.update(kind="number", address=MOBILE)
    hers.hang_up()
    talk.wait()
    talk.tidy()

    machine.answer()
    talk.wait(IN_VAIN)

    assert "said Le cabinet vous rappelle." in kinds(talk.party)
    assert is_lost(talk)


def test_a_second_talk_that_is_lost_as_well_goes_on_once_more(talk: Talk) -> None:
    left(talk, {"action": "queue", "seconds": 200}, wait=28)
    talk.wait(45)
    talk.telephone.answer()
    talk.wait()
    talk.do(hold)
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()
    talk.wait(28)

    assert waits(talk)
    assert talk.caller_hears() == "played waiting.wav"


def test_her_time_to_write_up_begins_once(talk: Talk) -> None:
    Bureau.objects.update(wrap_up_seconds=15)
    left(talk, QUEUE)
    until = Presence.objects.get(user=talk.lea).wrap_up_until
    assert until is not None

    talk.party.hang_up()
    talk.wait()

    assert Presence.objects.get(user=talk.lea).wrap_up_until == until
