"""The messages of a call, their way to the client, and what the filter would do with one more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.reasons import clock
from calls.models import Call
from clients.models import ClientMember
from desk.wording import long_moment
from messages_app.models import Message
from messages_app.queries.filters import decide_for, digest_times, members_to_reach
from messages_app.queries.timeline import TimelineRow, message_timeline
from messages_app.rules.digests import next_digest
from messages_app.rules.fields import MessageFields
from messages_app.rules.filtering import Decision, Urgency

CHANNELS = {"sms": gettext_lazy("SMS"), "email": gettext_lazy("E-mail")}
WORDS = {
    "noted": gettext_lazy("Noted during the call by %(name)s"),
    "corrected": gettext_lazy("Corrected by a follow-up"),
    "read": gettext_lazy("Read by %(name)s"),
    "acknowledged": gettext_lazy("Acknowledged by %(name)s"),
    "exhausted": gettext_lazy("Nobody acknowledged: call the client"),
    "sent": gettext_lazy("%(channel)s sent to %(address)s"),
    "delivered": gettext_lazy("%(channel)s delivered to %(address)s"),
    "retried": gettext_lazy("%(channel)s to %(address)s: tried again soon"),
    "uncertain": gettext_lazy("%(channel)s to %(address)s: uncertain, the operator is asked"),
    "undelivered": gettext_lazy("%(channel)s to %(address)s: not delivered"),
    "failed": gettext_lazy("%(channel)s to %(address)s: failed"),
    "refused": gettext_lazy("%(channel)s to %(address)s: refused by the operator"),
    "cancelled": gettext_lazy("%(channel)s to %(address)s: cancelled"),
    "expired": gettext_lazy("%(channel)s to %(address)s: not sent, too late"),
    "planned_digest": gettext_lazy("Digest to %(name)s"),
    "planned_remind": gettext_lazy("Without an answer: second SMS to %(name)s"),
    "planned_give_up": gettext_lazy("Without an answer: call %(name)s"),
}
FAILED = frozenset({"undelivered", "failed", "refused", "expired", "exhausted"})


@dataclass(frozen=True)
class Step:
    """One line of a message's way."""

    at: datetime
    text: str
    state: str  # "", "waiting" or "failed", as the timeline component draws it


@dataclass(frozen=True)
class Noted:
    """A message of this call."""

    uuid: UUID
    body: str
    about: str
    is_urgent: bool
    timeline: Sequence[Step]


@dataclass(frozen=True)
class Preview:
    """What the filter will do with the message as it stands."""

    text: str
    is_urgent: bool
    is_stuck: bool = False


def messages_of_call(call: Call) -> list[Noted]:
    """Give the messages noted in a call, latest first, each with its way so far."""
    messages = Message.objects.ready().filter(call=call).select_related("client", "noted_by")
    return [noted(message) for message in messages.order_by("-noted_at", "-pk")]


def noted(message: Message) -> Noted:
    """Give one message with its way so far."""
    about = (message.from_whom, message.about, message.subject)
    return Noted(
        uuid=message.uuid,
        body=message.body,
        about=" · ".join(part for part in about if part),
        is_urgent=message.is_urgent,
        timeline=[step_of(row) for row in message_timeline(message)],
    )


def step_of(row: TimelineRow) -> Step:
    """Word one row of a message's way."""
    args = {"name": "", **row.args}
    args["channel"] = str(CHANNELS.get(args.get("channel", ""), ""))
    state = "waiting" if row.is_planned else "failed" if row.kind in FAILED else ""
    return Step(at=row.at, text=str(WORDS[row.kind]) % args, state=state)


def preview_of(call: Call, fields: MessageFields, now: datetime) -> Preview:
    """Say, before anything is saved, what the client's filter will do."""
    decision = decide_for(call.client, fields, call.correspondent)
    is_urgent = fields.urgency == Urgency.URGENT
    if not decision.relays:
        return Preview(_("Kept in the client’s portal, nothing is sent."), is_urgent)
    members = members_to_reach(call.client, decision)
    if not members:
        words = _("Nobody of this client’s can be reached: ask the bureau to add an address.")
        return Preview(words, is_urgent, is_stuck=True)
    if decision.waits_for_digest:
        return Preview(_digest_words(call, now), is_urgent)
    return Preview(_at_once_words(decision, members, is_urgent), is_urgent)


def _digest_words(call: Call, now: datetime) -> str:
    zone = ZoneInfo(call.client.timezone)
    at = next_digest([time.at for time in digest_times(call.client)], zone, now)
    if at.astimezone(zone).date() != now.astimezone(zone).date():
        return _("Next digest: %(moment)s") % {"moment": long_moment(at, zone)}
    return _("Digest of %(time)s") % {"time": clock(at, zone)}


def _at_once_words(decision: Decision, members: list[ClientMember], is_urgent: bool) -> str:
    channels = {
        (True, True): _("SMS and e-mail"),
        (True, False): _("SMS"),
    }.get((decision.by_sms, decision.by_email), _("e-mail"))
    names = ", ".join(member.user.full_name for member in members)
    told = {"channels": channels, "names": names}
    if is_urgent:
        return _("Urgent: %(channels)s, at once, to %(names)s") % told
    return _("%(channels)s, at once, to %(names)s") % told
