"""The interpreter and our real doors, joined under one virtual clock.

Nothing leaves the process: the operator's webhooks go through Django's test client, our requests to
its API go to the interpreter, jobs run as events of the clock shortly after the commit that asked
for them, sweeps as often as beat wakes them. Our own clock is the virtual one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

import requests
from celery import Celery
from django.conf import settings
from django.test import TestCase, override_settings
from django.utils.module_loading import import_string
from twilio.http.response import Response
from twilio.rest import Client as OperatorClient

from calls.models import Call
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.conference import Conference, Participant
from calls.telephony.interpreter.doors import Answer, DjangoClientDoors, DoorClosed
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from calls.telephony.interpreter.legs import Bridge, Leg
from calls.telephony.interpreter.loopback import LoopbackHttpClient
from calls.telephony.interpreter.telephones import Party, Telephone
from calls.telephony.twilio import api
from permanence.schedule import BEAT_SCHEDULE

FALLBACK = "https://bin.example/fallback"
LAND_LINE = "+33199004099"
# What stands at the operator's for when we are down (docs/telephony-twilio.md).
FALLBACK_TWIML = (
    '<Response><Say language="fr-FR">Un instant.</Say>'
    f"<Dial><Number>{LAND_LINE}</Number></Dial></Response>"
)
# From a commit to the job that it asked for.
WAKING_SECONDS = 0.05
# Sweeps that are rarer than this say nothing about a day's calls.
RAREST_SWEEP = 600.0


class Doors:
    """Our doors as the operator meets them: at their usual distance, slow, or closed.

    `seconds` says how long an answer takes by its path; `is_open` may close them.
    """

    def __init__(self) -> None:
        base = settings.PUBLIC_BASE_URL
        self._ours = DjangoClientDoors(base, around=committed)
        self.seconds: Callable[[str], float] = lambda _path: 0.02
        self.is_open: Callable[[str], bool] = lambda _path: True

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        if url.startswith(FALLBACK):
            return Answer(200, FALLBACK_TWIML)
        if not self.is_open(url):
            raise DoorClosed("connection refused", 0.01)
        return self._late(url, self._ours.post(url, form, headers))

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        return self._late(url, self._ours.get(url, headers))

    def _late(self, url: str, answer: Answer) -> Answer:
        return replace(answer, seconds=self.seconds(url))


def committed() -> Any:
    """What happens inside is committed at its end: jobs and live events are asked for."""
    return TestCase.captureOnCommitCallbacks(execute=True)


class House:
    """One installation with its operator."""

    def __init__(self, start: datetime) -> None:
        self.clock = VirtualClock(start)
        self.doors = Doors()
        base = settings.PUBLIC_BASE_URL
        self.exchange = Exchange(
            account=Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
            numbers={},
            anything=NumberSettings(
                f"{base}/telephony/twilio/voice/",
                voice_fallback_url=FALLBACK,
                status_callback=f"{base}/telephony/twilio/status/",
            ),
            clock=self.clock,
            doors=self.doors,
        )
        self.is_reachable = True
        # Whether a request of ours is cut off before it came through, or after, or not.
        self.cut: Callable[[], str] = str
        # When a path had nobody left at its other end.
        self.partings: dict[str, list[datetime]] = defaultdict(list)
        # Heard of every leg that starts towards a telephone, and of each that rings there.
        self.before_ringing: list[Callable[[Leg], None]] = []
        self.when_ringing: list[Callable[[Telephone, Leg], None]] = []

    def call(self, line: str, caller: str = "+33639980001") -> Party:
        """Somebody calls a line."""
        return self.exchange.place_call(line, caller)

    def call_of(self, party: Party) -> Call:
        """What we keep of it."""
        return Call.objects.get(legs__provider_id=party.sid)

    def leg(self, sid: str) -> Leg:
        """A path, by its name at the operator's."""
        return self.exchange.legs[sid]

    @staticmethod
    def talks(leg: Leg) -> bool:
        """Whether somebody is heard on a path."""
        return bool(leg.heard) and leg.heard[-1].kind in ("connected", "held", "resumed")

    def operator_client(self) -> OperatorClient:
        """The SDK before the interpreter; an operator out of reach refuses."""
        if not self.is_reachable:
            raise api.OperatorUnavailable("out of reach")
        account = self.exchange.account
        client = FrailConnection(self)
        return OperatorClient(account.sid, account.auth_token, http_client=client)

    def ask(self, job: str, seconds: float = WAKING_SECONDS, **kwargs: Any) -> None:
        """Let a job of the calls app run soon; others are of no concern here."""
        if job.startswith("calls."):
            self.clock.schedule(seconds, lambda: run_job(job, **kwargs))

    def sweep(self) -> None:
        """Wake the sweeps of the calls app as often as beat does, from now on."""
        for entry in BEAT_SCHEDULE.values():
            if entry["task"].startswith("calls.") and entry["schedule"] <= RAREST_SWEEP:
                self._sweep_again(entry["task"], entry["schedule"])

    def _sweep_again(self, job: str, every: float) -> None:
        def once() -> None:
            run_job(job)
            self._sweep_again(job, every)

        self.clock.schedule(every, once)

    def ring(self, exchange: Exchange, leg: Leg) -> None:
        for watcher in self.before_ringing:
            watcher(leg)
        _RING(exchange, leg)

    def receive(self, telephone: Telephone, leg: Leg) -> None:
        _RECEIVE(telephone, leg)
        if leg in telephone.ringing:
            for watcher in self.when_ringing:
                watcher(telephone, leg)

    def part(self, bridge: Bridge) -> None:
        for leg in bridge._legs:
            self.partings[leg.sid].append(self.clock.now())
        _PART(bridge)

    def leave(self, room: Conference, participant: Participant, reason: str) -> None:
        _LEAVE(room, participant, reason)
        others = list(room.participants.values())
        for one in [participant, *(others if len(others) == 1 else [])]:
            self.partings[one.leg.sid].append(self.clock.now())


