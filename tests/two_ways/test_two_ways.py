"""One day at the desk, played on real processes that only their environment sets apart."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.db.models import F, QuerySet
from twilio.request_validator import RequestValidator

from calls.models import Call
from clients.models import Line
from messages_app.models import Delivery
from permanence.configuration import INTERPRETER_SID, interpreter_token
from tests.two_ways.gateway import Gateway, running_gateway
from tests.two_ways.installation import (
    ALIAS,
    SECRET,
    Installation,
    installed,
    open_to_the_test,
    own_database,
)
from tests.two_ways.people import Link, Person, field_value

pytestmark = pytest.mark.broker

IS_BUREAU = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
# redis-py 8 gives every socket five seconds by default.
IDLE_SECONDS = 16
CTRL_C_SECONDS = 5


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """The SMS gateway that the installation sends through."""
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def installation(
    tmp_path: Path, gateway: Gateway, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Installation]:
    """The stack under test: one computer, or a bureau."""
    make = bureau if IS_BUREAU else one_computer
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield from make(tmp_path, gateway)


def one_computer(folder: Path, gateway: Gateway) -> Iterator[Installation]:
    """One process, a file, and nothing else."""
    with installed(folder, gateway) as installation:
        installation.start_web("web")
        installation.wait_for_web("web")
        with open_to_the_test({"NAME": str(folder / "var" / "permanence.sqlite3")}):
            yield installation


def bureau(folder: Path, gateway: Gateway) -> Iterator[Installation]:
    """Two web processes, a worker and a beat before PostgreSQL and Redis."""
    name = f"two_ways_{os.getpid()}"
    with own_database(os.environ["DATABASE_URL"], name) as database:
        stack = {"DATABASE_URL": database, "REDIS_URL": own_broker(os.environ["REDIS_URL"])}
        with installed(folder, gateway, **stack) as installation:
            installation.start_web("web")
            installation.start_web("other web")
            start_worker(installation)
            schedule = str(folder / "beat")
            installation.start("beat", "celery", "-A", "permanence", "beat", "-s", schedule)
            installation.wait_for_web("web")
            installation.wait_for_web("other web")
            with open_to_the_test({"NAME": name}):
                yield installation


def own_broker(url: str) -> str:
    """A numbered database of the run's broker that no test process has."""
    base, _, number = url.rpartition("/")
    return f"{base}/{int(number) + 8}"


def start_worker(installation: Installation) -> None:
    installation.start("worker", "celery", "-A", "permanence", "worker", "-P", "threads", "-c", "4")


def kill_worker(installation: Installation) -> None:
    """On one computer the worker is a part of the web process."""
    installation.kill("worker" if IS_BUREAU else "web")


def revive_worker(installation: Installation) -> None:
    if IS_BUREAU:
        start_worker(installation)
    else:
        installation.start_web("web")
        installation.wait_for_web("web")


def post_as_operator(installation: Installation, path: str, form: dict[str, str], web: str) -> None:
    """A webhook signed for the public address, whichever web process it reaches."""
    public = installation.environment["PUBLIC_BASE_URL"]
    signature = RequestValidator(interpreter_token(SECRET)).compute_signature(public + path, form)
    answer = requests.post(
        installation.url(web) + path,
        data=form,
        headers={"X-Twilio-Signature": signature},
        timeout=20,
    )
    assert answer.ok, f"{path}: {answer.status_code}"


