"""Nobody sees another's data: every address of the product, asked by everybody who should not.

An address that is added must be put into one of the tables below, or a test fails.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client as Browser

from agenda.models import AppointmentChange, AppointmentSeries, FreedSlot, Side, SlotOffer
from agenda.rules.directives import SaidDays, SaidHours
from agenda.services import (
    add_to_waiting_list,
    block_period,
    block_recurring,
    cancel_appointment,
    make_feed,
    offer_slot,
)
from agenda.services.directives import add_hours
from agenda.services.series import Place, book_series
from calls.models import CallerRule, Recording
from clients.models import Bureau, Client, Cover, Membership, User
from clients.models.bureau import Grant
from core.recurrences import weekly
from messages_app.models import Message
from messages_app.queries.links import message_token
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from messages_app.services.voicemails import list_voicemail
from tests.agenda.factories import paris
from tests.calls.lines import direct
from tests.clients.covers import agree, make_colleague
from tests.clients.rosters import make_on_call, make_shift
from tests.factories import make_assistant, make_bureau, make_client, make_member, make_user
from tests.house import SAMPLES, Address, addresses
from tests.people import Practice, make_call, make_practice, visit

NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
SAMPLE = SAMPLES["uuid"]
SECRETS = ("Walczak", "Vlaminck", "Cabinet du Dr Martin")

# What stands for whose data: the address's id is this one of the world below.
DESK = {
    "desk:appointment": "appointment",
    "desk:cancel": "appointment",
    "desk:confirm": "appointment",
    "desk:move": "appointment",
    "desk:undo": "appointment",
    "desk:call": "call",
    "desk:book": "call",
    "desk:caller": "call",
    "desk:new_caller": "call",
    "desk:disposition": "call",
    "desk:promise": "call",
    "desk:talk": "call",
    "desk:transfer": "call",
    "desk:aims": "call",
    "desk:draft": "call",
    "desk:emergency": "call",
    "desk:hang_up": "call",
    "desk:qualify": "call",
    "desk:take_waiting": "call",
    "desk:take_telephone": "telephone",
    "desk:message": "call",
    "desk:preview": "call",
    "desk:people": "call",
    "desk:slots": "call",
    "desk:week": "call",
    "desk:client": "client",
    "desk:correspondent": "correspondent",
    "desk:texts": "correspondent",
    "desk:resend": "delivery",
    "desk:arrived": "delivery",
    "desk:dismiss": "delivery",
    "desk:told": "message",
    "desk:recording": "recording",
    "desk:recordings": "spoken",
    "desk:voicemail_aside": "voicemail",
    "desk:by_person_seen": "by_person",
    "desk:line": "line",
    "desk:line_crisis": "line",
    "desk:roster": "client",
    "desk:line_version": "schedule",
    "desk:client_wait": "client",
    "desk:client_people": "client",
    "desk:wait": "call",
    "desk:why": "call",
    "desk:moving": "call",
    "desk:series": "call",
    "desk:series_cancel": "series",
    "desk:still_waiting": "call",
    "desk:worklist_note": "displaced",
    "desk:worklist_move": "displaced",
    "desk:worklist_cancel": "displaced",
    "desk:worklist_reopen": "displaced",
    "desk:waiting_leave": "entry",
    "desk:waiting_keep": "entry",
    "desk:offer": "freed",
    "desk:freed_aside": "freed",
    "desk:offer_accept": "offer",
    "desk:offer_decline": "offer",
    "desk:offer_leave": "offer",
}
# What a line does is written by who supervises its bureau, and read by who answers; so are others'
# hand-overs ended.
SUPERVISED = {
    "desk:line_edit": "line",
    "desk:line_settings": "line",
    "desk:roster_add": "client",
    "desk:roster_turn": "turn",
    "desk:roster_turn_remove": "turn",
    "desk:roster_person": "on_call",
    "desk:roster_person_remove": "on_call",
    "desk:line_caller": "line",
    "desk:line_caller_remove": "caller_rule",
    "desk:line_withdraw": "schedule",
    "desk:cover_end": "cover",
}
PORTAL = {
    "portal:activity": "client",
    "portal:agenda": "client",
    "portal:free": "client",
    "portal:instructions": "client",
    "portal:load": "client",
    "portal:exports": "client",
    "portal:day_list": "client",
    "portal:appointments_file": "client",
    "portal:messages": "client",
    "portal:notices": "client",
    "portal:notices_preview": "client",
    "portal:notices_shared": "client",
    "portal:hours": "client",
    "portal:motives": "client",
    "portal:motive_add": "client",
    "portal:absences": "client",
    "portal:directives": "client",
    "portal:seen": "client",
    "portal:week": "client",
    "portal:absence": "absence",
    "portal:unblock": "absence",
    "portal:appointment": "appointment",
    "portal:attendance": "appointment",
    "portal:cancel": "appointment",
    "portal:move": "appointment",
    "portal:block": "calendar",
    "portal:book": "calendar",
    "portal:revoke_address": "feed",  # before a new one, which ends it too
    "portal:make_address": "calendar",
    "portal:hours_add": "calendar",
    "portal:absence_add": "calendar",
    "portal:holidays": "calendar",
    "portal:hours_change": "rule",
    "portal:hours_end": "rule",
    "portal:absence_change": "recurring",
    "portal:absence_end": "recurring",
    "portal:absence_day": "recurring",
    "portal:motive_change": "motive",
    "portal:motive_archive": "motive",
    "portal:motive_order": "motive",
    "portal:directive": "directive",
    "portal:directive_undo": "directive",
    "portal:hand_over": "directive",
    "portal:undo": "change",
    "portal:message": "message",
    "portal:recording": "heard",
    "portal:acknowledge": "message",
}
# A hand-over is for the two of whom it is, and nobody else.
COVERS = {
    "desk:cover",
    "desk:cover_accept",
    "desk:cover_decline",
    "desk:cover_withdraw",
    "desk:cover_back",
}
# Another person's passkey, by its number.
KEYS = {"mfa_edit_webauthn", "mfa_remove_webauthn"}
# They name nobody: each shows what concerns the person who asks, or what is made there.
OWN = {
    "home",
    "desk:home",
    "desk:hand_over",
    "desk:covers",
    "desk:day",
    "desk:quality",
    "desk:quality_file",
    "desk:ring",
    "desk:follow_up",
    "desk:waiting",
    "desk:worklist",
    "desk:keys",
    "desk:lines",
    "desk:presence",
    "desk:idle",
    "desk:presence_choices",
    "desk:unsaid",
    "desk:telephone_answer",
    "desk:search",
    "portal:home",
    "portal:account",
    "usersessions_list",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_email",
    "account_confirm_login_code",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "account_signup",
}
# They open without an account, and show nothing without a key of their own.
OPEN = {
    "health",
    "set_language",
    "first_owner",
    "public:message",
    "visit:visit",
    "visit:confirm",
    "visit:cancel",
    "visit:stop",
    "ical:calendar",
    "mfa_login_webauthn",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_reset_password_from_key",
}
# Machines sign what they send; people are turned away.
MACHINES = ("twilio:", "cti:", "twilio_messages:", "interpreter:rest")
# The technical administrator's pages.
ADMINISTRATION = ("admin:",)
# The training operator, with telephones and callers that are nobody's; there is one for all.
TRAINING = ("interpreter:",)

ADDRESSES = {address.name: address for address in addresses()}


@dataclass
class World:
    """A practice with something behind every address, and everybody around it."""

    practice: Practice
    ids: dict[str, uuid.UUID]
    people: dict[str, User]
    passkey: Authenticator


def series(practice: Practice) -> AppointmentSeries:
    """Two visits booked together."""
    places = [Place(practice.calendar, paris(f"2026-12-{day} 14:00")) for day in ("01", "08")]
    return book_series(motive=practice.consultation, places=places, by=practice.lea, at=NOW)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    practice = make_practice()
    people = everybody(practice)
    ids = things_of(practice) | {"cover": Cover.objects.get(deputy=people["covers"]).uuid}
    owner_of_key = practice.doctor
    passkey = Authenticator.objects.create(
        user=owner_of_key, type=Authenticator.Type.WEBAUTHN, data={"name": "Walczak"}
    )
    return World(practice, ids, people, passkey)


def things_of(practice: Practice) -> dict[str, uuid.UUID]:
    """Something behind each address that names something."""
    client, calendar = practice.client, practice.calendar
    appointment = visit(practice, "2026-11-24 09:00", "Walczak")
    message = note(client, practice.lea)
    blocked = block_period(
        calendar=calendar,
        starts_at=NOW.replace(hour=13),
        ends_at=NOW.replace(hour=14),
        by=practice.doctor,
        at=NOW,
        reason="Vlaminck",
    )
    covered = visit(practice, "2026-11-25 09:00", "Walczak")
    away = block_period(
        calendar=calendar,
        starts_at=covered.starts_at,
        ends_at=covered.ends_at,
        by=practice.doctor,
        at=NOW,
    )
    offer = offer_of(practice)
    assert appointment.correspondent is not None
    return {
        "client": client.uuid,
        "calendar": calendar.uuid,
        "appointment": appointment.uuid,
        "change": appointment.changes.get().uuid,
        "correspondent": appointment.correspondent.uuid,
        "absence": blocked.absence.uuid,
        "call": make_call(client, at=NOW).uuid,
        "telephone": practice.lea.endpoints.get().uuid,
        "message": message.uuid,
        "delivery": message.deliveries.order_by("pk")[0].uuid,
        "feed": make_feed(calendar=calendar, with_names=True, by=practice.doctor, at=NOW)[0].uuid,
        "displaced": away.absence.displaced.get().uuid,
        "entry": offer.entry.uuid,
        "series": series(practice).uuid,
        "freed": offer.freed.uuid,
        "offer": offer.uuid,
        "by_person": cancelled_by_link(practice).uuid,
        **voicemails_of(practice),
        **directives_of(practice),
        **line_of(practice),
    }


def line_of(practice: Practice) -> dict[str, uuid.UUID]:
    """A line of the practice's with a version to come, and a caller whom it never lets in."""
    line = practice.client.lines.order_by("pk")[0]
    schedule = direct(line, {"action": "holder"}, starts_on=date(2026, 12, 1))
    rule = CallerRule.objects.create(client=practice.client, line=line, number="+33639983457")
    turn = make_shift(make_on_call(practice.client), date(2026, 11, 27), date(2026, 11, 30))
    return {
        "line": line.uuid,
        "schedule": schedule.uuid,
        "caller_rule": rule.uuid,
        "turn": turn.uuid,
        "on_call": turn.person.uuid,
    }


