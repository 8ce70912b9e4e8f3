"""How those who answer come and go: their word, their desks, their telephones, hand-overs."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from calls.models import Presence, StandIn
from calls.services import (
    TelephoneRefused,
    end_stand_in,
    lend_telephone,
    note_seen,
    set_presence,
    take_telephone,
)
from clients.models import User
from clients.services.covers import CoverRefused
from tests.calls.days.day import Absence, Change, HandOver, Seat
from tests.calls.days.house import House, committed
from tests.calls.days.office import Office
from tests.clients.covers import agree

# An open desk beats every ten seconds; every second one is kept.
BEATS_EVERY = 20.0
# A colleague whose telephone is asked for says yes after so long.
LENDS_AFTER = 3.0


class Staff:
    """Those who answer."""

    def __init__(self, house: House, office: Office) -> None:
        self.house, self.office = house, office
        self.beats: dict[int, list[datetime]] = defaultdict(list)
        # Whose desk is closed: until when, by the person's place in the office.
        self._closed: dict[int, datetime] = {}
        for place in range(len(office.people)):
            self._beat(place)

    def changes(self, change: Change) -> None:
        """Let somebody say how she stands, from an open desk."""
        place, user = self._person(change.person)
        if not self._is_closed(place):
            self._says(user, Presence.State(change.state))

    def hands_over(self, given: HandOver) -> None:
        """Let somebody hand over; what is refused does not happen."""
        now = self.house.clock.now()
        principal, deputy = self._person(given.person)[1], self._person(given.to)[1]
        with committed(), suppress(CoverRefused):
            agree(principal, deputy, at=now, ends_at=now + timedelta(seconds=given.lasts))

    def is_absent(self, given: Absence) -> None:
        """Close somebody's desk, for so long."""
        place, user = self._person(given.person)
        if self._is_closed(place):
            return
        self._closed[place] = self.house.clock.now() + timedelta(seconds=given.lasts)
        for endpoint in user.endpoints.all() if given.is_off else ():
            telephone = self.house.exchange.telephone(str(endpoint.address))
            telephone.offline = True
            self._at(given.lasts, setattr, telephone, "offline", False)
        self._at(given.lasts, self._comes_back, place)

    def sits_down(self, given: Seat) -> None:
        """Let somebody work at a colleague's telephone; what is refused does not happen."""
        (place, user), (_, owner) = self._person(given.person), self._person(given.at)
        if self._is_closed(place):
            return
        endpoint = owner.endpoints.order_by("pk")[0]
        with committed(), suppress(TelephoneRefused):
            stand_in = take_telephone(endpoint=endpoint, by=user, at=self.house.clock.now())
            if stand_in.is_asked:
                self._at(LENDS_AFTER, self._lends, stand_in.pk, owner)
            self._at(given.lasts, self._gets_up, stand_in.pk, user)

    def _person(self, nth: int) -> tuple[int, User]:
        place = nth % len(self.office.people)
        return place, self.office.people[place]

    def _at(self, seconds: float, act: Any, *args: Any) -> None:
        self.house.clock.schedule(seconds, lambda: act(*args))

    def _is_closed(self, place: int) -> bool:
        return place in self._closed and self.house.clock.now() < self._closed[place]

    def _beat(self, place: int) -> None:
        user, now = self.office.people[place], self.house.clock.now()
        if not self._is_closed(place):
            self.beats[user.pk].append(now)
            note_seen(user=user, at=now)
        self._at(BEATS_EVERY, self._beat, place)

    def _says(self, user: User, state: Presence.State) -> None:
        with committed():
            set_presence(user=user, state=state, by=user, at=self.house.clock.now())

    def _comes_back(self, place: int) -> None:
        """Her desk tells her that she was sent away; she says that she is there."""
        user = self.office.people[place]
        if Presence.objects.filter(user=user, gone_at__isnull=False).exists():
            self._says(user, Presence.State.AVAILABLE)

    def _lends(self, stand_in: int, owner: User) -> None:
        with committed():
            lend_telephone(
                stand_in=StandIn.objects.get(pk=stand_in), by=owner, at=self.house.clock.now()
            )

    def _gets_up(self, stand_in: int, user: User) -> None:
        with committed():
            end_stand_in(
                stand_in=StandIn.objects.get(pk=stand_in), by=user, at=self.house.clock.now()
            )