def ring(installation: Installation, line: Line, caller: str, web: str) -> Call:
    """Let a line ring; gives the call that was kept."""
    form = {
        "CallSid": f"CA{caller}",
        "AccountSid": INTERPRETER_SID,
        "To": str(line.number),
        "From": caller,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    post_as_operator(installation, "/telephony/twilio/voice/", form, web)
    return Call.objects.using(ALIAS).get(caller_number=caller, legs__provider_id=form["CallSid"])


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def texts_about(body: str) -> QuerySet[Delivery]:
    """The texts about what a message says, by SMS."""
    return Delivery.objects.using(ALIAS).filter(channel="sms", messages__body=body)


def deliveries(body: str) -> list[str]:
    """Their states."""
    return sorted(texts_about(body).values_list("state", flat=True))


def note_urgent(lea: Person, call: Call, body: str) -> None:
    """Note a message that the practice's filter relays at once by SMS."""
    html = lea.get(f"/desk/calls/{call.uuid}/?face=message")
    lea.post(
        f"/desk/calls/{call.uuid}/message/",
        caller_name="Mme Lenoir",
        callback_number="06 39 98 12 34",
        body=body,
        category=field_value(html, "category"),
        urgency="urgent",
    )


@pytest.mark.timeout(300)
def test_a_day_at_the_desk_with_processes_of_their_own(
    installation: Installation, gateway: Gateway
) -> None:
    lea, doctor = Person(installation.url("web"), "lea"), Person(installation.url("web"), "martin")
    idle = lea.link("/ws/desk/")
    desk, portal = lea.link("/ws/desk/"), doctor.link("/ws/portal/")
    desk.hear('id="board-rest"')
    portal.hear("everything")
    line = Line.objects.using(ALIAS).filter(client__members__user__email__startswith="martin").get()

    call = a_call_pops_up_whichever_process_is_told(installation, desk, line)
    what_the_desk_books_is_heard_in_the_portal(lea, call, portal)
    a_text_leaves_and_its_receipt_comes_home(installation, gateway, lea, call)
    an_idle_desk_stays_linked(idle)
    a_text_cut_short_by_the_workers_death_is_settled_and_not_sent_twice(
        installation, gateway, lea, call
    )
    ctrl_c_ends_the_server_while_a_desk_is_open(installation, lea)


def a_call_pops_up_whichever_process_is_told(
    installation: Installation, desk: Link, line: Line
) -> Call:
    before = len(desk.texts)
    call = ring(installation, line, "+33639981201", web="web")
    desk.hear(str(call.uuid), after=before)
    before = len(desk.texts)
    told = "other web" if IS_BUREAU else "web"
    desk.hear(str(ring(installation, line, "+33639981202", web=told).uuid), after=before)
    return call


def what_the_desk_books_is_heard_in_the_portal(lea: Person, call: Call, portal: Link) -> None:
    html = lea.get(f"/desk/calls/{call.uuid}/?face=appointment")
    before = len(portal.texts)
    lea.post(
        f"/desk/calls/{call.uuid}/book/",
        slot=field_value(html, "slot"),
        motive=field_value(html, "motive"),
        patient_query="Lenoir",
        first_name="Aline",
        birth_date="1980-02-01",
    )
    portal.hear('data-name="agenda.changed"', after=before)


def a_text_leaves_and_its_receipt_comes_home(
    installation: Installation, gateway: Gateway, lea: Person, call: Call
) -> None:
    note_urgent(lea, call, "Fièvre depuis hier soir.")
    gateway.wait_for(1)
    assert eventually(lambda: deliveries("Fièvre depuis hier soir.") == ["accepted"])

    uuid = texts_about("Fièvre depuis hier soir.").get().uuid
    [sent] = [one for one in gateway.posted if str(uuid) in one["callback"]]
    path = sent["callback"].removeprefix(installation.environment["PUBLIC_BASE_URL"])
    receipt = {"MessageSid": sent["sid"], "MessageStatus": "delivered", "To": sent["to"]}
    post_as_operator(installation, path, receipt, web="web")

    assert deliveries("Fièvre depuis hier soir.") == ["delivered"]


def an_idle_desk_stays_linked(idle: Link) -> None:
    idle.wait_until_open_for(IDLE_SECONDS)
    assert not idle.is_closed
    idle.close()


def a_text_cut_short_by_the_workers_death_is_settled_and_not_sent_twice(
    installation: Installation, gateway: Gateway, lea: Person, call: Call
) -> None:
    body = "Douleur au bras gauche."
    already = len(gateway.posted)
    gateway.answers.clear()
    note_urgent(lea, call, body)
    gateway.wait_for(already + 1)
    kill_worker(installation)
    gateway.answers.set()
    assert deliveries(body) == ["sending"]

    let_an_hour_pass(body)
    revive_worker(installation)

    assert eventually(lambda: deliveries(body) == ["accepted"], seconds=30)
    assert len(gateway.posted) == already + 1


def let_an_hour_pass(body: str) -> None:
    """The worker's lease runs out, and the gateway has had the time to list the text."""
    texts = Delivery.objects.using(ALIAS).filter(messages__body=body)
    hour = timedelta(hours=1)
    Delivery.objects.using(ALIAS).filter(pk__in=list(texts.values_list("pk", flat=True))).update(
        claimed_at=F("claimed_at") - hour, lease_until=F("lease_until") - hour
    )


def ctrl_c_ends_the_server_while_a_desk_is_open(installation: Installation, lea: Person) -> None:
    desk = lea.link("/ws/desk/")
    desk.hear('id="board-rest"')

    code = installation.interrupt("web", seconds=CTRL_C_SECONDS)

    assert code in (0, 130, -signal.SIGINT), installation.said("web")
    assert "Traceback" not in installation.said("web")
