"""What reaches the client at once, later, or only when he looks."""

from dataclasses import replace
from typing import Any

import pytest

from messages_app.rules.filtering import MessageFacts, Outcome, Reason, Rule, decide, says

URGENT = MessageFacts(urgency="urgent", category="colleague", text="Audience avancée")
NORMAL = MessageFacts(urgency="normal", correspondent_kind="patient", text="Demande un rappel")


def rule(id: int = 1, outcome: Outcome = Outcome.DIGEST, **conditions: Any) -> Rule:
    return replace(Rule(id=id, outcome=outcome, by_email=True), **conditions)


def test_without_rules_an_urgent_message_leaves_at_once_by_both_channels() -> None:
    decision = decide([], URGENT)

    assert (decision.outcome, decision.by_sms, decision.by_email) == (Outcome.AT_ONCE, True, True)


def test_without_rules_a_normal_message_leaves_at_once_by_email_only() -> None:
    decision = decide([], NORMAL)

    assert (decision.outcome, decision.by_sms, decision.by_email) == (Outcome.AT_ONCE, False, True)


def test_the_first_rule_that_holds_decides() -> None:
    rules = [
        rule(1, Outcome.LOG_ONLY, urgency="normal"),
        rule(2, Outcome.AT_ONCE, urgency="urgent"),
        rule(3, Outcome.DIGEST),
    ]

    assert decide(rules, URGENT).rule_id == 2


def test_a_rule_without_conditions_holds_for_every_message() -> None:
    decision = decide([rule(7)], NORMAL)

    assert (decision.rule_id, decision.because) == (7, ())


@pytest.mark.parametrize(
    "conditions",
    [
        {"urgency": "urgent"},
        {"correspondent_kind": "colleague"},
        {"category": "new_case"},
        {"keyword": "audience"},
        {"urgency": "normal", "keyword": "audience"},
        {"correspondent_kind": "patient", "category": "new_case"},
    ],
)
def test_one_condition_that_does_not_hold_is_enough_to_pass_a_rule_over(
    conditions: dict[str, Any],
) -> None:
    assert decide([rule(**conditions)], NORMAL).rule_id is None


def test_a_decision_says_which_conditions_were_met() -> None:
    decision = decide([rule(1, urgency="urgent", keyword="audience")], URGENT)

    assert decision.because == (Reason("urgency", "urgent"), Reason("keyword", "audience"))


def test_the_recipients_and_channels_are_the_rules() -> None:
    chosen = Rule(1, Outcome.AT_ONCE, by_sms=True, recipient_ids=frozenset({4, 5}))

    decision = decide([chosen], NORMAL)

    assert (decision.recipient_ids, decision.by_sms, decision.by_email) == (
        frozenset({4, 5}),
        True,
        False,
    )


@pytest.mark.parametrize(
    ("outcome", "relays", "waits"),
    [
        (Outcome.AT_ONCE, True, False),
        (Outcome.DIGEST, True, True),
        (Outcome.LOG_ONLY, False, False),
        (Outcome.PUT_THROUGH, True, False),
    ],
)
def test_only_a_logged_message_is_not_relayed_and_only_a_digest_waits(
    outcome: Outcome, relays: bool, waits: bool
) -> None:
    decision = decide([rule(1, outcome)], NORMAL)

    assert (decision.relays, decision.waits_for_digest) == (relays, waits)


@pytest.mark.parametrize(
    ("text", "keyword", "is_said"),
    [
        ("L’audience est avancée", "audience", True),
        ("Audiences", "audience", True),
        ("AVANCEE", "avancée", True),
        ("Pièces   adverses", "pieces adverses", True),
        ("une partie adverse", "art", False),
        ("", "audience", False),
        ("prix (HT)", "(ht", True),
        ("l’avocat de la partie", "avocat", True),
        ("audience", "", False),
        ("audience", "!", False),
    ],
)
def test_a_keyword_is_heard_whatever_its_capitals_and_accents(
    text: str, keyword: str, is_said: bool
) -> None:
    assert says(text, keyword) is is_said
