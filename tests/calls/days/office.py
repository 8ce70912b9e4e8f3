"""Who works, and what the lines do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import Any

from clients.models import Assignment, Bureau, Client, Endpoint, Line, Membership, User
from clients.models.bureau import Grant
from tests.calls.lines import direct
from tests.factories import make_assistant, make_bureau, make_client, make_line

# How long each may write up a call.
WRAP_UP = 15


@dataclass
class Office:
    """Five assistants, three clients, five lines."""

    people: list[User] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


TEAM, ON_CALL, ELSEWHERE = "+33465710001", "+33639980200", "+33353010002"
MORNING, EVENING = time(8), time(18)


def furnish() -> Office:
    """Make the people and the lines: every kind of step, music, silence and neither."""
    bureau = make_bureau()
    Bureau.objects.update(wrap_up_seconds=WRAP_UP)
    practice, firm, shop = (
        make_client(bureau, name=name) for name in ("Dr Martin", "Me Durand", "Boutique")
    )
    people = [make_assistant(practice, "lea"), make_assistant(firm, "claire")]
    people.append(make_assistant(practice, "ines", rank=2, telephone="number"))
    people += [make_assistant(shop, "maud"), make_assistant(shop, "nora", rank=2)]
    lea, claire, ines, _maud, nora = people
    Endpoint.objects.create(user=nora, kind=Endpoint.Kind.SIP, address="sip:n2@t.example")
    for client, user, rank in ((firm, ines, 2), (practice, claire, 3), (firm, lea, 3)):
        _also(client, user, rank)
    lines = [make_line(client, f"+3319900410{n}") for n, client in enumerate(_owners(bureau))]
    _direct(lines)
    return Office(people, lines)


def _owners(bureau: Any) -> list[Client]:
    practice, firm, shop = Client.objects.filter(bureau=bureau).order_by("pk")
    return [practice, practice, firm, shop, shop]


def _also(client: Client, user: User, rank: int) -> None:
    Membership.objects.get_or_create(
        bureau=client.bureau, user=user, defaults={"grants": [Grant.ANSWER]}
    )
    Assignment.objects.create(client=client, user=user, rank=rank)


def _direct(lines: list[Line]) -> None:
    usual, queued, night, overflow, waiting = lines
    del usual  # a line for which nothing was directed
    direct(
        queued,
        {"action": "holder", "seconds": 12},
        {"action": "queue", "seconds": 90},
        {"action": "deputies", "seconds": 15},
        {"action": "announce", "text": "Merci de rappeler."},
        deputies_after=20,
        tells_wait=True,
    )
    by_day = {"name": "day", "starts": MORNING, "ends": EVENING}
    direct(night, {"action": "assistants"}, {"action": "announce"}, kind="weekly", hours=by_day)
    # Through both changes of the clocks, which come at two and at three.
    small = {"name": "small hours", "starts": time(2, 30), "ends": time(3, 30)}
    direct(night, {"action": "holder"}, {"action": "announce"}, kind="weekly", hours=small)
    direct(
        night,
        {"action": "on_call", "numbers": [ON_CALL], "seconds": 20},
        {"action": "announce", "text": "Nous sommes fermés."},
        hours={"name": "night"},
    )
    direct(
        overflow,
        {"action": "team", "numbers": [TEAM], "seconds": 10},
        {"action": "assistants"},
        {"action": "forward", "numbers": [ELSEWHERE], "seconds": 20},
    )
    direct(
        waiting,
        {"action": "queue", "seconds": 60},
        {"action": "holder", "seconds": 10},
        waiting_sound="silence",
        tells_position=False,
        priority=1,
    )
