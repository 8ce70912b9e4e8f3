"""What a client's filter makes of a message, and who can be reached."""

from clients.models import Client, ClientMember, Correspondent
from messages_app.models import ClientRelaySettings, DigestTime, FilterRule
from messages_app.rules.addressing import Reachable
from messages_app.rules.fields import MessageFields
from messages_app.rules.filtering import Decision, MessageFacts, Outcome, Rule, decide


def decide_for(
    client: Client, fields: MessageFields, correspondent: Correspondent | None = None
) -> Decision:
    """What will happen to this message, with the reasons that screens show beside it."""
    facts = MessageFacts(
        urgency=fields.urgency,
        correspondent_kind=correspondent.kind if correspondent else "",
        category=fields.category,
        text=fields.searched_text,
    )
    return decide(filter_of(client), facts)


def filter_of(client: Client) -> list[Rule]:
    """The client's filter in its order."""
    rules = FilterRule.objects.filter(client=client).prefetch_related("recipients")
    return [_as_rule(rule) for rule in rules.order_by("position", "pk")]


def _as_rule(rule: FilterRule) -> Rule:
    return Rule(
        id=rule.pk,
        outcome=Outcome(rule.outcome),
        urgency=rule.urgency,
        correspondent_kind=rule.correspondent_kind,
        category=rule.category,
        keyword=rule.keyword,
        by_sms=rule.by_sms,
        by_email=rule.by_email,
        recipient_ids=frozenset(member.pk for member in rule.recipients.all()),
    )


def members_to_reach(client: Client, decision: Decision) -> list[ClientMember]:
    """The decision's recipients who are still active and have an address; all of them if it names
    none."""
    members = ClientMember.objects.filter(client=client, is_active=True).select_related("user")
    if decision.recipient_ids:
        members = members.filter(pk__in=decision.recipient_ids)
    return [member for member in members.order_by("pk") if reachable(member).channels()]


def reachable(member: ClientMember) -> Reachable:
    """The member's addresses; without one chosen for messages, the address of the account.

    Who has left the client, or whose account is closed, has none: what was still owed to that
    person goes to a human.
    """
    if not (member.is_active and member.user.is_active):
        return Reachable(member_id=member.pk)
    return Reachable(
        member_id=member.pk,
        mobile=str(member.mobile or ""),
        email=member.notify_email or member.user.email,
    )


def relay_settings(client: Client) -> ClientRelaySettings:
    """The client's own settings, or the defaults (not saved)."""
    found = ClientRelaySettings.objects.filter(client=client).first()
    return found or ClientRelaySettings(client=client)


def digest_times(client: Client) -> list[DigestTime]:
    """The client's chosen digest times; none means the usual ones."""
    return list(DigestTime.objects.filter(client=client).order_by("at"))