def directives_of(practice: Practice) -> dict[str, uuid.UUID]:
    """What the doctor has said of his hours."""
    calendar, motive = practice.calendar, practice.consultation
    rule = calendar.opening_rules.order_by("pk")[0]
    days = SaidDays(date(2026, 12, 5), None, (5,))
    saturdays = SaidHours(days, time(9), time(12), motives=frozenset([motive.pk]))
    away = block_recurring(
        calendar=calendar,
        recurrence=weekly([6]),
        valid_from=date(2026, 12, 6),
        by=practice.doctor,
        at=NOW,
        reason="Vlaminck",
    )
    return {
        "rule": rule.uuid,
        "recurring": away.absence.uuid,
        "motive": motive.uuid,
        "directive": add_hours(calendar=calendar, said=saturdays, by=practice.doctor, at=NOW).uuid,
    }


def voicemails_of(practice: Practice) -> dict[str, uuid.UUID]:
    """Somebody spoke to the machine, and Léa has not listened; of another's she has noted it."""
    listed, heard = voicemail(practice, "RE1"), voicemail(practice, "RE2")
    waiting = list_voicemail(call=listed.call, at=NOW)
    fields = MessageFields(body="Walczak")
    noted = note_message(
        client=practice.client, fields=fields, by=practice.lea, at=NOW, call=heard.call
    )
    return {
        "recording": listed.uuid,
        "spoken": listed.call.uuid,
        "voicemail": waiting.uuid,
        "heard": noted.uuid,
    }


