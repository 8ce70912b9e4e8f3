"""A caller is handed on: announced, at once, by three; and comes back where nobody takes him."""

from __future__ import annotations

from unittest import mock

import pytest

from calls.models import Call, Transfer
from calls.services import CallerFollows, NotNow, hold, join_three, put_through, resume, take_back
from calls.telephony.twilio import api
from tests.calls.interpreter.talks import LAWYER, MOBILE, Talk, hears, open_legs


@pytest.fixture
def through(consulting: Talk) -> Talk:
    """The caller talks with the lawyer."""
    consulting.do(put_through)
    return consulting


def test_the_lawyer_is_rung_with_the_clients_number_while_the_caller_hears_music(
    talk: Talk,
) -> None:
    talk.announce()

    assert talk.caller_hears() == "played waiting.wav"
    assert [leg.from_ for leg in talk.other().ringing] == [str(talk.call.line.number)]
    assert Transfer.objects.get().rang_at is not None


def test_she_speaks_to_the_lawyer_first(consulting: Talk) -> None:
    assert hears(consulting.telephone) == f"connected {LAWYER}"
    assert consulting.caller_hears() == "played waiting.wav"
    transfer = Transfer.objects.get()
    assert transfer.taken_at is not None
    assert transfer.leg is not None
    assert (transfer.leg.role, str(transfer.leg.number)) == ("third", LAWYER)


def test_put_through_leaves_the_caller_with_the_lawyer_and_frees_her(through: Talk) -> None:
    assert through.caller_hears() == f"connected {LAWYER}"
    assert through.telephone.connected == []
    call = through.call
    assert (call.state, call.handed_over_at is not None) == (Call.State.IN_PROGRESS, True)
    assert not Call.objects.talked_by(through.lea).exists()
    assert through.outcome == "put_through"


@pytest.mark.parametrize("who", ["caller", "lawyer"])
def test_once_put_through_either_ends_the_call(through: Talk, who: str) -> None:
    if who == "caller":
        through.party.hang_up()
    else:
        through.other().hang_up()
    through.wait()

    assert through.party.state == "completed"
    assert through.other().connected == []
    assert through.call.ending == "answered"
    assert open_legs() == 0


def test_taken_back_the_lawyer_is_let_go_and_both_talk(consulting: Talk) -> None:
    consulting.do(take_back)

    assert consulting.caller_hears() == f"connected {consulting.telephone.address}"
    assert consulting.other().connected == []
    assert consulting.outcome == "taken_back"
    consulting.do(hold)
    assert consulting.caller_hears() == "played waiting.wav"


def test_taken_back_while_it_rings(talk: Talk) -> None:
    talk.announce()
    talk.do(take_back)

    assert talk.other().ringing == []
    assert talk.caller_hears() == f"connected {talk.telephone.address}"


@pytest.mark.parametrize(
    ("ending", "outcome"), [("silence", "no_answer"), ("refuses", "busy"), ("off", "no_answer")]
)
def test_where_the_lawyer_does_not_take_it_the_caller_comes_back(
    talk: Talk, ending: str, outcome: str
) -> None:
    talk.other().offline = ending == "off"
    talk.announce()
    if ending == "refuses":
        talk.other().decline()
    talk.wait(30)
    talk.tidy()

    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert talk.call.held_at is None
    assert talk.outcome == outcome


def test_he_comes_back_even_where_nobody_tidies(talk: Talk) -> None:
    talk.announce()
    talk.other().decline()
    talk.wait(25)

    assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_a_mobiles_voicemail_never_takes_a_caller(talk: Talk) -> None:
    talk.announce(MOBILE)
    talk.other(MOBILE).answer()
    talk.wait(15)
    talk.tidy()

    assert talk.outcome == "no_answer"
    assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_a_mobile_takes_it_by_pressing_1(talk: Talk) -> None:
    talk.announce(MOBILE)
    talk.other(MOBILE).answer()
    talk.wait()
    talk.other(MOBILE).press("1")
    talk.wait()
    talk.do(put_through)

    assert talk.caller_hears() == f"connected {MOBILE}"


def test_three_talk_together(three: Talk) -> None:
    assert LAWYER in three.caller_hears()
    assert three.telephone.address in three.caller_hears()
    assert Transfer.objects.get().joined_at is not None


def test_she_leaves_the_other_two_together(three: Talk) -> None:
    three.do(put_through)

    assert three.caller_hears() == f"connected {LAWYER}"
    assert three.telephone.connected == []
    assert three.outcome == "put_through"


def test_hanging_up_among_three_leaves_the_other_two_together(three: Talk) -> None:
    three.telephone.hang_up()
    three.wait()
    three.tidy()

    assert three.caller_hears() == f"connected {LAWYER}"
    assert three.call.handed_over_at is not None
    three.other().hang_up()
    three.wait()
    three.tidy()
    assert three.party.state == "completed"
    assert open_legs() == 0


