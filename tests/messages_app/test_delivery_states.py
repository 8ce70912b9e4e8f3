"""The delivery's machine: every step that exists, and nothing backwards."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages_app.rules.delivery_states import (
    GATEWAY_SCALE,
    GATEWAY_WORDS,
    DeliveryState,
    after_hearing,
    can_become,
    heard,
    sources,
)

S = DeliveryState
ALL_STEPS = {
    (S.DUE, S.SENDING),
    (S.DUE, S.CANCELLED),
    (S.DUE, S.EXPIRED),
    (S.SENDING, S.DUE),
    (S.SENDING, S.UNCERTAIN),
    (S.SENDING, S.DEAD),
    (S.UNCERTAIN, S.DUE),
    (S.UNCERTAIN, S.DEAD),
    (S.UNCERTAIN, S.CANCELLED),
    (S.ACCEPTED, S.SENT),
    (S.ACCEPTED, S.UNDELIVERED),
    (S.ACCEPTED, S.FAILED),
    (S.ACCEPTED, S.DELIVERED),
    (S.SENT, S.UNDELIVERED),
    (S.SENT, S.FAILED),
    (S.SENT, S.DELIVERED),
    (S.UNDELIVERED, S.FAILED),
    (S.UNDELIVERED, S.DELIVERED),
    (S.FAILED, S.DELIVERED),
    *product(
        (S.DUE, S.SENDING, S.UNCERTAIN, S.DEAD, S.CANCELLED, S.EXPIRED),
        (S.ACCEPTED, S.SENT, S.UNDELIVERED, S.FAILED, S.DELIVERED),
    ),
}


@pytest.mark.parametrize(("state", "next_state"), list(product(S, S)))
def test_exactly_the_listed_steps_exist(state: DeliveryState, next_state: DeliveryState) -> None:
    assert can_become(state, next_state) is ((state, next_state) in ALL_STEPS)


def test_only_a_due_delivery_can_be_claimed() -> None:
    assert sources(S.SENDING) == {S.DUE}


def test_nothing_follows_delivered() -> None:
    assert not any(can_become(S.DELIVERED, state) for state in S)


@pytest.mark.parametrize(
    "words", list(permutations(["queued", "sent", "undelivered", "delivered"]))
)
def test_the_order_of_the_gateways_words_makes_no_difference(words: tuple[str, ...]) -> None:
    assert hear_all(S.SENDING, list(words)) is S.DELIVERED


@given(st.lists(st.sampled_from(sorted(GATEWAY_WORDS)), max_size=12), st.randoms())
def test_shuffled_and_repeated_words_end_in_one_state(words: list[str], random: object) -> None:
    shuffled = words * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert hear_all(S.SENDING, shuffled) == hear_all(S.SENDING, words)


@given(st.sampled_from(list(S)), st.sampled_from(GATEWAY_SCALE))
def test_hearing_never_goes_down_the_scale(state: DeliveryState, said: DeliveryState) -> None:
    after = after_hearing(state, said)

    assert after in {state, said}
    assert state not in GATEWAY_SCALE or GATEWAY_SCALE.index(after) >= GATEWAY_SCALE.index(state)


def test_a_word_never_used_before_means_nothing() -> None:
    assert heard("teleported") is None


def hear_all(state: DeliveryState, words: list[str]) -> DeliveryState:
    for word in words:
        said = heard(word)
        assert said is not None
        state = after_hearing(state, said)
    return state
