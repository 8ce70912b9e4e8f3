"""The exchange: one account at Twilio's side, with its numbers, calls and telephones."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from calls.telephony.interpreter.addresses import Sids, normalised
from calls.telephony.interpreter.bad_days import Trouble
from calls.telephony.interpreter.clock import Clock
from calls.telephony.interpreter.conference import Conference
from calls.telephony.interpreter.crowd import Crowd
from calls.telephony.interpreter.doors import Doors
from calls.telephony.interpreter.legs import Callback, Leg
from calls.telephony.interpreter.program import Jump, Program, main
from calls.telephony.interpreter.queue import Queue
from calls.telephony.interpreter.rest import respond
from calls.telephony.interpreter.rest_sip import SipDomain
from calls.telephony.interpreter.simulations import is_simulation
from calls.telephony.interpreter.sms import ConnectionDropped, SmsCentre
from calls.telephony.interpreter.speech import Recording
from calls.telephony.interpreter.telephones import POST_DIAL_SECONDS, Party, Telephone
from calls.telephony.interpreter.verbs import CALL
from calls.telephony.interpreter.webhooks import CALM, Courier, Disturbance


@dataclass(frozen=True)
class Account:
    """The credentials that the product holds."""

    sid: str
    auth_token: str


@dataclass(frozen=True)
class NumberSettings:
    """What one telephone number does when it is called."""

    voice_url: str
    voice_fallback_url: str = ""
    status_callback: str = ""
    voice_method: str = "POST"
    status_callback_method: str = "POST"
    voice_application_sid: str = ""
    trunk_sid: str = ""
    speaks: bool = True


@dataclass(frozen=True)
class Alert:
    """A line of Twilio's debugger: something the product should mend."""

    at: datetime
    code: int
    url: str
    reason: str


class Exchange:
    """Plays Twilio for one account, deterministically for a given `seed`.

    `numbers` are the account's own; `anything` is what every other number does, when given.
    `given_up_status` is what a leg ends with that lost against a quicker one or whose caller hung
    up: Twilio's pages name `canceled` only for REST and the star key, reports from the field
    differ, so a product must accept both.
    """

    def __init__(
        self,
        *,
        account: Account,
        numbers: Mapping[str, NumberSettings],
        clock: Clock,
        doors: Doors,
        anything: NumberSettings | None = None,
        seed: int | str = 0,
        api_base: str = "https://api.twilio.com",
        disturbance: Disturbance = CALM,
        calls_per_second: float = 1.0,
        given_up_status: str = "no-answer",
    ) -> None:
        self.account, self.numbers, self.clock = account, dict(numbers), clock
        self.api_base, self.given_up_status = api_base.rstrip("/"), given_up_status
        self.seconds_between_calls = 1 / calls_per_second
        self.sids = Sids(Random(seed))
        self.courier = Courier(clock, doors, account.auth_token, Random(f"tokens {seed}"))
        self.courier.disturbance = disturbance
        self.legs: dict[str, Leg] = {}
        self.recordings: dict[str, Recording] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Queue] = {}
        self.telephones: dict[str, Telephone] = {}
        self.account_status, self.account_type, self.balance = "active", "Full", "100.00"
        self.sip_domains: list[SipDomain] = []
        self.alerts: deque[Alert] = deque(maxlen=500)
        self.sms = SmsCentre(self)
        self.crowd = Crowd(self, seed)
        self.troubles: frozenset[Trouble] = frozenset()
        self._anything = anything
        self._last_created_at: datetime | None = None

    def place_call(self, to: str, from_: str, *, forwarded_from: str = "") -> Party:
        """Somebody calls one of the numbers; `from_` may be any form of a withheld number."""
        with self.clock.lock:
            settings = self.settings_of(to)
            leg = Leg(
                self,
                from_=from_,
                to=to,
                direction="inbound",
                callback=_number_callback(settings),
                forwarded_from=forwarded_from,
            )
            if settings is None:
                leg.hear("not in service")
                leg.end("failed")
                return Party(leg)
            leg.status = "ringing"
            leg.hear("ringing")
            program = Program(leg, CALL, fallback=settings.voice_fallback_url)
            leg.run(main(program, Jump(settings.voice_url)))
            return Party(leg)

    def telephone(self, address: str) -> Telephone:
        """The telephone at an address; it comes into being when first spoken of."""
        with self.clock.lock:
            key = normalised(address)
            if key not in self.telephones:
                self.telephones[key] = Telephone(self, key)
            return self.telephones[key]

    def rest(
        self, method: str, path: str, form: Mapping[str, str | list[str]], auth: tuple[str, str]
    ) -> tuple[int, dict[str, object]]:
        """Answer one request to the REST API; raises ConnectionDropped when it is cut off."""
        if Trouble.SILENT in self.troubles and not is_simulation(path):
            raise ConnectionDropped("the operator is silent")
        with self.clock.lock:
            return respond(self, method, path, form, auth)

    def ring(self, leg: Leg) -> None:
        """Start an outgoing leg towards its telephone."""
        leg.progress("initiated")
        telephone = self.telephone(leg.to)
        self.clock.schedule(POST_DIAL_SECONDS, lambda: telephone.receive(leg))

    def settings_of(self, number: str) -> NumberSettings | None:
        return self.numbers.get(number, self._anything)

    def owns(self, number: str) -> bool:
        return self.settings_of(number) is not None

    def conference(self, name: str) -> Conference:
        """The live conference of that name, or a new one."""
        for conference in self.conferences.values():
            if conference.name == name and conference.status != "completed":
                return conference
        created = Conference(self, name)
        self.conferences[created.sid] = created
        return created

    def queue(self, name: str) -> Queue:
        for queue in self.queues.values():
            if queue.name == name:
                return queue
        created = Queue(self, name)
        self.queues[created.sid] = created
        return created

    def alert(self, code: int, url: str, reason: str) -> None:
        self.alerts.append(Alert(self.clock.now(), code, url, reason))

    def resource_url(self, tail: str) -> str:
        return f"{self.api_base}/2010-04-01/Accounts/{self.account.sid}/{tail}"

    def may_create_call(self) -> bool:
        """Whether the rate allows one more call now; if so, it is counted."""
        now = self.clock.now()
        earliest = self._last_created_at and self._last_created_at + timedelta(
            seconds=self.seconds_between_calls
        )
        if earliest is not None and now < earliest:
            return False
        self._last_created_at = now
        return True


def _number_callback(settings: NumberSettings | None) -> Callback | None:
    if settings is None or not settings.status_callback:
        return None
    return Callback(settings.status_callback)
