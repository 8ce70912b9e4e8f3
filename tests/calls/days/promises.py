"""What must hold on every day, whatever happens on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calls.models import Call, CallLeg, LineSchedule, Presence, Transfer
from calls.rules.presence import SILENT_AFTER
from calls.services.presence import SEEN_EVERY
from calls.telephony.interpreter.legs import Heard, Leg
from calls.telephony.interpreter.speech import CHARACTERS_PER_SECOND, PLAY_SECONDS
from clients.models import AuditEntry
from tests.calls.days.house import House
from tests.calls.days.people import Callers
from tests.calls.days.staff import Staff

LONGEST_NOTHING = timedelta(seconds=4)
# What goes on until something else is heard.
LASTING = {"ringing", "music", "ended", "not in service", "busy"}
# What is heard from the first talk on, and of whom something else was done with meanwhile.
TALKING = {"connected", "held", "resumed", "ended"}
MOVED = {"played", "said", "silence", "music", "ringing"}
MOVING = {"hold", "announce", "direct"}


def keep_promises(house: House, callers: Callers, staff: Staff) -> None:
    """Assert everything that must hold once a day is over."""
    every_contact_is_one_call_with_its_ending(house, callers)
    every_call_rung_out_has_its_ending(callers)
    nobody_is_rung_again_after_his_talk(house, callers)
    whom_nobody_took_back_is_not_forgotten(house, callers)
    every_transfer_has_an_outcome()
    every_leg_has_an_end(house)
    no_queue_forgets_anyone(house)
    nobody_hears_nothing_for_long(house, callers)
    nobody_is_sent_away_from_an_open_desk(staff)
    lines_follow_the_clock_on_the_wall()
    nothing_needs_mending(house)


def every_contact_is_one_call_with_its_ending(house: House, callers: Callers) -> None:
    came = CallLeg.objects.filter(role="caller", call__direction=Call.Direction.IN)
    kept = list(came.values_list("provider_id", flat=True))
    assert sorted(kept) == sorted(party.sid for _story, party in callers.parties)
    assert Call.objects.filter(direction=Call.Direction.IN).count() == len(kept)
    for _story, party in callers.parties:
        call = house.call_of(party)
        _has_ended(call)
        talked = any(one.kind == "connected" for one in party.heard)
        assert (call.ending == Call.Ending.ANSWERED) == talked, (call.ending, told(party.leg))
        assert (call.answered_at is not None) == talked, told(party.leg)


def every_call_rung_out_has_its_ending(callers: Callers) -> None:
    for call in Call.objects.filter(direction=Call.Direction.OUT):
        _has_ended(call)
    for story in callers.stories:
        if story.rings_out is None or story.hers is None:
            continue
        call = Call.objects.get(legs__provider_id=story.hers.sid)
        reached = story.outside is not None and _talked(story.outside)
        assert (call.ending == Call.Ending.ANSWERED) == reached, (call.ending, told(story.hers))


def _talked(leg: Leg) -> bool:
    return any(one.kind == "connected" for one in leg.heard)


def _has_ended(call: Call) -> None:
    assert call.state == Call.State.ENDED, call
    assert call.ended_at is not None, call
    assert call.ended_at >= call.started_at, call
    assert call.ending, call


def nobody_is_rung_again_after_his_talk(house: House, callers: Callers) -> None:
    """Whoever has talked is not put back into the queue, nor rung for once more by himself.

    On hold he hears music; only who was handed on, or was on hold when she left, rings once more.
    """
    asked_to_wait = {
        one.request.parameters.get("CallSid"): one.at
        for one in house.exchange.courier.trace
        if "/waiting/" in one.request.url
    }
    for story, party in callers.parties:
        kinds = [one.kind for one in party.heard]
        if "connected" not in kinds:
            continue
        first = kinds.index("connected")
        allowed = TALKING | (MOVED if set(story.acted) & MOVING else set())
        assert set(kinds[first:]) <= allowed, told(party.leg)
        waited = asked_to_wait.get(party.sid)
        if "went_on" in house.call_of(party).routing:
            continue
        # What was asked for while the telephone was being picked up comes a moment late.
        assert waited is None or waited <= party.heard[first].at, told(party.leg)


def whom_nobody_took_back_is_not_forgotten(house: House, callers: Callers) -> None:
    """He goes on by his line's plan: to a voice, to the machine, or to those to be rung back."""
    for _story, party in callers.parties:
        call = house.call_of(party)
        went_on = call.routing.get("went_on")
        if went_on is None:
            continue
        since = datetime.fromisoformat(went_on["at"])
        found = any(one.kind == "connected" and one.at >= since for one in party.heard)
        noted = call.left_alone_at is not None
        spoke = call.recordings.voicemails().exists()
        assert noted != (found or spoke), told(party.leg)


