"""What must hold on every day, whatever happens on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calls.models import Call, CallLeg, LineSchedule, Presence
from calls.telephony.interpreter.legs import Heard, Leg
from calls.telephony.interpreter.speech import CHARACTERS_PER_SECOND, PLAY_SECONDS
from calls.telephony.interpreter.telephones import Party
from clients.models import Endpoint, User
from tests.calls.days.house import House
from tests.calls.days.people import Actors

# What is on its way to the operator can't be called back.
ON_ITS_WAY = timedelta(seconds=1)
LONGEST_NOTHING = timedelta(seconds=4)
# What goes on until something else is heard.
LASTING = {"ringing", "music", "connected", "held", "resumed", "ended", "not in service", "busy"}


class Watch:
    """Looks at each telephone at the moment at which it begins to be rung."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.rung = 0
        house.before_ringing.append(self._look)

    def _look(self, leg: Leg) -> None:
        self.rung += 1
        endpoint = Endpoint.objects.filter(address=leg.to).first()
        self._is_not_rung_twice(leg)
        if endpoint is not None and endpoint.person is not None:
            self._is_available(endpoint.person, leg)
            self._has_one_offer(endpoint.person)

    def _is_not_rung_twice(self, leg: Leg) -> None:
        others = [
            one
            for one in self.house.exchange.legs.values()
            if one is not leg and one.to == leg.to and one.parent is leg.parent and not one.is_over
        ]
        assert others == [], f"{leg.to} is rung twice for one caller"

    def _is_available(self, person: User, leg: Leg) -> None:
        now = self.house.clock.now()
        presence = Presence.objects.get(user=person)
        lately = presence.since >= now - ON_ITS_WAY
        stands = presence.state == Presence.State.AVAILABLE
        assert stands or lately, f"{person} is rung while {presence.state}"
        wraps_up = presence.wrap_up_until and presence.wrap_up_until > now
        ended = Call.objects.filter(answered_by=person, ended_at__gte=now - ON_ITS_WAY)
        assert not wraps_up or ended.exists(), f"{person} is rung in her wrap-up"
        assert self._may_talk(person, leg), f"{person} is rung while she talks"

    def _may_talk(self, person: User, leg: Leg) -> bool:
        """Whom the plan rings although she talks; whoever has just begun was on the way."""
        before = self.house.clock.now() - ON_ITS_WAY
        talks = Call.objects.filter(state=Call.State.IN_PROGRESS, answered_by=person)
        if not talks.filter(answered_at__lt=before).exists() or leg.parent is None:
            return True
        call = Call.objects.get(legs__provider_id=leg.parent.sid)
        tried = [call.routing["steps"][one["index"]] for one in call.routing.get("tried", [])]
        return any(
            step["user_id"] == person.pk and step["because"] == "talking" for step in tried[-1:]
        )

    @staticmethod
    def _has_one_offer(person: User) -> None:
        offers = Call.objects.open().filter(offered_to=person)
        assert offers.count() <= 1, f"{person} is offered two waiting callers at once"


def keep_promises(house: House, actors: Actors) -> None:
    """Assert everything that must hold once a day is over."""
    every_contact_is_one_call_with_its_ending(house, actors)
    nobody_is_rung_again_after_his_talk(actors)
    every_leg_has_an_end(house)
    no_queue_forgets_anyone(house)
    nobody_hears_nothing_for_long(actors)
    lines_follow_the_clock_on_the_wall()
    nothing_needs_mending(house)


def every_contact_is_one_call_with_its_ending(house: House, actors: Actors) -> None:
    kept = list(CallLeg.objects.filter(role="caller").values_list("provider_id", flat=True))
    assert sorted(kept) == sorted(party.sid for _contact, party in actors.parties)
    assert Call.objects.count() == len(kept)
    for _contact, party in actors.parties:
        call = house.call_of(party)
        assert call.state == Call.State.ENDED, call
        assert call.ended_at is not None, call
        assert call.ended_at >= call.started_at, call
        talked = any(one.kind == "connected" for one in party.heard)
        assert (call.ending == Call.Ending.ANSWERED) == talked, (call.ending, told(party))
        assert (call.answered_at is not None) == talked, told(party)