def test_the_lawyer_who_leaves_the_three_leaves_two(three: Talk) -> None:
    three.other().hang_up()
    three.wait()
    three.tidy()

    assert three.caller_hears() == f"connected {three.telephone.address}"
    assert three.outcome == "hung_up"
    three.telephone.hang_up()
    three.wait()
    three.tidy()
    assert three.party.state == "completed"
    assert open_legs() == 0


def test_the_caller_who_leaves_the_three_ends_it(three: Talk) -> None:
    three.party.hang_up()
    three.wait()
    three.tidy()

    assert three.telephone.connected == []
    assert three.other().connected == []
    assert open_legs() == 0


def test_taken_back_from_three_the_lawyer_is_let_go(three: Talk) -> None:
    three.do(take_back)

    assert three.other().connected == []
    assert three.caller_hears() == f"connected {three.telephone.address}"


def test_sent_directly_the_caller_hears_ringing_and_she_is_free(talk: Talk) -> None:
    talk.send()

    assert talk.caller_hears() == "ringing"
    assert talk.telephone.connected == []
    assert talk.call.handed_over_at is not None

    talk.other().answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {LAWYER}"
    assert talk.outcome == "put_through"
    talk.other().hang_up()
    talk.wait()
    assert talk.party.state == "completed"
    assert open_legs() == 0


@pytest.mark.parametrize("ending", ["silence", "refuses", "off"])
def test_sent_directly_and_not_taken_the_caller_rings_her_again(talk: Talk, ending: str) -> None:
    talk.other().offline = ending == "off"
    talk.send()
    if ending == "refuses":
        talk.other().decline()
    talk.wait(28 if ending == "silence" else 5)

    assert len(talk.telephone.ringing) == 1
    talk.telephone.answer()
    talk.wait()
    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert (talk.call.held_at, talk.call.handed_over_at) == (None, None)
    talk.telephone.hang_up()
    talk.wait()
    assert talk.party.state == "completed"
    assert open_legs() == 0


def test_a_caller_whom_nobody_takes_back_is_told_and_stays_to_be_rung_back(talk: Talk) -> None:
    talk.send()
    talk.wait(120)

    assert "said Merci de rappeler plus tard." in [
        f"{one.kind} {one.text}" for one in talk.party.heard
    ]
    assert talk.call.state == Call.State.ENDED
    assert talk.call.left_alone_at == talk.call.ended_at


def test_she_may_take_him_back_while_it_rings_for_him(talk: Talk) -> None:
    talk.send()
    talk.do(take_back)

    assert talk.other().ringing == []
    assert len(talk.telephone.ringing) == 1


def test_the_caller_who_hangs_up_while_it_rings_for_him_ends_it(talk: Talk) -> None:
    talk.send()
    talk.party.hang_up()
    talk.wait()
    talk.tidy()

    assert talk.other().ringing == []
    assert talk.call.ending == "answered"
    assert open_legs() == 0


def test_a_caller_on_hold_may_be_handed_on(talk: Talk) -> None:
    talk.do(hold)
    talk.announce()
    talk.other().answer()
    talk.wait()
    talk.do(put_through)

    assert talk.caller_hears() == f"connected {LAWYER}"


def test_a_caller_on_hold_may_be_sent_directly(talk: Talk) -> None:
    talk.do(hold)
    talk.send()
    talk.other().answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {LAWYER}"
    assert talk.telephone.connected == []


def test_after_a_hold_and_its_end_he_may_be_sent_directly(talk: Talk) -> None:
    talk.do(hold)
    talk.do(resume)
    talk.send()
    talk.other().answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {LAWYER}"


def test_one_transfer_at_a_time(consulting: Talk) -> None:
    with pytest.raises(NotNow):
        consulting.announce()
    with pytest.raises(NotNow):
        consulting.do(hold)


def test_nobody_is_put_through_to_a_telephone_that_still_rings(talk: Talk) -> None:
    talk.announce()
    with pytest.raises(NotNow):
        talk.do(put_through)


@pytest.mark.parametrize("gesture", [put_through, join_three, take_back])
def test_where_the_operator_is_silent_during_a_transfer_nothing_changes(
    consulting: Talk, gesture: object
) -> None:
    with (
        mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable),
        pytest.raises(api.OperatorUnavailable),
    ):
        consulting.do(gesture)

    assert hears(consulting.telephone) == f"connected {LAWYER}"
    assert consulting.caller_hears() == "played waiting.wav"
    consulting.do(put_through)
    assert consulting.caller_hears() == f"connected {LAWYER}"


def test_where_only_the_second_request_is_lost_the_caller_still_comes(consulting: Talk) -> None:
    real, asked = api.redirect_leg, list[str]()

    def once(leg_id: str, url: str) -> None:
        asked.append(url)
        if len(asked) > 1:
            raise api.OperatorUnavailable
        real(leg_id, url)

    with mock.patch.object(api, "redirect_leg", side_effect=once), pytest.raises(CallerFollows):
        consulting.do(put_through)
    consulting.wait(20)

    assert consulting.caller_hears() == f"connected {LAWYER}"