def voicemail(practice: Practice, name: str) -> Recording:
    call = make_call(practice.client, at=NOW, waited=None)
    call.ending = call.Ending.VOICEMAIL
    call.save()
    made = Recording(call=call, kind="voicemail", provider="twilio", provider_id=name, seconds=4)
    made.recorded_at, made.state = NOW, Recording.State.KEPT
    made.file.save("a.wav", ContentFile(b"RIFF"))
    return made


def cancelled_by_link(practice: Practice) -> AppointmentChange:
    """Mme Walczak has cancelled a visit herself."""
    cancelled = visit(practice, "2026-11-27 09:00", "Walczak")
    cancel_appointment(appointment=cancelled, by=None, at=NOW, side=Side.PUBLIC)
    return cancelled.changes.get(side=Side.PUBLIC)


def offer_of(practice: Practice) -> SlotOffer:
    """Mme Walczak waits; a slot has become free, and Léa is offering it to her."""
    cancelled = visit(practice, "2026-11-26 09:00", "Walczak")
    entry = add_to_waiting_list(
        client=practice.client,
        motive=practice.consultation,
        correspondent=cancelled.correspondent,
        by=practice.lea,
        at=NOW,
    )
    cancel_appointment(appointment=cancelled, by=practice.doctor, at=NOW)
    freed = FreedSlot.objects.get(change__appointment=cancelled)
    return offer_slot(freed=freed, entry=entry, starts_at=freed.starts_at, by=practice.lea, at=NOW)