_RING, _RECEIVE, _PART, _LEAVE = Exchange.ring, Telephone.receive, Bridge.part, Conference.leave


class FrailConnection(LoopbackHttpClient):
    """Our way to the operator's API, which may be cut: before a request came through or after."""

    def __init__(self, house: House) -> None:
        super().__init__(house.exchange)
        self._house = house

    def request(self, method: str, url: str, **options: Any) -> Response:
        cut = self._house.cut()
        if cut == "before":
            raise requests.ConnectionError("cut before it came through")
        response = super().request(method, url, **options)
        if cut == "after":
            raise requests.ConnectionError("cut before the answer")
        return response


def run_job(job: str, **kwargs: Any) -> None:
    """Run a job as a worker does: what it commits is committed, its failure ends nothing else."""
    with committed():
        import_string(job)(**kwargs)


@contextmanager
def joined(start: datetime) -> Iterator[House]:
    """Give a house in which it is `start`; outside, time goes on as before."""
    house = House(start)

    def send_task(
        _app: Any, name: str, args: Any = None, kwargs: Any = None, **options: Any
    ) -> None:
        house.ask(name, options.get("countdown") or WAKING_SECONDS, **(kwargs or {}))

    with (
        # What stands around the pages (sessions, policies) is no part of the operator's doors.
        override_settings(MIDDLEWARE=[]),
        mock.patch("django.utils.timezone.now", house.clock.now),
        mock.patch.object(Celery, "send_task", send_task),
        mock.patch.object(api, "configured_client", house.operator_client),
        mock.patch.object(Exchange, "ring", lambda *args: house.ring(*args)),
        mock.patch.object(Telephone, "receive", lambda *args: house.receive(*args)),
        mock.patch.object(Bridge, "part", lambda *args: house.part(*args)),
        mock.patch.object(Conference, "leave", lambda *args: house.leave(*args)),
        # Waiting for the rate of calls created would stop the only clock.
        mock.patch.object(api, "sleep"),
        # Open screens are another matter, and there are none here.
        mock.patch("core.live._send"),
    ):
        yield house
