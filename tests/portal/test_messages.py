"""Messages in the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from messages_app.models import FilterRule, Message, Relay
from tests.people import NOW, Firm, plain_message, urgent_message


@pytest.fixture
def lawyer(firm: Firm) -> Client:
    client = Client()
    client.force_login(firm.lawyer)
    return client


def address(firm: Firm, box: str = "") -> str:
    return f"/portal/{firm.client.uuid}/messages/" + (f"?box={box}" if box else "")


def test_an_unread_message_stands_under_to_read(firm: Firm, lawyer: Client) -> None:
    plain_message(firm, at=NOW)

    page = lawyer.get(address(firm)).text

    assert "M. Karim Belaïd" in page
    assert "À lire 1" in page


def test_looking_at_the_list_opens_nothing(firm: Firm, lawyer: Client) -> None:
    message = plain_message(firm, at=NOW)

    lawyer.get(address(firm))

    message.refresh_from_db()
    assert message.read_at is None


def test_opening_a_message_notes_who_read_it(firm: Firm, lawyer: Client) -> None:
    message = plain_message(firm, at=NOW)

    lawyer.get(f"/portal/messages/{message.uuid}/")

    message.refresh_from_db()
    assert (message.read_by, message.read_at) == (firm.lawyer, NOW)


def test_what_is_read_now_stays_in_the_list_until_another_is_opened(
    firm: Firm, lawyer: Client
) -> None:
    first = plain_message(firm, at=NOW - timedelta(hours=1))
    second = plain_message(firm, at=NOW, caller_name="Me Arnaud")

    page = lawyer.get(f"/portal/messages/{first.uuid}/?box=to_read").text
    later = lawyer.get(f"/portal/messages/{second.uuid}/?box=to_read").text

    assert (f'id="m-{first.uuid}"' in page, f'id="m-{first.uuid}"' in later) == (True, False)


def test_i_have_taken_note_meets_the_duty_to_reach_me(firm: Firm, lawyer: Client) -> None:
    message = urgent_message(firm, at=NOW)

    answer = lawyer.post(f"/portal/messages/{message.uuid}/acknowledge/?box=urgent")

    relay = Relay.objects.get(message=message)
    assert (relay.state, relay.acknowledged_how) == ("acknowledged", "portal")
    assert answer.headers["Location"] == f"/portal/messages/{message.uuid}/?box=urgent"


def test_reading_a_link_of_the_button_acknowledges_nothing(firm: Firm, lawyer: Client) -> None:
    message = urgent_message(firm, at=NOW)

    answer = lawyer.get(f"/portal/messages/{message.uuid}/acknowledge/")

    assert answer.status_code == 405
    assert Relay.objects.get(message=message).state == "open"


def test_an_acknowledged_message_asks_no_more(firm: Firm, lawyer: Client) -> None:
    message = urgent_message(firm, at=NOW)
    lawyer.post(f"/portal/messages/{message.uuid}/acknowledge/")

    page = lawyer.get(f"/portal/messages/{message.uuid}/").text

    assert "Accusé de réception fait" in page
    assert "J’ai pris connaissance" not in page


def test_the_way_of_a_message_says_what_comes_next(firm: Firm, lawyer: Client) -> None:
    message = urgent_message(firm, at=NOW)

    page = lawyer.get(f"/portal/messages/{message.uuid}/").text

    assert "Message noté par Léa" in page
    assert "Sans accusé\N{NARROW NO-BREAK SPACE}: second SMS à" in page


def test_what_the_filter_kept_back_is_under_filtered_only(firm: Firm, lawyer: Client) -> None:
    FilterRule.objects.create(client=firm.client, keyword="mutuelle", outcome="log_only")
    kept = plain_message(firm, at=NOW, body="Une mutuelle vous démarche.")

    to_read, filtered = lawyer.get(address(firm)).text, lawyer.get(address(firm, "filtered")).text

    assert (f"m-{kept.uuid}" in to_read, f"m-{kept.uuid}" in filtered) == (False, True)


def test_a_message_that_nobody_must_acknowledge_has_no_such_button(
    firm: Firm, lawyer: Client
) -> None:
    FilterRule.objects.create(client=firm.client, keyword="mutuelle", outcome="log_only")
    kept = plain_message(firm, at=NOW, body="Une mutuelle vous démarche.")

    assert "J’ai pris connaissance" not in lawyer.get(f"/portal/messages/{kept.uuid}/").text


def test_an_unfinished_message_is_nobodys_yet(firm: Firm, lawyer: Client) -> None:
    message = plain_message(firm, at=NOW)
    Message.objects.filter(pk=message.pk).update(state="partial", locked_at=None)

    assert lawyer.get(f"/portal/messages/{message.uuid}/").status_code == 404


def test_an_unknown_box_is_the_first_one(firm: Firm, lawyer: Client) -> None:
    assert lawyer.get(address(firm, "nonsense")).status_code == 200


def test_a_long_list_comes_in_pages(firm: Firm, lawyer: Client) -> None:
    for nth in range(41):
        plain_message(firm, at=NOW - timedelta(minutes=nth))

    first, second = lawyer.get(address(firm)).text, lawyer.get(address(firm) + "?page=2").text

    assert (first.count('id="m-'), second.count('id="m-')) == (40, 1)


def test_the_list_asks_as_often_for_three_messages_as_for_one(
    firm: Firm, lawyer: Client, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    lawyer.get(address(firm))  # the first visit of a browser is written down
    assert_same_queries_at_1_and_3(
        add=lambda: urgent_message(firm, at=NOW), show=lambda: lawyer.get(address(firm))
    )