def note(client: Client, by: User) -> Message:
    fields = MessageFields(caller_name="Vlaminck", body="Rappeler Walczak")
    return note_message(client=client, fields=fields, by=by, at=NOW)


def everybody(practice: Practice) -> dict[str, User]:
    """Who belongs to the practice, who works beside it, and who has nothing to do with it."""
    client = practice.client
    neighbour = make_client(client.bureau, name="Me Voisin")
    elsewhere = make_client(name="Dr Ailleurs")
    return {
        "assistant": practice.lea,
        "deputy": make_assistant(client, "deputy", rank=2),
        "member": practice.doctor,
        **those_who_cover(practice),
        "neighbour's assistant": make_assistant(neighbour, "neighbour-assistant"),
        "neighbour's deputy": make_assistant(neighbour, "neighbour-deputy", rank=2),
        "neighbour's member": make_member(neighbour, "neighbour-member").user,
        "member elsewhere": make_member(elsewhere, "elsewhere-member").user,
        "owner elsewhere": granted(Grant.OWN),
        "supervisor elsewhere": granted(Grant.SUPERVISE),
        "supervisor": granted(Grant.SUPERVISE, client.bureau),
        "nobody's": make_user("nobodys"),
    }


def those_who_cover(practice: Practice) -> dict[str, User]:
    """Two of the bureau who answer no client: one covered Léa yesterday, one covers her now."""
    before, now = (make_colleague(practice.client.bureau, key) for key in ("before", "now"))
    yesterday = NOW - timedelta(days=1)
    agree(practice.lea, before, at=yesterday, ends_at=NOW)
    agree(practice.lea, now, at=NOW)
    return {"covered yesterday": before, "covers": now}


