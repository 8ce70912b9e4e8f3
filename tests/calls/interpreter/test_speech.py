"""The verbs that speak, listen and end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import START, kinds
from tests.calls.interpreter.product import BASE, CALLER, LINE, Product

Caller = Callable[..., Party]


def test_a_caller_hears_what_is_said_in_its_language_then_the_end(
    call: Caller, clock: VirtualClock
) -> None:
    party = call('<Say language="fr-FR">Bonjour</Say>')
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "said Bonjour", "ended completed"]
    assert party.heard[1].language == "fr-FR"


def test_saying_takes_a_second_for_fifteen_letters(call: Caller, clock: VirtualClock) -> None:
    party = call(f"<Say>{'a' * 45}</Say>")
    clock.run_until_quiet()
    assert (party.heard[-1].at - START).total_seconds() == 3


def test_saying_without_end_is_cut_only_by_the_hang_up(call: Caller, clock: VirtualClock) -> None:
    party = call('<Say loop="0">Patientez</Say>', seconds=4.5)
    party.hang_up()
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", *["said Patientez"] * 5, "ended completed"]


def test_a_text_that_twilio_refuses_for_its_length_is_an_alert(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    call(f"<Say>{'a' * 4097}</Say>")
    clock.run_until_quiet()
    assert [alert.code for alert in exchange.alerts] == [13520]


def test_a_relative_sound_is_played_from_the_address_of_the_document(
    call: Caller, clock: VirtualClock
) -> None:
    party = call('<Play loop="2">accueil.mp3</Play>')
    clock.run_until_quiet()
    played = [one.text for one in party.heard if one.kind == "played"]
    assert played == [f"{BASE}/accueil.mp3"] * 2


def test_a_first_pause_leaves_the_telephone_ringing(call: Caller, clock: VirtualClock) -> None:
    party = call('<Pause length="6"/><Say>Bonjour</Say>', seconds=5.9)
    assert party.state == "ringing"
    clock.advance(0.2)
    assert party.state == "in-progress"


def test_a_pause_in_a_conversation_is_silence(call: Caller, clock: VirtualClock) -> None:
    party = call('<Say>a</Say><Pause length="2"/><Say>b</Say>')
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "said a", "silence", "said b", "ended completed"]


def test_gather_posts_the_digits_as_soon_as_they_are_complete(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather numDigits="2" action="menu"><Say>Tapez</Say></Gather>', seconds=1)
    party.press("42")
    clock.advance(0)
    assert [(one["Digits"], one["CallStatus"]) for one in product.at("/menu")] == [
        ("42", "in-progress")
    ]


def test_the_first_key_silences_the_prompts_of_gather(call: Caller, clock: VirtualClock) -> None:
    party = call('<Gather numDigits="2"><Say loop="0">Tapez</Say></Gather>', seconds=2.5)
    party.press("1")
    clock.advance(4)
    assert kinds(party).count("said Tapez") == 3


def test_gather_keeps_the_finishing_key_out_of_the_digits(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather action="/menu"/>', seconds=1)
    party.press("123#")
    clock.advance(0)
    [asked] = product.at("/menu")
    assert (asked["Digits"], asked["FinishedOnKey"]) == ("123", "#")


def test_gather_waits_again_after_each_digit(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather timeout="5" action="/menu"/>', seconds=4)
    party.press("1")
    clock.advance(4)
    party.press("2")
    clock.advance(4.9)
    assert product.at("/menu") == []
    clock.advance(0.2)
    assert [one["Digits"] for one in product.at("/menu")] == ["12"]


def test_gather_without_a_digit_goes_on_with_the_next_verb(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather timeout="3" action="/menu"/><Say>Personne</Say>')
    clock.run_until_quiet()
    assert "said Personne" in kinds(party)
    assert product.at("/menu") == []


def test_gather_may_post_an_empty_result(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    call('<Gather timeout="3" action="/menu" actionOnEmptyResult="true"/>')
    clock.run_until_quiet()
    assert [one["Digits"] for one in product.at("/menu")] == [""]


def test_digits_pressed_before_gather_do_not_count(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Say>un peu long, patientez</Say><Gather numDigits="1" action="/menu"/>')
    clock.advance(0.5)
    party.press("7")
    clock.run_until_quiet()
    assert product.at("/menu") == []


def test_a_gather_of_speech_alone_does_not_hear_keys(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather input="speech" numDigits="1" action="/menu"/>', seconds=1)
    party.press("7")
    clock.run_until_quiet()
    assert product.at("/menu") == []


def test_redirect_asks_another_document_and_forgets_the_rest(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/autre", "<Say>Ici</Say>")
    party = call('<Redirect method="GET">/autre</Redirect><Say>Jamais</Say>')
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "said Ici", "ended completed"]
    assert [one.method for one in product.at("/autre")] == ["GET"]
    assert product.at("/autre")[0]["From"] == CALLER


def test_a_redirect_alone_does_not_answer(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/autre", '<Reject reason="busy"/>')
    party = call("<Redirect>/autre</Redirect>")
    clock.run_until_quiet()
    assert party.state == "busy"


@pytest.mark.parametrize(
    ("verb", "status", "heard"),
    [
        ('<Reject reason="busy"/>', "busy", "busy"),
        ("<Reject/>", "no-answer", "not in service"),
    ],
)
def test_reject_ends_the_call_without_answering(
    call: Caller, clock: VirtualClock, verb: str, status: str, heard: str
) -> None:
    party = call(verb + "<Say>Jamais</Say>")
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", heard, f"ended {status}"]
    assert party.leg.answered_at is None


def test_a_first_hang_up_answers_before_it_ends(call: Caller, clock: VirtualClock) -> None:
    party = call("<Hangup/><Say>Jamais</Say>")
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "ended completed"]


def test_a_document_that_never_answers_ends_unanswered(call: Caller, clock: VirtualClock) -> None:
    party = call('<Pause length="3"/>')
    clock.run_until_quiet()
    assert party.state == "no-answer"


def test_a_recording_ends_with_a_key_and_is_posted_with_its_length(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call('<Record action="/laisse" finishOnKey="#"/>', seconds=12)
    party.press("#")
    clock.run_until_quiet()
    [posted] = product.at("/laisse")
    assert (posted["RecordingDuration"], posted["Digits"]) == ("12", "#")
    assert posted["RecordingUrl"] == (
        f"https://api.twilio.com/2010-04-01/Accounts/{exchange.account.sid}"
        f"/Recordings/{posted['RecordingSid']}"
    )
    assert exchange.recordings[posted["RecordingSid"]].seconds == 12
    assert kinds(party) == ["ringing", "beep", "ended completed"]


def test_a_recording_cut_by_the_hang_up_is_posted_all_the_same(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call(
        '<Record action="/laisse" recordingStatusCallback="/enregistre"/><Say>Jamais</Say>',
        seconds=8,
    )
    party.hang_up()
    clock.run_until_quiet()
    assert [(one["Digits"], one["CallStatus"]) for one in product.at("/laisse")] == [
        ("hangup", "completed")
    ]
    assert [(one["RecordingStatus"], one["RecordingDuration"]) for one in product.at("/enregistre")]
    assert "said Jamais" not in kinds(party)


def test_a_recording_ends_with_the_silence_after_it(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Record action="/laisse" timeout="4"/>', seconds=6)
    party.fall_silent()
    clock.run_until_quiet()
    assert [one["RecordingDuration"] for one in product.at("/laisse")] == ["10"]


def test_a_recording_ends_at_its_longest(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    call('<Record action="/laisse" maxLength="90"/>')
    clock.run_until_quiet()
    assert [one["RecordingDuration"] for one in product.at("/laisse")] == ["90"]


def test_a_recording_without_action_asks_the_same_document_again(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Record maxLength="10"/>', seconds=35)
    party.hang_up()
    clock.run_until_quiet()
    assert kinds(party).count("beep") == 4
    # The first time, three documents recorded to the end, and the one that the hang-up cut.
    assert len(product.at("/voice")) == 5


def test_an_empty_recording_goes_on_with_the_next_verb(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Record action="/laisse"/><Say>Rien</Say>', seconds=0.5)
    party.press("#")
    clock.run_until_quiet()
    assert product.at("/laisse") == []
    assert "said Rien" in kinds(party)


def test_a_number_that_is_not_of_the_account_is_not_in_service(exchange: Exchange) -> None:
    party = exchange.place_call("+33199009999", CALLER)
    assert kinds(party) == ["not in service", "ended failed"]


def test_what_the_product_may_not_write_is_an_alert_and_passed_over(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    party = call('<Sing>la la</Sing><Say color="red">Bonjour</Say>')
    clock.run_until_quiet()
    assert "said Bonjour" in kinds(party)
    assert [(alert.code, alert.reason) for alert in exchange.alerts] == [
        (12200, "<Sing> is not allowed in <Response>"),
        (12200, "<Say> has no attribute color"),
    ]
    assert exchange.alerts[0].url == f"{BASE}/voice"
    assert LINE in exchange.numbers
