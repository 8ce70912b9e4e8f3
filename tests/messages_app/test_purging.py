"""What is kept of texts and drafts is forgotten when its period is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages_app.models import CallFile, Delivery, Message
from messages_app.services.files import save_draft
from messages_app.services.purging import purge_words
from tests.messages_app.conftest import NOW, Lawyer

YEAR = Delivery.personal["text"].keep
MONTH = CallFile.personal["drafts"].keep
DAY = timedelta(days=1)


@pytest.fixture
def sms(lawyer: Lawyer) -> Delivery:
    lawyer.note()
    Delivery.objects.exclude(channel="sms").delete()
    Delivery.objects.update(state="delivered", created_at=NOW)
    return Delivery.objects.get()


def test_a_text_is_blanked_after_a_year_and_its_row_stays(sms: Delivery) -> None:
    assert purge_words(at=NOW + YEAR - DAY) == 0
    assert purge_words(at=NOW + YEAR + DAY) == 1

    sms.refresh_from_db()
    assert (sms.text, sms.address, sms.subject, sms.html, sms.state) == (
        "",
        "",
        "",
        "",
        "delivered",
    )
    assert Message.objects.get().body == "Audience avancée au 2 décembre à 9 heures."
    assert purge_words(at=NOW + YEAR + DAY) == 0


@pytest.mark.parametrize(
    "waits", [{"state": "due"}, {"state": "sending"}, {"state": "uncertain"}, {"needs_human": True}]
)
def test_a_text_that_still_waits_keeps_its_words(sms: Delivery, waits: dict[str, str]) -> None:
    Delivery.objects.update(**waits)

    assert purge_words(at=NOW + 2 * YEAR) == 0
    sms.refresh_from_db()
    assert sms.text != ""


def test_a_draft_left_behind_is_forgotten_after_a_month(lawyer: Lawyer) -> None:
    call = lawyer.call()
    save_draft(call=call, face="message", fields={"body": "x"}, by=lawyer.assistant, at=NOW)

    assert purge_words(at=NOW + MONTH - DAY) == 0
    assert purge_words(at=NOW + MONTH + DAY) == 1
    assert CallFile.objects.get().drafts == {}