def granted(grant: Grant, bureau: Bureau | None = None) -> User:
    user = make_user(f"{'here' if bureau else 'elsewhere'}-{grant}")
    Membership.objects.create(bureau=bureau or make_bureau(), user=user, grants=[grant])
    return user


STRANGERS = [
    "covered yesterday",
    "neighbour's assistant",
    "neighbour's deputy",
    "neighbour's member",
    "member elsewhere",
    "owner elsewhere",
    "supervisor elsewhere",
    "nobody's",
]


def path_of(name: str, world: World) -> str:
    """An address with an id of the practice's in it."""
    path = ADDRESSES[name].path
    if name in KEYS:
        return path.replace("/1/", f"/{world.passkey.pk}/")
    if name == "desk:draft":
        path = path.replace("/x/", "/message/")
    tables = {**DESK, **SUPERVISED, **PORTAL, **dict.fromkeys(COVERS, "cover")}
    path = path.replace(SAMPLE, str(world.ids[tables[name]]))
    slot = f"{world.ids['calendar']}%402026-11-24T09:00:00%2B0000"
    return f"{path}?slot={slot}" if name == "portal:free" else path


def browser_of(user: User | None) -> Browser:
    browser = Browser(raise_request_exception=False)
    if user is not None:
        browser.force_login(user)
    return browser


def asked(browser: Browser, path: str, world: World) -> list[Any]:
    """Ask in the three ways that a page can; the fields are those of forms that need some."""
    fields = {"correspondent": str(world.ids["correspondent"]), "disposition": "message"}
    part = {"HX-Request": "true"}
    return [browser.get(path), browser.post(path, fields), browser.get(path, headers=part)]


def is_refused(answers: list[Any]) -> bool:
    """Nothing was shown or done, and at least one way of asking was told so."""
    codes = {answer.status_code for answer in answers}
    return codes <= {403, 404, 405} and bool(codes & {403, 404})


def is_answered(answers: list[Any]) -> bool:
    """At least one way of asking led somewhere."""
    return any(answer.status_code not in (403, 404, 405, 500) for answer in answers)


def test_every_address_stands_in_the_walk() -> None:
    named = {*DESK, *SUPERVISED, *PORTAL, *COVERS, *KEYS, *OWN, *OPEN}
    by_space = (*MACHINES, *ADMINISTRATION, *TRAINING)
    walked = {name for name in ADDRESSES if name in named or name.startswith(by_space)}

    assert set(ADDRESSES) - walked == set()
    assert named - set(ADDRESSES) == set()