def every_transfer_has_an_outcome() -> None:
    assert list(Transfer.objects.filter(ended_at=None)) == []
    assert not Transfer.objects.filter(outcome="").exists()


def told(leg: Leg) -> str:
    """What a caller heard and what we kept of it, for whoever looks for the fault."""
    began = leg.created_at
    heard = [f"{(one.at - began).total_seconds():.2f} {one.kind} {one.text}" for one in leg.heard]
    call = Call.objects.filter(legs__provider_id=leg.sid).first()
    said = call.events.order_by("pk").values_list("leg_id", "name", "at") if call else ()
    kept = [f"{(at - began).total_seconds():.2f} {sid[-4:]} {name}" for sid, name, at in said]
    done = AuditEntry.objects.filter(target_uuid=call.uuid).order_by("pk") if call else ()
    acts = [f"{(one.at - began).total_seconds():.2f} {one.action} {one.detail}" for one in done]
    more = [str(call.routing), str(call.places), *map(str, call.transfers.all())] if call else []
    return "\n".join([leg.to, *heard, *kept, *acts, *more])


def every_leg_has_an_end(house: House) -> None:
    open_rows = CallLeg.objects.exclude(state=CallLeg.State.ENDED, ended_at__isnull=False)
    assert list(open_rows) == []
    assert [leg for leg in house.exchange.legs.values() if not leg.is_over] == []


def no_queue_forgets_anyone(house: House) -> None:
    forgotten = Call.objects.filter(queued_at__isnull=False, left_queue_at=None)
    assert list(forgotten) == []
    assert [queue.entries for queue in house.exchange.queues.values() if queue.entries] == []
    assert not Call.objects.exclude(offered_to=None).exists()


def nobody_is_sent_away_from_an_open_desk(staff: Staff) -> None:
    for entry in AuditEntry.objects.filter(action="presence.changed", by=None):
        assert entry.target_uuid is not None
        user = Presence.objects.get(uuid=entry.target_uuid).user
        before = [at for at in staff.beats[user.pk] if at <= entry.at]
        # Of the signs of a desk one in so many seconds is kept; her own word counts as one.
        silent = entry.at - before[-1]
        assert silent >= SILENT_AFTER - SEEN_EVERY, f"{user} was sent away after {silent}"


def nobody_hears_nothing_for_long(house: House, callers: Callers) -> None:
    for story in callers.stories:
        if story.outside is None:
            continue
        may_be_silent = _chose_silence(story.outside)
        silent = silences(house, story.outside, may_be_silent=may_be_silent)
        long = [one for one in silent if one[1] - one[0] > LONGEST_NOTHING]
        assert long == [], (long, told(story.outside))


def _chose_silence(leg: Leg) -> bool:
    chosen = LineSchedule.objects.filter(line__number=leg.to, waiting_sound="silence")
    return chosen.exists()


def silences(house: House, leg: Leg, *, may_be_silent: bool) -> Iterator[tuple[datetime, datetime]]:
    """Give from when to when a caller heard nothing that was meant for him."""
    ends = leg.ended_at or house.clock.now()
    followed_by = [one.at for one in leg.heard[1:]] + [ends]
    for heard, until in zip(leg.heard, followed_by, strict=True):
        over = _over(house, leg, heard, until, may_be_silent=may_be_silent)
        if over < until:
            yield over, until


def _over(
    house: House, leg: Leg, heard: Heard, until: datetime, *, may_be_silent: bool
) -> datetime:
    """When a sound was over, or `until` if it went on."""
    if heard.kind == "said":
        return heard.at + timedelta(seconds=max(1.0, len(heard.text) / CHARACTERS_PER_SECOND))
    if heard.kind == "played":
        return heard.at + timedelta(seconds=PLAY_SECONDS)
    if heard.kind == "silence":
        return until if may_be_silent else heard.at
    if heard.kind in ("connected", "held", "resumed"):
        parted = [at for at in house.partings[leg.sid] if at >= heard.at]
        return min([*parted, until])
    return until if heard.kind in LASTING else heard.at


def lines_follow_the_clock_on_the_wall() -> None:
    """The line with three kinds of hours; an oracle of its own reads the clock."""
    came = Call.objects.filter(direction=Call.Direction.IN)
    directed = came.filter(line__schedules__hours__name="small hours").distinct()
    for call in directed.select_related("line__client"):
        wall = call.started_at.astimezone(ZoneInfo(call.line.zone_name))
        minutes = wall.hour * 60 + wall.minute
        small, by_day = 150 <= minutes < 210, 480 <= minutes < 1080
        expected = "small hours" if small else "day" if by_day else "night"
        assert call.routing["hours"] == expected, (wall, call.routing["hours"])


def nothing_needs_mending(house: House) -> None:
    """The operator's debugger is empty, and its API refused us nothing that it should not."""
    assert list(house.exchange.alerts) == []
