"""What waits for a human: it is listed for the right person, and each button does what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page, expect

from calls.models import Call
from clients.models import AuditEntry, Client, User
from desk import live
from desk.queries.board import board
from desk.queries.figures import figures
from desk.queries.follow_up import follow_up
from messages_app.models import CallFile, ChannelPause, Delivery, Message
from messages_app.rules.fields import MessageFields
from messages_app.services.files import save_draft
from messages_app.services.note import note_message
from messages_app.services.partial import keep_unfinished
from messages_app.services.recording import tell_delivery
from messages_app.services.steps import take_steps
from tests.desk.calls import at, ring
from tests.people import NOW, Firm, Practice

Ask = Callable[..., Any]
SignIn = Callable[[Page, Any], None]
PAGE = "/desk/follow-up/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
BODY = "Rappeler le laboratoire"


def note(client: Client, *, urgency: str = "urgent", **fields: Any) -> Message:
    words = MessageFields(caller_name="Mme Roux", body=BODY, urgency=urgency)
    return note_message(client=client, fields=words, by=None, at=NOW, **fields)


def unheard(client: Client, **fields: Any) -> Message:
    """A message that was sent, sent again, and given up."""
    message = note(client, **fields)
    for hours in (1, 2):
        take_steps(at=NOW + timedelta(hours=hours))
    Delivery.objects.filter(messages=message).update(state="delivered")
    return message


def text_of(
    client: Client, state: str = "uncertain", *, needs_human: bool = True, **fields: Any
) -> Delivery:
    """An SMS about a message, in that state; the message's other deliveries have arrived."""
    others = note(client, urgency="normal", **fields).deliveries
    text = others.order_by("pk")[0]
    others.exclude(pk=text.pk).update(state="delivered")
    changes = {"state": state, "needs_human": needs_human, "channel": "sms"}
    Delivery.objects.filter(pk=text.pk).update(**changes, address="+33639980018", claimed_at=NOW)
    text.refresh_from_db()
    return text


def path(what: str, one: Delivery | Message) -> str:
    kind = "messages" if isinstance(one, Message) else "deliveries"
    return f"{PAGE}{kind}/{one.uuid}/{what}/"


def rest(channel: str = "sms") -> None:
    until = NOW + timedelta(minutes=10)
    ChannelPause.objects.create(channel=channel, since=NOW, until=until, code="20003")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def without_token(html: str) -> str:
    return TOKEN.sub("", html)


# --- What is listed -------------------------------------------------------------------------------


def test_a_doubt_is_told_with_a_masked_number_and_two_ways_out(
    desk: Browser, practice: Practice
) -> None:
    text = text_of(practice.client)

    page = desk.get(PAGE).content.decode()

    name = practice.doctor.full_name
    assert f"SMS à 06 ·· ·· ·· 18 pour {name}\u202f: l’opérateur ne sait pas dire" in page
    assert [path(what, text) in page for what in ("resend", "arrived", "dismiss")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("undelivered", "il n’est pas arrivé."),
        ("failed", "il n’est pas arrivé."),
        ("dead", "l’opérateur l’a refusé."),
        ("expired", "il n’est pas parti à temps."),
    ],
)
def test_a_text_that_reached_nobody_says_why_and_can_only_be_filed(
    desk: Browser, practice: Practice, state: str, words: str
) -> None:
    text = text_of(practice.client, state)

    page = desk.get(PAGE).content.decode()

    assert words in page
    assert [path(what, text) in page for what in ("resend", "arrived", "dismiss")] == [
        False,
        False,
        True,
    ]


def test_a_doubt_that_the_operator_is_still_asked_about_is_shown_without_buttons_nor_count(
    desk: Browser, lea: User, practice: Practice
) -> None:
    text = text_of(practice.client, needs_human=False)

    page = desk.get(PAGE).content.decode()

    assert "incertain, l’opérateur est interrogé" in page
    assert path("resend", text) not in page
    assert figures(lea, NOW).to_follow_up == 0


def test_a_message_that_nobody_acknowledged_says_whom_to_call_and_what_to_tell(
    desk: Browser, practice: Practice
) -> None:
    practice.client.members.update(mobile="+33639983418")
    unheard(practice.client)

    page = desk.get(PAGE).content.decode()

    call = f"appelez {practice.doctor.full_name} au"
    number = "06\u00a039\u00a098\u00a034\u00a018"
    assert f'{call} <a href="tel:+33639983418">{number}</a>.' in page
    assert BODY in page


def test_a_member_without_a_mobile_is_named_without_a_number(
    desk: Browser, practice: Practice
) -> None:
    unheard(practice.client)
    practice.client.members.update(mobile="")

    page = desk.get(PAGE).content.decode()

    assert f"appelez {practice.doctor.full_name}." in page
    assert "tel:" not in page


