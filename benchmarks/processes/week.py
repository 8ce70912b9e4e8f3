"""The desk's week with 300 appointments, asked in process and looked at in Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agenda.models import Appointment, Calendar, Motive, OpeningRule
from benchmarks.timing import milliseconds
from calls.models import Call
from clients.models import Assignment, Bureau, Client, Correspondent, Line, Membership, User
from clients.models.bureau import Grant
from core.recurrences import weekly

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 3, 15)
DAYS, PRACTITIONERS, PER_WEEK = 6, 3, 300
STEP = timedelta(minutes=20)
HOURS = ((clock(8), clock(11)), (clock(11), clock(12)), (clock(14), clock(18)))
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The moment at which the largest part was painted, as the browser itself tells.
PAINTED = """() => new Promise(tell => new PerformanceObserver(list =>
    tell(list.getEntries().at(-1).startTime)
).observe({type: "largest-contentful-paint", buffered: true}))"""


def on_database(quick: bool) -> dict[str, float]:
    """Return the figures on this process's database."""
    user, call = make_practice()
    fill(call.client, PER_WEEK // 10)
    few = queries(user, call)
    Appointment.objects.all().delete()
    fill(call.client, PER_WEEK)
    asked = queries(user, call)
    assert few == asked, f"{few} queries for a tenth, {asked} for all"
    fetch = partial(fetch_week, signed_in(user), call)
    assert fetch().count(b"data-appointment=") == PER_WEEK
    figures = {
        "server_ms": median(milliseconds(fetch, 5 if quick else 20) for _ in range(3)),
        "queries": float(asked),
    }
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        return figures | {"unpainted": 1}
    return figures | {"painted_ms": painted(user, call, chromium, 3 if quick else 9)}


def make_practice() -> tuple[User, Call]:
    """Write a practice of three, its assistant, and a call that she has answered."""
    bureau = Bureau.objects.create(name="Mesure")
    practice = Client.objects.create(
        bureau=bureau,
        name="Cabinet",
        short_name="Cabinet",
        hue=212,
        trade=Client.Trade.DOCTOR,
        agenda_mode=Client.AgendaMode.OURS,
    )
    user = User.objects.create_user("lea@mesure.example", full_name="Léa")
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    Assignment.objects.create(client=practice, user=user)
    Motive.objects.create(client=practice, name="Consultation", minutes=20)
    for number in range(PRACTITIONERS):
        make_calendar(practice, number)
    started_at = datetime.now(UTC)
    line = Line.objects.create(
        client=practice,
        number="+33199004010",
        label="Secrétariat",
        valid_from=started_at - timedelta(days=1),
        greeting="Cabinet, bonjour !",
        unanswered_text="Merci de rappeler.",
    )
    call = Call.objects.create(
        bureau=bureau,
        client=practice,
        line=line,
        caller_number="+33639984410",
        state=Call.State.IN_PROGRESS,
        started_at=started_at,
        answered_at=started_at,
        answered_by=user,
        shown={"greeting": line.greeting, "instructions": []},
    )
    return user, call


def make_calendar(practice: Client, number: int) -> None:
    calendar = Calendar.objects.create(client=practice, name=f"Dr {number + 1}", position=number)
    for position, (start, end) in enumerate(HOURS):
        kind = OpeningRule.Kind.EMERGENCY if position == 1 else OpeningRule.Kind.REGULAR
        OpeningRule.objects.create(
            calendar=calendar,
            kind=kind,
            recurrence=weekly(range(DAYS)),
            valid_from=date(2026, 1, 1),
            start_time=start,
            end_time=end,
        )


def fill(practice: Client, count: int) -> None:
    """Write so many appointments, spread over the week's days and practitioners."""
    starts = [
        datetime.combine(MONDAY + timedelta(days=day), opens, PARIS) + STEP * n
        for opens, slots in ((clock(8), 9), (clock(14), 12))
        for n in range(slots)
        for day in range(DAYS)
    ]
    calendars = list(practice.calendars.all())
    places = [(calendar, start) for start in starts for calendar in calendars][:count]
    motive = Motive.objects.get()
    people = Correspondent.objects.bulk_create(
        Correspondent(client=practice, civility="mrs", last_name=f"Patiente {n}")
        for n in range(count)
    )
    Appointment.objects.bulk_create(
        row(place, start.astimezone(UTC), person, motive)
        for (place, start), person in zip(places, people, strict=True)
    )


def row(calendar: Calendar, start: datetime, person: Correspondent, motive: Motive) -> Appointment:
    local, end = start.astimezone(PARIS), start + STEP
    return Appointment(
        calendar=calendar,
        client=calendar.client,
        correspondent=person,
        motive=motive,
        starts_at=start,
        ends_at=end,
        block_starts_at=start,
        block_ends_at=end,
        local_day=local.date(),
        local_time=local.time(),
        timezone="Europe/Paris",
    )


def signed_in(user: User) -> Browser:
    browser = Browser(headers={"host": "localhost:8000"})
    browser.force_login(user)
    return browser


def address(call: Call) -> str:
    return f"{reverse('desk:week', args=[call.uuid])}?calendar=all&day={MONDAY}"


def fetch_week(browser: Browser, call: Call) -> bytes:
    answer = browser.get(address(call), headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.status_code
    return bytes(answer.content)


def queries(user: User, call: Call) -> int:
    browser = signed_in(user)
    fetch_week(browser, call)  # what only a first request asks is not the week's
    with CaptureQueriesContext(connection) as captured:
        fetch_week(browser, call)
    return len(captured)


def painted(user: User, call: Call, chromium: str, times: int) -> float:
    """Return the median moment, after asking for the page, at which its largest part is there."""
    from playwright.sync_api import sync_playwright

    name = settings.SESSION_COOKIE_NAME
    cookie = signed_in(user).cookies[name].value
    with serving() as url, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
        context.add_cookies([{"name": name, "value": cookie, "domain": "localhost", "path": "/"}])
        page = context.new_page()
        moments = []
        for _ in range(times + 1):
            page.goto(url + address(call))
            assert page.locator("[data-appointment]").count() == PER_WEEK
            moments.append(float(page.evaluate(PAINTED)))
            # What the page asks for once it is there would else slow the next one's answer.
            page.locator("[data-live=open]").wait_for()
            page.wait_for_load_state("networkidle")
        browser.close()
    return median(moments[1:])  # the first fetches style sheets and scripts


@contextmanager
def serving() -> Iterator[str]:
    """Serve the product on this database, its static files collected, in a process of its own."""
    (settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "uvicorn", "permanence.asgi:application"]
    options = ["--port", str(port), "--log-level", "error"]
    variables = os.environ | {"PUBLIC_BASE_URL": url, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen([*command, *options], env=variables) as server:
        try:
            wait_for(port)
            yield url
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not start")
