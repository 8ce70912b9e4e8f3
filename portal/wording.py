"""What happened to a message, in a sentence."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from messages_app.queries.timeline import TimelineRow
from messages_app.rules.progress import Progress

Words = Callable[[dict[str, str]], str]

CHANNELS = {"sms": lambda: _("SMS"), "email": lambda: _("E-mail")}
HOW = {
    "link": lambda: _("by the link"),
    "portal": lambda: _("in the portal"),
    "phone": lambda: _("by telephone"),
}
STEPS: dict[str, Words] = {
    "noted": lambda a: _("Message noted by %(name)s") % a if a["name"] else _("Message noted"),
    "corrected": lambda a: _("A correction followed"),
    "read": lambda a: _("Read by %(name)s") % a if a["name"] else _("Read"),
    "acknowledged": lambda a: _("Acknowledged by %(name)s %(how)s") % a,
    "exhausted": lambda a: _("Nobody has acknowledged"),
    "sent": lambda a: _sent(a),
    "delivered": lambda a: (
        _("SMS delivered by the operator")
        if a["channel"] == "sms"
        else _("E-mail delivered to %(address)s") % a
    ),
    "retried": lambda a: _("%(channel_name)s: not gone yet, it is tried again") % a,
    "uncertain": lambda a: _("%(channel_name)s: the operator has not answered, we ask it") % a,
    "undelivered": lambda a: _("%(channel_name)s not delivered to %(address)s") % a,
    "failed": lambda a: _("%(channel_name)s failed for %(address)s") % a,
    "refused": lambda a: _("%(channel_name)s refused for %(address)s") % a,
    "cancelled": lambda a: _("%(channel_name)s not sent: no longer needed") % a,
    "expired": lambda a: _("%(channel_name)s not sent: it was too late") % a,
    "planned_digest": lambda a: _("Goes with the next digest"),
    "planned_remind": lambda a: _("Without an acknowledgement: second SMS to %(name)s") % a,
    "planned_give_up": lambda a: _("Without an acknowledgement: your assistant calls you"),
}
FAILED = frozenset({"undelivered", "failed", "refused", "exhausted"})
PROGRESS: dict[Progress, Callable[[], str]] = {
    Progress.UNFINISHED: lambda: _("unfinished"),
    Progress.LOGGED: lambda: _("filtered"),
    Progress.WAITING_FOR_DIGEST: lambda: _("in the next digest"),
    Progress.ON_ITS_WAY: lambda: _("on its way"),
    Progress.IN_TROUBLE: lambda: _("not delivered"),
    Progress.SENT: lambda: _("sent"),
    Progress.DELIVERED: lambda: _("delivered"),
    Progress.READ: lambda: _("read"),
    Progress.UNACKNOWLEDGED: lambda: _("not acknowledged"),
    Progress.ACKNOWLEDGED: lambda: _("acknowledged"),
}


def _sent(about: dict[str, str]) -> str:
    if about["purpose"] == "reminder":
        return _("Second %(channel_name)s sent to %(address)s") % about
    return _("%(channel_name)s sent to %(address)s") % about


def step_sentence(row: TimelineRow) -> str:
    """Word one step of a message's way."""
    channel = CHANNELS.get(row.args.get("channel", ""), lambda: _("Message"))()
    how = HOW.get(row.args.get("how", ""), lambda: "")()
    return STEPS[row.kind]({**row.args, "channel_name": channel, "how": how}).strip()


def step_state(row: TimelineRow) -> str:
    """Give the class of a step's dot: waiting, failed, or nothing."""
    if row.is_planned:
        return "waiting"
    return "failed" if row.kind in FAILED else ""