def nobody_is_rung_again_after_his_talk(actors: Actors) -> None:
    """Whoever has talked is not put back into the queue, nor rung for once more."""
    for _contact, party in actors.parties:
        kinds = [one.kind for one in party.heard]
        after = kinds[kinds.index("connected") :] if "connected" in kinds else []
        assert set(after) <= {"connected", "held", "resumed", "ended"}, told(party)


def told(party: Party) -> str:
    """What a caller heard and what we kept of it, for whoever looks for the fault."""
    began = party.heard[0].at
    heard = [f"{(one.at - began).total_seconds():.2f} {one.kind} {one.text}" for one in party.heard]
    call = Call.objects.filter(legs__provider_id=party.sid).first()
    said = call.events.order_by("pk").values_list("leg_id", "name", "at") if call else ()
    kept = [f"{(at - began).total_seconds():.2f} {leg[-4:]} {name}" for leg, name, at in said]
    return "\n".join([party.leg.to, *heard, *kept, str(call.routing if call else None)])


def every_leg_has_an_end(house: House) -> None:
    open_rows = CallLeg.objects.exclude(state=CallLeg.State.ENDED, ended_at__isnull=False)
    assert list(open_rows) == []
    assert [leg for leg in house.exchange.legs.values() if not leg.is_over] == []


def no_queue_forgets_anyone(house: House) -> None:
    forgotten = Call.objects.filter(queued_at__isnull=False, left_queue_at=None)
    assert list(forgotten) == []
    assert [queue.entries for queue in house.exchange.queues.values() if queue.entries] == []
    assert not Call.objects.exclude(offered_to=None).exists()


def nobody_hears_nothing_for_long(actors: Actors) -> None:
    for _contact, party in actors.parties:
        silent = silences(party.leg, may_be_silent=_chose_silence(party.leg))
        long = [one for one in silent if one[1] - one[0] > LONGEST_NOTHING]
        assert long == [], (long, told(party))


def _chose_silence(leg: Leg) -> bool:
    chosen = LineSchedule.objects.filter(line__number=leg.to, waiting_sound="silence")
    return chosen.exists()


def silences(leg: Leg, *, may_be_silent: bool) -> Iterator[tuple[datetime, datetime]]:
    """Give from when to when a caller heard nothing that was meant for him."""
    ends = leg.ended_at or leg.exchange.clock.now()
    followed_by = [one.at for one in leg.heard[1:]] + [ends]
    for heard, until in zip(leg.heard, followed_by, strict=True):
        over = _over(leg, heard, until, may_be_silent=may_be_silent)
        if over < until:
            yield over, until


def _over(leg: Leg, heard: Heard, until: datetime, *, may_be_silent: bool) -> datetime:
    """When a sound was over, or `until` if it went on."""
    if heard.kind == "said":
        return heard.at + timedelta(seconds=max(1.0, len(heard.text) / CHARACTERS_PER_SECOND))
    if heard.kind == "played":
        return heard.at + timedelta(seconds=PLAY_SECONDS)
    if heard.kind == "silence":
        return until if may_be_silent else heard.at
    if heard.kind == "connected":
        return _parted(leg, heard) or until
    return until if heard.kind in LASTING else heard.at


def _parted(leg: Leg, heard: Heard) -> datetime | None:
    """When the other end of a talk was gone."""
    ends = [
        one.ended_at
        for one in leg.exchange.legs.values()
        if one.parent is leg and one.to == heard.text and one.answered_at is not None
    ]
    return max((at for at in ends if at is not None and at >= heard.at), default=None)


def lines_follow_the_clock_on_the_wall() -> None:
    """The line with three kinds of hours; an oracle of its own reads the clock."""
    directed = Call.objects.filter(line__schedules__hours__name="small hours").distinct()
    for call in directed.select_related("line__client"):
        wall = call.started_at.astimezone(ZoneInfo(call.line.zone_name))
        minutes = wall.hour * 60 + wall.minute
        small, by_day = 150 <= minutes < 210, 480 <= minutes < 1080
        expected = "small hours" if small else "day" if by_day else "night"
        assert call.routing["hours"] == expected, (wall, call.routing["hours"])


def nothing_needs_mending(house: House) -> None:
    """The operator's debugger is empty, and its API refused us nothing that it should not."""
    assert list(house.exchange.alerts) == []
