"""Why a hand-over can't be, as the desk says it."""

from datetime import datetime

from django.utils.translation import gettext as _

from clients.models import Cover, User
from desk.queries.covers import when_words


def refused_words(code: str, other: Cover | None, user: User, now: datetime) -> str:
    """Say why a hand-over was refused, and beside which one."""
    if other is None:
        return {
            "period": _("This time is over, or ends before it begins."),
            "not_a_deputy": _("This colleague can’t take over: she does not work in this bureau."),
        }.get(code, _("These clients are not yours to hand over."))
    said = {
        "principal": other.principal.called,
        "deputy": other.deputy.called,
        "when": when_words(other, now, user),
    }
    sentences = {
        "overlaps": _(
            "%(deputy)s is asked or answers already %(when)s. Take that back first, or choose "
            "another time or other clients."
        ),
        "deputy_is_covered": _(
            "%(principal)s has handed over to %(deputy)s herself %(when)s. Ask %(deputy)s, or "
            "choose another time."
        ),
    }
    hands_on = _(
        "For %(principal)s, %(deputy)s answers %(when)s: her callers would be handed on twice. Ask "
        "%(principal)s to hand over to somebody else first."
    )
    return sentences.get(code, hands_on) % said
