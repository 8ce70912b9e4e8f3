"""Looks at each telephone at the moment at which it begins to be rung."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from calls.models import Call, CallLeg, Presence, StandIn, Transfer
from calls.rules.places import Place
from calls.rules.presence import SILENT_AFTER
from calls.telephony.interpreter.legs import Leg
from clients.models import Endpoint, User
from tests.calls.days.house import House
from tests.calls.days.staff import BEATS_EVERY, Staff

# What is on its way to the operator can't be called back.
ON_ITS_WAY = timedelta(seconds=1)
# The sweep that sends away, and the latest word that it may have had of a desk.
SWEPT_EVERY = timedelta(seconds=10)
SENT_AWAY_AFTER = SILENT_AFTER + SWEPT_EVERY + timedelta(seconds=2 * BEATS_EVERY)


class Watch:
    """Asserts of each ring that it is allowed."""

    def __init__(self, house: House, staff: Staff, late: float = 0.0) -> None:
        self.house, self.staff = house, staff
        # Of what the operator tells late nobody knows before.
        self.told_after = ON_ITS_WAY + timedelta(seconds=late)
        self.rung = 0
        self._in_vain: dict[str, datetime] = {}
        house.before_ringing.append(self._look)

    def _look(self, leg: Leg) -> None:
        self.rung += 1
        self._is_not_rung_twice(leg)
        endpoint = Endpoint.objects.filter(address=leg.to).first()
        if endpoint is None or endpoint.person is None or leg.parent is None:
            # Somebody outside, or her own telephone at her own word: she rings out.
            return
        call = Call.objects.get(legs__provider_id=leg.parent.sid)
        if not self._has_just_sat_down(endpoint):
            self._is_available(endpoint, call)
            self._may_talk(endpoint.person, call)
        self._has_one_offer(endpoint.person)
        self._is_not_gone(endpoint.person)

    def _is_not_rung_twice(self, leg: Leg) -> None:
        others = [
            one
            for one in self.house.exchange.legs.values()
            if one is not leg
            and one.to == leg.to
            and not one.is_over
            and _is_for_the_same(one, leg)
        ]
        assert others == [], f"{leg.to} is rung twice for one caller"

    def _is_available(self, endpoint: Endpoint, call: Call) -> None:
        person, now = endpoint.person, self.house.clock.now()
        presence = Presence.objects.get(user=person)
        if _is_her_own(call, person):
            return
        lately = presence.since >= now - ON_ITS_WAY
        stands = presence.state == Presence.State.AVAILABLE
        assert stands or lately, f"{person} is rung while {presence.state}"
        wraps_up = presence.wrap_up_until and presence.wrap_up_until > now
        since = now - self.told_after
        over = Q(ended_at__gte=since) | Q(handed_over_at__gte=since)
        has_just_ended = Call.objects.filter(over, answered_by=person).exists()
        # Or it is her talk with whom she rang that has, or that she did not take a caller back.
        has_just_ended |= Transfer.objects.filter(by=person, ended_at__gte=since).exists()
        has_just_ended |= any(
            one["by"] == person.pk and datetime.fromisoformat(one["at"]) >= since
            for one in Call.objects.exclude(room="").values_list("routing__went_on", flat=True)
            if one
        )
        assert not wraps_up or has_just_ended, f"{person} is rung in her wrap-up"

    def _has_just_sat_down(self, endpoint: Endpoint) -> bool:
        """Whoever takes or leaves a telephone while it is asked to ring finds it ringing."""
        lately = self.house.clock.now() - ON_ITS_WAY
        moved = Q(began_at__gte=lately) | Q(ended_at__gte=lately)
        return StandIn.objects.filter(moved, endpoint=endpoint).exists()

    def _may_talk(self, person: User, call: Call) -> None:
        """Whom the plan rings although she talks; whoever has just begun was on the way."""
        before = self.house.clock.now() - self.told_after
        talks = Call.objects.talked_by(person).exclude(pk=call.pk).filter(answered_at__lt=before)
        if (
            not any(_had_him(one, person, before) for one in talks)
            or call.places.get("caller") == Place.OTHERS
        ):
            return
        if _is_her_own(call, person):
            return
        tried = [call.routing["steps"][one["index"]] for one in call.routing.get("tried", [])]
        assert any(
            step["user_id"] == person.pk and step["because"] == "talking" for step in tried[-1:]
        ), f"{person} is rung while she talks"

    @staticmethod
    def _has_one_offer(person: User) -> None:
        offers = Call.objects.open().filter(offered_to=person)
        assert offers.count() <= 1, f"{person} is offered two waiting callers at once"

    def _is_not_gone(self, person: User) -> None:
        """Whose desk is silent, and whose telephone has failed since, is let be."""
        silent_since, now = self.staff.beats[person.pk][-1], self.house.clock.now()
        since = max(silent_since, Presence.objects.get(user=person).since)
        moved = StandIn.objects.at_work().filter(Q(user=person) | Q(endpoint__user=person))
        if now - since < SENT_AWAY_AFTER or moved.exists():
            return
        if Call.objects.talked_by(person).exists():
            # The end of her talk was lost: until the operator is asked she counts as there.
            return
        rings = CallLeg.objects.filter(endpoint__user=person, started_at__gt=silent_since)
        failed = rings.filter(end_cause="failed", ended_at__lte=now - SWEPT_EVERY - ON_ITS_WAY)
        assert not failed.exists(), f"{person} is rung, whose desk and telephone are gone"


def _is_for_the_same(one: Leg, other: Leg) -> bool:
    """Whether two telephones ring for the same caller, or at her word for the same call."""
    if one.parent is None and other.parent is None:
        return one.callback == other.callback
    return one.parent is other.parent


def _had_him(call: Call, person: User, before: datetime) -> bool:
    """Whether somebody talked then with a caller of hers: he may have been another's first."""
    hers = call.legs.filter(role=CallLeg.Role.ASSISTANT, endpoint__user=person)
    taken = [leg.answered_at for leg in hers if leg.answered_at]
    return not taken or max(taken) < before


def _is_her_own(call: Call, person: User) -> bool:
    """A caller of hers comes back to her: nobody took him, or she hung up on him."""
    return call.places.get("caller") == Place.BACK and call.answered_by_id == person.pk