def test_a_gateway_at_rest_is_told_until_it_may_be_tried_again(
    desk: Browser, lea: User, practice: Practice
) -> None:
    rest()

    page = desk.get(PAGE).content.decode()
    later = follow_up(lea, NOW + timedelta(minutes=11))

    moment = "mardi 24 novembre à 8\u202fh\u202f40"
    assert f"l’opérateur nous refuse l’accès depuis {moment}" in page.replace("\u00a0", "\u202f")
    assert "20003" in page
    assert later.is_empty


def test_nothing_to_follow_says_what_will_be_listed(desk: Browser) -> None:
    page = desk.get(PAGE).content.decode()

    assert "Rien à suivre" in page
    assert 'class="follow-item' not in page


def test_a_line_leads_to_the_call_where_the_message_was_noted(
    lea: User, practice: Practice, call: Call
) -> None:
    unheard(practice.client, call=call)

    listed = follow_up(lea, NOW).unacknowledged

    assert [item.client.url for item in listed] == [f"{at('call', call)}?face=message"]


# --- Whose it is ----------------------------------------------------------------------------------


def test_another_assistants_matters_are_neither_listed_nor_counted(
    desk: Browser, lea: User, firm: Firm
) -> None:
    text_of(firm.client)
    unheard(firm.client)

    assert follow_up(lea, NOW).is_empty
    assert figures(lea, NOW).to_follow_up == 0
    assert figures(firm.lea, NOW).to_follow_up == 2


@pytest.mark.parametrize("what", ["resend", "arrived", "dismiss"])
def test_another_assistants_text_is_not_found_and_stays_as_it_was(
    hx: Ask, firm: Firm, what: str
) -> None:
    text = text_of(firm.client)

    answer = hx("post", path(what, text))

    text.refresh_from_db()
    assert (answer.status_code, text.state, text.needs_human) == (404, "uncertain", True)


def test_another_assistants_message_is_not_found_and_stays_as_it_was(hx: Ask, firm: Firm) -> None:
    message = unheard(firm.client)

    answer = hx("post", path("told", message))

    assert (answer.status_code, message.relays.get().state) == (404, "exhausted")


# --- What each button does ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "before", "after", "action"),
    [
        ("resend", "uncertain", "due", "delivery.sent_again"),
        ("arrived", "uncertain", "accepted", "delivery.held_as_sent"),
        ("dismiss", "dead", "dead", "delivery.dismissed"),
    ],
)
def test_a_decision_is_kept_and_takes_the_line_away(
    hx: Ask, practice: Practice, what: str, before: str, after: str, action: str
) -> None:
    text = text_of(practice.client, before)

    page = hx("post", path(what, text)).content.decode()

    text.refresh_from_db()
    assert (text.state, text.needs_human) == (after, False)
    assert actions()[-1] == action
    assert "Rien à suivre" in page


def test_told_by_telephone_acknowledges_for_the_client(
    hx: Ask, lea: User, practice: Practice
) -> None:
    message = unheard(practice.client)

    page = hx("post", path("told", message)).content.decode()

    relay = message.relays.get()
    assert (relay.state, relay.acknowledged_how) == ("acknowledged", "phone")
    assert relay.acknowledged_by == lea
    assert "Rien à suivre" in page


def test_what_was_settled_meanwhile_is_said_and_nothing_is_sent(
    hx: Ask, practice: Practice
) -> None:
    text = text_of(practice.client)
    Delivery.objects.filter(pk=text.pk).update(state="delivered", needs_human=False)

    answer = hx("post", path("resend", text))

    text.refresh_from_db()
    assert text.state == "delivered"
    assert '"level": "error"' in answer.headers["HX-Trigger-After-Settle"]


