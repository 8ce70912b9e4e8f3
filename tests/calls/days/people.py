"""How callers and telephones behave, and what is done with calls under way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from calls.models import Call, CallLeg, Transfer
from calls.queries.aims import Aim, aims_of
from calls.services import (
    CallerFollows,
    CannotRing,
    NotNow,
    NotTheAnswerer,
    hold,
    join_three,
    put_through,
    resume,
    ring_out,
    take_back,
    transfer,
)
from calls.telephony.interpreter.legs import Leg
from calls.telephony.interpreter.telephones import Party, Telephone
from calls.telephony.twilio.api import OperatorUnavailable
from clients.models import User
from core.phones import may_be_mobile
from tests.calls.days.day import COLLEAGUE, Act, Contact, RingOut
from tests.calls.days.house import House, committed
from tests.calls.days.office import Office

# Who presses the 1 that an ordinary telephone asks for does so after hearing whose call it is.
PRESSES_AFTER = 2.0
# Whoever is left of a talk hangs up after so long, longer than it rings back for her and others.
LEFT_SECONDS = 70.0
OUTSIDE = ("+33465710055", "+33639980201")
# What the desk says in words and goes on.
REFUSED = (CallerFollows, CannotRing, NotNow, NotTheAnswerer, OperatorUnavailable)
SERVICES = {
    "hold": hold,
    "resume": resume,
    "put_through": put_through,
    "join": join_three,
    "take_back": take_back,
}


@dataclass
class Story:
    """One call of the day: the path of whoever is outside, hers, and what was done with both."""

    contact: Contact
    outside: Leg | None = None
    hers: Leg | None = None
    rings_out: RingOut | None = None
    # Who is handed the caller, and whether anything was done at all.
    handed: Act | None = None
    acted: list[str] = field(default_factory=list)
    # How often somebody was rung for him once he had talked.
    rung_again: int = 0


class Callers:
    """Everybody outside, and every hand that picks up a telephone."""

    def __init__(self, house: House, office: Office) -> None:
        self.house, self.office = house, office
        self.stories: list[Story] = []
        self._by_leg: dict[str, Story] = {}
        house.when_ringing.append(self._ring)

    @property
    def parties(self) -> list[tuple[Story, Party]]:
        """Who called a line."""
        return [
            (one, Party(one.outside))
            for one in self.stories
            if one.outside is not None and one.rings_out is None
        ]

    def calls(self, contact: Contact) -> None:
        """Let somebody call."""
        line = self.office.lines[contact.line % len(self.office.lines)]
        number = "anonymous" if contact.is_withheld else f"+3363998{len(self.stories):04d}"
        party = self.house.call(str(line.number), number)
        story = Story(contact, outside=party.leg)
        self.stories.append(story)
        self._by_leg[party.sid] = story
        self._at(contact.patience, self._gives_up, party.leg)

    def rings_out(self, given: RingOut) -> None:
        """Let somebody of ours ring out; what is refused does not happen."""
        person = self.office.people[given.person % len(self.office.people)]
        line = self.office.lines[given.contact.line % len(self.office.lines)]
        number, now = f"+33639986{len(self.stories):03d}", self.house.clock.now()
        with committed(), suppress(*REFUSED):
            call = ring_out(client=line.client, number=number, by=person, at=now)
            [leg] = CallLeg.objects.filter(call=call)
            story = Story(given.contact, hers=self.house.leg(leg.provider_id), rings_out=given)
            self.stories.append(story)
            self._by_leg[leg.provider_id] = story

    def _at(self, seconds: float, act: Any, *args: Any) -> None:
        self.house.clock.schedule(seconds, lambda: act(*args))

    def _gives_up(self, leg: Leg) -> None:
        """Whoever talks to nobody has no patience left."""
        if not self.house.talks(leg):
            leg.hang_up()

    # --- telephones ring -------------------------------------------------------------------------

    def _ring(self, telephone: Telephone, leg: Leg) -> None:
        story = self._story_of(leg)
        if story is None:
            return
        self._by_leg[leg.sid] = story
        wanted = self._picks_up_after(story, leg)
        if wanted is None or self._is_let_ring(story):
            return
        if story.contact.declines and leg.to not in OUTSIDE:
            self._at(wanted, telephone.decline, leg)
        else:
            self._at(wanted, self._picks_up, telephone, leg, story)

    @staticmethod
    def _is_let_ring(story: Story) -> bool:
        """Once he has talked the first of them ring in vain."""
        if story.rings_out is not None or story.hers is None:
            return False
        story.rung_again += 1
        return story.rung_again <= story.contact.let_ring

    def _story_of(self, leg: Leg) -> Story | None:
        return self._by_leg.get(leg.parent.sid if leg.parent else leg.sid)

    @staticmethod
    def _picks_up_after(story: Story, leg: Leg) -> float | None:
        if leg.to in OUTSIDE:
            return story.handed.picks_up if story.handed else None
        if story.rings_out is not None and leg is story.hers:
            return story.rings_out.hers
        return story.contact.picks_up

    def _picks_up(self, telephone: Telephone, leg: Leg, story: Story) -> None:
        if telephone.connected or leg.status != "ringing":
            # She talks: she lets the second call ring.
            return
        telephone.answer(leg)
        if story.contact.presses or leg.to in OUTSIDE:
            self._at(PRESSES_AFTER, leg.press, "1")
        if leg.to in OUTSIDE or leg is (story.hers if story.rings_out else None):
            return
        self._talk(story, leg)

    def _talk(self, story: Story, leg: Leg) -> None:
        is_first = story.outside is None if story.rings_out else story.hers is None
        if story.rings_out is None:
            story.hers = leg
        elif is_first:
            story.outside = leg
        self._at(story.contact.talk, self._ends, story, leg)
        after = 0.0
        for act in story.contact.acts if is_first else ():
            after += act.after
            self._at(after, self._acts, story, act)

    def _ends(self, story: Story, leg: Leg) -> None:
        """Who should hangs up; where more than two were in it the next does so a while later."""
        outside, hers = story.outside, story.hers if story.rings_out else leg
        if outside is None or hers is None or (leg.bridge is None and not story.acted):
            return
        in_turn = [outside, hers] if story.contact.caller_ends else [hers, outside]
        still = [one for one in in_turn if not one.is_over]
        if still:
            still[0].hang_up()
            self._at(LEFT_SECONDS, self._ends, story, leg)

    # --- what is done with a call ----------------------------------------------------------------

    def _acts(self, story: Story, act: Act) -> None:
        if act.what == "leave":
            self._leaves(story)
            return
        assert story.outside is not None
        leg = CallLeg.objects.filter(provider_id=story.outside.sid).first()
        by = leg.call.answered_by if leg else None
        if leg is None or by is None:
            return
        story.handed = act if act.what in ("announce", "direct") else story.handed
        story.acted.append(act.what)
        with committed(), suppress(*REFUSED):
            self._do(leg.call, act, by)

    def _do(self, call: Call, act: Act, by: User) -> None:
        now = self.house.clock.now()
        if act.what in SERVICES:
            SERVICES[act.what](call=call, by=by, at=now)
        elif aim := self._aim(call, act, by):
            kind = Transfer.Kind.DIRECT if act.what == "direct" else Transfer.Kind.ANNOUNCED
            transfer(call=call, aim=aim, kind=kind, by=by, at=now)

    def _aim(self, call: Call, act: Act, by: User) -> Aim | None:
        if act.aim != COLLEAGUE:
            number = OUTSIDE[act.aim]
            aim = Aim(kind="number", key=f"number:{number}", name="", number=number)
            assert aim.must_accept == may_be_mobile(number)
            return aim
        known = aims_of(call.client, by, self.house.clock.now())
        return next((one for one in known if one.kind == "colleague" and one.is_ready), None)

    def _leaves(self, story: Story) -> None:
        for address in OUTSIDE:
            telephone = self.house.exchange.telephone(address)
            for leg in telephone.connected:
                if self._by_leg.get(leg.sid) is story:
                    telephone.hang_up(leg)
