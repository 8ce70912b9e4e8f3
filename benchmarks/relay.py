"""Sending what is due, against a Celery task that makes the same request without an outbox."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import Aim, note
from benchmarks.gateway import Gateway, running
from benchmarks.stacks import DATABASES, on
from benchmarks.timing import percentile

if TYPE_CHECKING:
    from clients.models import Client

AIMS = {"relay.*.x_celery_post": Aim(least=0.5)}
MOBILE = "+33639980018"
THREADS = 4
PASSES = 3
TURNS = 4
PATIENCE = 300.0


def measure(quick: bool) -> dict[str, float]:
    """Return rates and delays on both databases: SQLite with a broker in memory, PostgreSQL with
    Redis; four worker threads in one process each time."""
    figures: dict[str, float] = {}
    for database in DATABASES:
        is_bureau = database == "postgres"
        found = on(database, "benchmarks.relay:on_database", quick, redis=is_bureau)
        idle = found.pop("noop_per_s")
        figures |= {f"relay.{database}.{key}": value for key, value in found.items()}
        note(f"{database}: {idle:,.0f} tasks a second that do nothing at all, for comparison")
    return figures


def on_database(quick: bool) -> dict[str, float]:
    """Return the figures on this process's database and broker."""
    with running() as gateway, _worker():
        _use(gateway)
        client = _client()
        rates = _rates(client, gateway, texts=200 if quick else 2000)
        delays = _delays(client, messages=40 if quick else 300)
    return {
        "per_s": median(rates["ours"]),
        "x_celery_post": median(
            ours / naive for ours, naive in zip(rates["ours"], rates["naive"], strict=True)
        ),
        "save_to_accept_p99_ms": percentile(delays, 0.99) * 1000,
        "noop_per_s": median(rates["nothing"]),
    }


# --- rates ---------------------------------------------------------------------------------------


def _rates(client: "Client", gateway: Gateway, *, texts: int) -> dict[str, list[float]]:
    """Texts a second of each way, in every pass; within a pass the ways take turns."""
    ways: dict[str, Callable[[int], float]] = {
        "ours": lambda number: _seconds_of_ours(client, gateway, number),
        "naive": lambda number: _seconds_of_naive(gateway, number),
        "nothing": _seconds_of_nothing,
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(PASSES):
        seconds = dict.fromkeys(ways, 0.0)
        for _ in range(TURNS):
            for name, way in ways.items():
                seconds[name] += way(texts // TURNS)
        for name, taken in seconds.items():
            rates[name].append(texts / taken)
    return rates


def _seconds_of_ours(client: "Client", gateway: Gateway, number: int) -> float:
    """From the first wake-up until all rows are accepted: each left once, none twice."""
    from messages_app.models import Delivery
    from messages_app.services.wake import wake

    gateway.forget()
    rows = Delivery.objects.bulk_create(_row(client, index) for index in range(number))
    started = time.perf_counter()
    for row in rows:
        wake(row.pk)
    _wait_until(lambda: len(gateway.taken()) >= number)
    unfinished = Delivery.objects.filter(state__in=["due", "sending"])
    _wait_until(lambda: not unfinished.exists())
    seconds = time.perf_counter() - started
    assert sorted(gateway.taken()) == sorted(row.text for row in rows), "lost or sent twice"
    states = set(Delivery.objects.values_list("state", flat=True))
    assert states == {"accepted"}, f"in the outbox: {states}"
    return seconds


def _row(client: "Client", index: int) -> Any:
    from datetime import timedelta

    from django.utils import timezone

    from messages_app.models import Delivery

    now = timezone.now()
    return Delivery(
        client=client,
        channel="sms",
        address=MOBILE,
        text=f"Me Durand : appel {index} {now:%H%M%S%f}",
        due_at=now,
        expires_at=now + timedelta(hours=1),
    )


def _seconds_of_naive(gateway: Gateway, number: int) -> float:
    """The same request by a task that keeps no record of it."""
    post = _task("post")
    gateway.forget()
    started = time.perf_counter()
    for index in range(number):
        post.delay(f"Me Durand : appel {index}")
    _wait_until(lambda: len(gateway.taken()) >= number)
    seconds = time.perf_counter() - started
    assert len(gateway.taken()) == number
    return seconds


def _seconds_of_nothing(number: int) -> float:
    nothing = _task("nothing")
    _done.clear()
    started = time.perf_counter()
    for _ in range(number):
        nothing.delay()
    _wait_until(lambda: len(_done) >= number)
    return time.perf_counter() - started


# --- from the save to the acceptance -------------------------------------------------------------


def _delays(client: "Client", *, messages: int) -> list[float]:
    """Seconds from the call that saves a message to its SMS being accepted, one every 50 ms."""
    from django.utils import timezone

    from messages_app.models import Delivery
    from messages_app.rules.fields import MessageFields
    from messages_app.services.note import note_message

    started: dict[int, Any] = {}
    for index in range(messages):
        at = timezone.now()
        fields = MessageFields(caller_name=f"Appelant {index}", body="Merci de rappeler.")
        started[note_message(client=client, fields=fields, by=None, at=at).pk] = at
        time.sleep(0.05)
    mine = Delivery.objects.filter(messages__in=list(started))
    _wait_until(lambda: not mine.exclude(state="accepted").exists())
    ends = dict(mine.values_list("messages", "accepted_at"))
    assert len(ends) == messages
    return [(ends[pk] - at).total_seconds() for pk, at in started.items()]


# --- the stage -----------------------------------------------------------------------------------


def _client() -> "Client":
    """A lawyer who wants an SMS for every message."""
    from clients.models import Bureau, Client, ClientMember, User
    from messages_app.models import FilterRule

    bureau = Bureau.objects.create(name="Bureau")
    client = Client.objects.create(bureau=bureau, name="Me Durand", short_name="Me Durand", hue=1)
    user = User.objects.create_user("durand@durand-avocat.example", full_name="Me Durand")
    ClientMember.objects.create(client=client, user=user, mobile=MOBILE)
    FilterRule.objects.create(client=client, outcome="at_once", by_sms=True)
    return client


def _use(gateway: Gateway) -> None:
    from django.conf import settings

    settings.TWILIO_ACCOUNT_SID = "AC" + "0" * 32
    settings.TWILIO_AUTH_TOKEN = "token"
    settings.TWILIO_API_BASE = gateway.url


@contextmanager
def _worker() -> Iterator[None]:
    """The worker of one computer: four threads in this process, with a loop for live events."""
    from core import live
    from messages_app.tasks import running_loop
    from permanence.celery import app

    _tasks()
    worker = app.WorkController(
        pool_cls="threads",
        concurrency=THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    thread = threading.Thread(target=worker.start, daemon=True)
    thread.start()
    live.use_loop(running_loop())
    yield
    live.use_loop(None)
    worker.stop()
    thread.join(timeout=10)


_done: list[int] = []
_known: dict[str, Any] = {}


def _tasks() -> None:
    """Register the two tasks that the product does not have."""
    from celery import shared_task

    from messages_app.transports.twilio_client import twilio_client

    def post(text: str) -> None:
        twilio_client().messages.create(
            to=MOBILE,
            from_="Permanence",
            body=text,
            validity_period=3600,
            status_callback="http://localhost:8000/telephony/twilio/messages/x/",
        )

    def nothing() -> None:
        _done.append(1)

    _known["post"] = shared_task(name="benchmarks.post")(post)
    _known["nothing"] = shared_task(name="benchmarks.nothing")(nothing)


def _task(name: str) -> Any:
    return _known[name]


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)