def test_without_a_script_a_button_leads_back_to_the_list(
    desk: Browser, practice: Practice
) -> None:
    text = text_of(practice.client)

    answer = desk.post(path("arrived", text), follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Classé\u202f: il est arrivé." in answer.content.decode()


# --- The figure, live -----------------------------------------------------------------------------


def test_the_header_counts_what_waits_and_is_quiet_about_nothing(
    desk: Browser, practice: Practice
) -> None:
    def link() -> str:
        page = desk.get("/desk/day/").content.decode()
        found = re.search(r'<a class="([^"]*)" id="follow-up-link"[^>]*>(.*?)</a>', page)
        assert found is not None
        return " | ".join(found.groups())

    before = link()
    text_of(practice.client)
    unheard(practice.client)
    rest()

    assert before == "figures-link | À suivre"
    assert link() == "figures-link urgent-text | À suivre <b>3</b>"


@pytest.mark.parametrize("name", ["delivery.changed", "message.changed"])
def test_the_figure_comes_with_the_events_of_messages(
    lea: User, practice: Practice, name: str
) -> None:
    text_of(practice.client)

    html = live.rest(lea, [{"name": name}])

    assert "À suivre <b>1</b>" in html


def test_a_button_brings_the_figure_with_the_list(hx: Ask, practice: Practice) -> None:
    first, _second = text_of(practice.client), text_of(practice.client)

    page = hx("post", path("arrived", first)).content.decode()

    assert "À suivre <b>1</b>" in page


def test_the_list_alone_equals_that_of_a_fresh_page(
    desk: Browser, hx: Ask, practice: Practice
) -> None:
    text_of(practice.client)
    unheard(practice.client)
    rest()

    part = without_token(hx("get", PAGE).content.decode())
    page = without_token(desk.get(PAGE).content.decode())

    assert part.strip().startswith('<section id="follow-up"')
    assert part.strip() in page


def test_the_list_and_its_count_ask_as_often_for_three_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def add() -> None:
        call = ring(practice.client, by=lea)
        text_of(practice.client, call=call)
        text_of(practice.client, "dead", call=call)
        unheard(practice.client, call=call)

    def show() -> None:
        follow_up(lea, NOW)
        figures(lea, NOW)

    follow_up(lea, NOW)  # what she supervises is remembered on her object

    assert_same_queries_at_1_and_3(add=add, show=show)


# --- An unfinished message ------------------------------------------------------------------------


def cut_short(call: Call, by: User) -> None:
    """She was noting a message when the line was hung up."""
    typed = {"caller_name": "Mme Roux", "body": BODY, "callback_number": "04 65 71 70 12"}
    save_draft(call=call, face="message", fields=typed, by=by, at=NOW)
    keep_unfinished(call_id=call.pk, at=NOW)


def test_an_unfinished_card_opens_the_message_as_it_was_left(
    desk: Browser, lea: User, practice: Practice
) -> None:
    cut_short(ring(practice.client, by=lea, ended=Call.Ending.ANSWERED), lea)

    card = board(lea, NOW).unfinished[0]
    page = desk.get(card.url)

    assert page.context["face"] == "message"
    assert BODY in page.content.decode()


def test_completing_an_unfinished_message_relays_it_and_takes_its_card_away(
    hx: Ask, lea: User, practice: Practice
) -> None:
    call = ring(practice.client, by=lea, ended=Call.Ending.ANSWERED)
    cut_short(call, lea)
    unfinished = Message.objects.get(call=call)

    whole = {"caller_name": "Mme Roux", "body": f"{BODY} avant midi", "urgency": "normal"}
    hx("post", at("message", call), whole)

    done = Message.objects.get(call=call)
    assert (done.pk, done.state, done.body) == (unfinished.pk, "ready", f"{BODY} avant midi")
    assert done.deliveries.filter(state="due").exists()
    assert board(lea, NOW).unfinished == []
    assert CallFile.objects.get(call=call).drafts == {}


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_the_list_follows_what_changes_elsewhere_and_what_is_decided(
    page: Page, sign_in: SignIn, lea: User, practice: Practice
) -> None:
    sign_in(page, lea)
    text_of(practice.client)
    page.goto(PAGE)
    expect(page.locator("body")).to_have_attribute("data-live", "open")

    tell_delivery(text_of(practice.client))
    expect(page.locator(".follow-item")).to_have_count(2)
    expect(page.locator("#follow-up-link b")).to_have_text("2")

    page.get_by_role("button", name="Renvoyer").first.click()
    expect(page.locator(".follow-item")).to_have_count(1)
    expect(page.locator("#follow-up-link b")).to_have_text("1")
    expect(page.locator("#follow-up")).to_be_focused()
    expect(page.locator("[data-toast]")).to_have_count(1)


@pytest.mark.look
@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_empty", [True, False])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    new_page: Callable[..., Page],
    sign_in: SignIn,
    lea: User,
    practice: Practice,
    axe: Callable[[Page], None],
    screenshots: Path,
    width: int,
    scheme: str,
    is_empty: bool,
) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, lea)
    if not is_empty:
        rest()
        text_of(practice.client)
        text_of(practice.client, "dead")
        text_of(practice.client, needs_human=False)
        unheard(practice.client)

    page.goto(PAGE)
    name = f"desk-follow-up-{'empty' if is_empty else 'full'}-{width}.png"
    page.screenshot(path=screenshots / name, full_page=True)

    axe(page)
    over = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    assert over <= 0