@pytest.mark.once
@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_told_that_nothing_is_there(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    shown = [
        n
        for n in {**DESK, **SUPERVISED, **PORTAL}
        if not is_refused(asked(browser, path_of(n, world), world))
    ]

    assert shown == []


@pytest.mark.once
def test_a_member_does_not_enter_the_desk(world: World) -> None:
    browser = browser_of(world.people["member"])

    shown = [name for name in DESK if not is_refused(asked(browser, path_of(name, world), world))]

    assert shown == []


@pytest.mark.once
@pytest.mark.parametrize("who", ["assistant", "deputy", "covers", "member"])
def test_what_a_line_does_is_written_by_supervisors_only(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    shown = [n for n in SUPERVISED if not is_refused(asked(browser, path_of(n, world), world))]

    assert shown == []


@pytest.mark.once
@pytest.mark.parametrize("who", ["assistant", "deputy", "covers"])
def test_an_assistant_does_not_enter_the_portal(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    shown = [name for name in PORTAL if not is_refused(asked(browser, path_of(name, world), world))]

    assert shown == []


@pytest.mark.parametrize(
    ("who", "table"),
    [
        ("assistant", DESK),
        ("deputy", DESK),
        ("covers", DESK),
        ("supervisor", SUPERVISED),
        ("member", PORTAL),
    ],
)
def test_the_same_addresses_open_to_who_belongs_there(
    world: World, who: str, table: dict[str, str]
) -> None:
    """Without this, the walk would be content with addresses that open to nobody."""
    browser = browser_of(world.people[who])

    closed = [
        name for name in table if not is_answered(asked(browser, path_of(name, world), world))
    ]

    assert closed == []


@pytest.mark.once
@pytest.mark.parametrize("who", ["deputy", "member", *STRANGERS])
def test_a_hand_over_is_nothing_to_others(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    shown = [n for n in COVERS if not is_refused(asked(browser, path_of(n, world), world))]

    assert shown == []


@pytest.mark.parametrize("who", ["assistant", "covers"])
def test_a_hand_over_answers_to_both_of_whom_it_is(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    closed = [n for n in COVERS if not is_answered(asked(browser, path_of(n, world), world))]

    assert closed == []


def test_nobody_signed_in_is_sent_to_the_sign_in(world: World) -> None:
    browser = browser_of(None)
    names = [*DESK, *SUPERVISED, *PORTAL, *COVERS, *KEYS]

    answers = {n: a for n in names for a in asked(browser, path_of(n, world), world)}

    to_sign_in = {n for n, a in answers.items() if "/accounts/login/" in a.headers["Location"]}
    assert {a.status_code for a in answers.values()} == {302}
    assert to_sign_in == set(names)


@pytest.mark.once
@pytest.mark.parametrize("who", ["assistant", "neighbour's member", "owner elsewhere"])
def test_anothers_passkey_does_not_exist(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    found = [
        name
        for name in KEYS
        for answer in asked(browser, path_of(name, world), world)
        if answer.status_code not in (302, 404) or "Walczak" in answer.content.decode()
    ]

    assert found == []
    assert Authenticator.objects.filter(pk=world.passkey.pk).exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "who", ["covered yesterday", "neighbour's assistant", "neighbour's member", "owner elsewhere"]
)
def test_ones_own_pages_say_nothing_of_others(world: World, who: str) -> None:
    browser = browser_of(world.people[who])

    told = [
        (name, answer.status_code)
        for name in OWN
        for answer in asked(browser, own_path(ADDRESSES[name]), world)
        if answer.status_code >= 500 or any(s in answer.content.decode() for s in SECRETS)
    ]

    assert told == []


def own_path(address: Address) -> str:
    return f"{address.path}?q=Wal" if address.name == "desk:search" else address.path


@pytest.mark.once
@pytest.mark.parametrize("who", ["assistant", "member", "owner elsewhere", "supervisor elsewhere"])
def test_the_administrators_pages_open_to_administrators_only(world: World, who: str) -> None:
    browser = browser_of(world.people[who])
    pages = [a for n, a in ADDRESSES.items() if n.startswith(ADMINISTRATION)]
    exempt = {"admin:login", "admin:logout"}

    opened = [
        (page.name, answer.status_code)
        for page in pages
        if page.name not in exempt
        for answer in (browser.get(page.path), browser.post(page.path))
        if answer.status_code not in (302, 403, 404)
    ]

    assert opened == []


@pytest.mark.parametrize("who", [None, "assistant", "member", "owner elsewhere"])
def test_machines_doors_ask_for_a_signature(world: World, who: str | None) -> None:
    browser = browser_of(world.people[who] if who else None)
    doors = [a for n, a in ADDRESSES.items() if n.startswith(MACHINES)]

    opened = [
        (door.name, answer.status_code)
        for door in doors
        for answer in (browser.get(door.path), browser.post(door.path))
        if answer.status_code not in (401, 403, 404, 405)
    ]

    assert opened == []


def test_a_messages_link_opens_that_message_to_nobody_else(world: World) -> None:
    other = make_practice("autre")
    relay = note(other.client, other.lea).relays.get()

    shown = browser_of(None).get(f"/p/m/{message_token(relay)}/").content.decode()

    assert "Vlaminck" in shown
    assert not re.search("Cabinet du Dr Martin", shown)
