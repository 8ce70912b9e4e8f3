"""Which messages reach the client at once, at the next digest, or only in the portal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.text import folded


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Outcome(StrEnum):
    AT_ONCE = "at_once"
    DIGEST = "digest"
    LOG_ONLY = "log_only"
    PUT_THROUGH = "put_through"


@dataclass(frozen=True)
class Reason:
    """One condition that was met, as a screen shows it: « urgency » = « urgent »."""

    condition: str
    value: str


@dataclass(frozen=True)
class Rule:
    """An empty condition holds for every message."""

    id: int
    outcome: Outcome
    urgency: str = ""
    correspondent_kind: str = ""
    category: str = ""
    keyword: str = ""
    by_sms: bool = False
    by_email: bool = False
    recipient_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class MessageFacts:
    urgency: str
    correspondent_kind: str = ""
    category: str = ""
    text: str = ""


@dataclass(frozen=True)
class Decision:
    """What happens to a message, and why; no `rule_id` means that no rule matched.

    Empty `recipient_ids` stands for every member of the client.
    """

    outcome: Outcome
    by_sms: bool
    by_email: bool
    recipient_ids: frozenset[int]
    rule_id: int | None
    because: tuple[Reason, ...]

    @property
    def relays(self) -> bool:
        return self.outcome is not Outcome.LOG_ONLY

    @property
    def waits_for_digest(self) -> bool:
        return self.outcome is Outcome.DIGEST


def decide(rules: Iterable[Rule], facts: MessageFacts) -> Decision:
    """The first rule whose conditions all hold decides; without one, all is relayed at once.

    A message noted although its rule says « put through » is one that could not be put through,
    so it is relayed at once by that rule's channels.
    """
    for rule in rules:
        reasons = met_conditions(rule, facts)
        if reasons is not None:
            return _by(rule, reasons)
    return unfiltered(facts)


def _by(rule: Rule, reasons: Sequence[Reason]) -> Decision:
    return Decision(
        outcome=rule.outcome,
        by_sms=rule.by_sms,
        by_email=rule.by_email,
        recipient_ids=rule.recipient_ids,
        rule_id=rule.id,
        because=tuple(reasons),
    )


def unfiltered(facts: MessageFacts) -> Decision:
    """E-mail to everybody, and an SMS too when it is urgent: silence is the worse mistake."""
    return Decision(
        outcome=Outcome.AT_ONCE,
        by_sms=facts.urgency == Urgency.URGENT,
        by_email=True,
        recipient_ids=frozenset(),
        rule_id=None,
        because=(Reason("urgency", facts.urgency),),
    )


def met_conditions(rule: Rule, facts: MessageFacts) -> list[Reason] | None:
    """The stated conditions when all of them hold, else None; [] when the rule states none."""
    exact = (
        ("urgency", rule.urgency, facts.urgency),
        ("correspondent_kind", rule.correspondent_kind, facts.correspondent_kind),
        ("category", rule.category, facts.category),
    )
    if any(wanted and wanted != found for _, wanted, found in exact):
        return None
    if rule.keyword and not says(facts.text, rule.keyword):
        return None
    stated = [Reason(name, wanted) for name, wanted, _ in exact if wanted]
    return stated + ([Reason("keyword", rule.keyword)] if rule.keyword else [])


def says(text: str, keyword: str) -> bool:
    """A word of the text begins with the keyword; capitals, accents, signs don't matter."""
    wanted = folded(keyword)
    return bool(wanted) and f" {wanted}" in f" {folded(text)}"
