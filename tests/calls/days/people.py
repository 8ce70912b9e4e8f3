"""Who calls and who works on a day, and how they behave."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from calls.models import Presence
from calls.services import set_presence
from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.telephones import Party, Telephone
from clients.models import Assignment, Bureau, Client, Endpoint, Line, Membership, User
from clients.models.bureau import Grant
from clients.services.covers import CoverRefused
from tests.calls.days.house import House, committed
from tests.calls.lines import direct
from tests.clients.covers import agree
from tests.factories import make_assistant, make_bureau, make_client, make_line

# How long each may write up a call.
WRAP_UP = 15
# Who presses the 1 that an ordinary telephone asks for does so after hearing whose call it is.
PRESSES_AFTER = 2.0


@dataclass(frozen=True)
class Contact:
    """One caller: when he comes, whom he calls, how patient he is, how the talk goes.

    `gap` are seconds since the caller before. Who is rung for him picks up after `picks_up` seconds
    (None: lets it ring), or declines then.
    """

    gap: float = 1.0
    line: int = 0
    patience: float = 60.0
    picks_up: float | None = 3.0
    declines: bool = False
    presses: bool = True
    talk: float = 30.0
    caller_ends: bool = True
    is_withheld: bool = False


@dataclass(frozen=True)
class Change:
    """Somebody comes, goes or takes a break, `gap` seconds after the change before."""

    gap: float = 30.0
    person: int = 0
    state: str = "paused"


@dataclass(frozen=True)
class HandOver:
    """Somebody hands all her clients to another for so long, `gap` seconds after the one before."""

    gap: float = 20.0
    person: int = 0
    to: int = 1
    lasts: float = 120.0


@dataclass(frozen=True)
class Day:
    """Everything that happens, as it can be told again.

    `worst` are the chances that a status callback comes twice or is lost, and how late it may be;
    `seed` decides which.
    """

    start: datetime
    contacts: tuple[Contact, ...]
    changes: tuple[Change, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    duplicate: float = 0.0
    lose: float = 0.0
    late: float = 0.0
    seed: int = 0


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


class Actors:
    """They do what the day says."""

    def __init__(self, house: House, office: Office, day: Day) -> None:
        self.house, self.office, self.day = house, office, day
        self.parties: list[tuple[Contact, Party]] = []
        self._by_leg: dict[str, Contact] = {}
        house.when_ringing.append(self._ring)

    def begin(self) -> float:
        """Plan the whole day; give the seconds after which the last of it has begun."""
        last = [0.0]
        for contact in self.day.contacts:
            last.append(last[-1] + contact.gap)
            self._at(last[-1], self._calls, contact)
        at = 0.0
        for change in self.day.changes:
            at += change.gap
            self._at(at, self._changes, change)
        handed = 0.0
        for hand_over in self.day.hand_overs:
            handed += hand_over.gap
            self._at(handed, self._hands_over, hand_over)
        return max(last[-1], at, handed)

    def _at(self, seconds: float, act: Any, *args: Any) -> None:
        self.house.clock.schedule(seconds, lambda: act(*args))

    def _calls(self, contact: Contact) -> None:
        line = self.office.lines[contact.line % len(self.office.lines)]
        number = "anonymous" if contact.is_withheld else f"+3363998{len(self.parties):04d}"
        party = self.house.call(str(line.number), number)
        self.parties.append((contact, party))
        self._by_leg[party.sid] = contact
        self._at(contact.patience, self._gives_up, party)

    @staticmethod
    def _gives_up(party: Party) -> None:
        if party.leg.bridge is None:
            party.hang_up()

    def _changes(self, change: Change) -> None:
        user = self.office.people[change.person % len(self.office.people)]
        with committed():
            now = self.house.clock.now()
            set_presence(user=user, state=Presence.State(change.state), by=user, at=now)

    def _hands_over(self, given: HandOver) -> None:
        people, now = self.office.people, self.house.clock.now()
        principal, deputy = people[given.person % len(people)], people[given.to % len(people)]
        # One hand-over at a time, and none to herself: what is refused does not happen.
        with committed(), suppress(CoverRefused):
            agree(principal, deputy, at=now, ends_at=now + timedelta(seconds=given.lasts))

    def _ring(self, telephone: Telephone, leg: Leg) -> None:
        contact = self._by_leg.get(leg.parent.sid) if leg.parent else None
        if contact is None or contact.picks_up is None:
            return
        act = telephone.decline if contact.declines else self._picks_up
        args = (leg,) if contact.declines else (telephone, leg, contact)
        self._at(contact.picks_up, act, *args)

    def _picks_up(self, telephone: Telephone, leg: Leg, contact: Contact) -> None:
        if telephone.connected or leg.status != "ringing":
            # She talks: she lets the second call ring.
            return
        telephone.answer(leg)
        if contact.presses:
            self._at(PRESSES_AFTER, leg.press, "1")
        self._at(contact.talk, self._ends, leg, contact)

    @staticmethod
    def _ends(leg: Leg, contact: Contact) -> None:
        if leg.bridge is None:
            return
        (leg.bridge.other(leg) if contact.caller_ends else leg).hang_up()


SPRING = datetime.fromisoformat("2026-03-29T00:58:00+00:00")
AUTUMN = datetime.fromisoformat("2026-10-25T00:58:00+00:00")
TUESDAY = datetime.fromisoformat("2026-11-24T07:30:00+00:00")
EIGHTEEN = datetime.fromisoformat("2026-11-24T16:58:00+00:00")
TOMORROW = date(2026, 11, 25)
HOUR = timedelta(hours=1)
