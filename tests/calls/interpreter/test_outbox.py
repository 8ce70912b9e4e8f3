"""SMS and e-mails as their readers receive them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from calls.telephony.interpreter import mailbox, running, sms
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from tests.factories import make_user

LAWYER = "+33639980055"
BACKEND = "calls.telephony.interpreter.mailbox.EmailBackend"


@pytest.fixture(autouse=True)
def at_work(exchange: Exchange, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    with running.replaced_by(exchange):
        yield


@pytest.fixture
def browser(db: None) -> Browser:
    browser = Browser()
    browser.force_login(make_user("avocate"))
    return browser


def outbox(browser: Browser) -> str:
    return browser.get(reverse("interpreter:outbox")).content.decode()


def send_mail(subject: str = "Message", body: str = "Bonjour", html: str = "") -> None:
    message = EmailMultiAlternatives(
        subject, body, "permanence@demo.example", ["me@avocat.example"]
    )
    if html:
        message.attach_alternative(html, "text/html")
    assert get_connection(BACKEND).send_messages([message]) == 1


def send_sms(exchange: Exchange, body: str) -> None:
    exchange.sms.create({"To": LAWYER, "From": "Permanence", "Body": body})


def test_each_e_mail_is_one_file_that_can_be_read_again() -> None:
    send_mail("Rendez-vous déplacé", "Bonjour,\nà 9 h 40.", "<p>Bonjour</p>")
    [letter] = mailbox.letters()
    assert (letter.subject, letter.text, letter.to, letter.sender, letter.has_html) == (
        "Rendez-vous déplacé",
        "Bonjour,\nà 9 h 40.",
        "me@avocat.example",
        "permanence@demo.example",
        True,
    )
    assert mailbox.html_of(letter.name) == "<p>Bonjour</p>"


def test_several_messages_of_one_connection_are_several_files() -> None:
    messages = [EmailMessage("a", "b", "c@d.example", ["e@f.example"]) for _time in range(3)]
    assert get_connection(BACKEND).send_messages(messages) == 3
    assert len(mailbox.letters()) == 3


def test_the_newest_e_mail_comes_first_and_old_ones_are_left_out() -> None:
    for subject in ("un", "deux", "trois"):
        send_mail(subject)
    assert [letter.subject for letter in mailbox.letters(limit=2)] == ["trois", "deux"]


def test_a_half_written_file_is_not_read(settings: Settings) -> None:
    send_mail()
    [letter] = mailbox.letters()
    folder = Path(settings.MAILBOX_DIR)
    (folder / letter.name).rename(folder / f"{letter.name}.part")
    assert mailbox.letters() == []


@pytest.mark.parametrize("name", ["../settings.py", "x.eml", "20261124T084000000000-00000000.eml"])
def test_only_the_mailboxes_own_files_are_opened(name: str) -> None:
    assert mailbox.html_of(name) is None


def test_an_empty_outbox_says_what_to_do(browser: Browser) -> None:
    assert 'class="empty"' in outbox(browser)


def test_the_outbox_asks_to_sign_in() -> None:
    assert Browser().get(reverse("interpreter:outbox")).status_code == 302


def test_sms_and_e_mails_stand_together_newest_first(
    browser: Browser, exchange: Exchange, clock: VirtualClock
) -> None:
    send_sms(exchange, "Premier SMS")
    clock.run_until_quiet()
    send_sms(exchange, "Second SMS")
    page = outbox(browser)
    assert page.index("Second SMS") < page.index("Premier SMS")
    send_mail("Un e-mail")
    assert "Un e-mail" in outbox(browser)


def test_links_can_be_followed_and_markup_is_shown_as_text(
    browser: Browser, exchange: Exchange
) -> None:
    send_sms(exchange, "<script>alert(1)</script> Lisez http://localhost:8000/p/abc/")
    send_mail(body="<img src=x> voir http://localhost:8000/p/def/")
    page = outbox(browser)
    assert '<a href="http://localhost:8000/p/abc/"' in page
    assert '<a href="http://localhost:8000/p/def/"' in page
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_html_is_shown_in_a_frame_that_runs_nothing(browser: Browser) -> None:
    send_mail(html="<p>Bonjour</p><script>alert(1)</script>")
    [letter] = mailbox.letters()
    address = reverse("interpreter:letter", args=[letter.name])
    assert f'src="{address}"' in outbox(browser)
    answer = browser.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    page_policy = browser.get(reverse("interpreter:outbox"))["Content-Security-Policy"]
    assert "frame-src 'self'" in page_policy


def test_an_e_mail_without_html_has_no_frame(browser: Browser) -> None:
    send_mail()
    [letter] = mailbox.letters()
    assert "<iframe" not in outbox(browser)
    assert browser.get(reverse("interpreter:letter", args=[letter.name])).status_code == 404


def test_what_became_of_an_sms_is_told(
    browser: Browser, exchange: Exchange, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.undelivered(30003))
    send_sms(exchange, "Perdu")
    clock.run_until_quiet()
    assert "30003" in outbox(browser)


def test_asking_again_brings_nothing_until_something_changes(
    browser: Browser, exchange: Exchange, clock: VirtualClock
) -> None:
    page = outbox(browser)
    seen = dict(re.findall(r'name="(\w+)" value="(\w+)" data-digest', page))
    url = reverse("interpreter:outbox")
    assert browser.get(url, seen, headers={"HX-Request": "true"}).status_code == 204
    send_sms(exchange, "Nouveau")
    again = browser.get(url, seen, headers={"HX-Request": "true"}).content.decode()
    assert "Nouveau" in again
    assert "<html" not in again
