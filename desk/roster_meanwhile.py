"""What somebody else did to a roster while one was writing in it, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from clients.models import AuditEntry, Client, OnCallPerson, OnCallShift, User
from core.phones import spoken
from desk.rosters import shift_words
from desk.templatetags.lines import roster_change

_MOST = 4


def turn_changed(shift: OnCallShift) -> str:
    """Say who has changed a turn, and how it reads now; what was typed is kept."""
    told = {"who": _last_of(shift), "now": _turn(shift)}
    return (
        _(
            "%(who)s has changed this turn meanwhile; it now reads: %(now)s. What you typed is "
            "kept: save it again if it is to count."
        )
        % told
    )


def turn_kept(shift: OnCallShift) -> str:
    """Say who has changed a turn that was to be taken away, and how it reads now."""
    told = {"who": _last_of(shift), "now": _turn(shift)}
    return (
        _(
            "%(who)s has changed this turn meanwhile, and it stays: %(now)s. Take it away again if "
            "it is to go all the same."
        )
        % told
    )


def person_changed(person: OnCallPerson) -> str:
    """Say who has given somebody on call another name or number, and which."""
    told = {"who": _last_of(person), "name": person.name, "number": spoken(str(person.number))}
    return (
        _(
            "%(who)s has changed this person meanwhile: %(name)s, %(number)s. What you typed is "
            "kept: save it again if it is to count."
        )
        % told
    )


def roster_changed(client: Client, seen: int) -> str:
    """Say what was changed in a roster since that change, newest first; what was typed is kept."""
    rows = AuditEntry.objects.filter(client=client, action__startswith="roster.", pk__gt=seen)
    changes = list(rows.select_related("by").order_by("-pk")[:_MOST])
    told = {"changes": "; ".join(_changes(client, changes))}
    return (
        _(
            "The roster has changed meanwhile: %(changes)s. What you typed is kept: add it again "
            "if it is still right."
        )
        % told
    )


def turn_taken_away(removal: AuditEntry) -> str:
    """Say who has taken a turn away; what was typed is kept."""
    return _(
        "%(who)s has taken this turn away meanwhile. What you typed is kept: add it as a new turn "
        "if it is to count all the same."
    ) % {"who": _called(removal.by)}


def _changes(client: Client, changes: Sequence[AuditEntry]) -> list[str]:
    uuids = [one.target_uuid for one in changes if one.target_uuid]
    rows = client.on_call_shifts.filter(uuid__in=uuids).select_related("person")
    turns = {one.uuid: _turn(one) for one in rows}
    return [_change(one, turns.get(one.target_uuid, "")) for one in changes]  # type: ignore[arg-type]


def _change(change: AuditEntry, turn: str) -> str:
    what = f"{roster_change(change)} ({_called(change.by)})"
    return f"{what}, {turn}" if turn else what


def _turn(shift: OnCallShift) -> str:
    return f"{shift.person.name} {shift_words(shift)}"


def _last_of(target: OnCallShift | OnCallPerson) -> str:
    rows = AuditEntry.objects.filter(target_uuid=target.uuid, action__startswith="roster.")
    last = rows.select_related("by").order_by("-pk").first()
    return _called(last.by if last else None)


def _called(user: User | None) -> str:
    return user.called if user else _("Somebody else")
