"""The emergency face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from calls.models import Call
from clients.models import TriageGuide, TriageSign
from messages_app.models import TriageRecord
from tests.desk.calls import at
from tests.people import Practice

Ask = Callable[..., Any]
TYPED = {"number": "06 39 98 44 10", "address": "12 rue des Tilleuls", "outcome": "told_15"}


def test_the_wording_read_the_signs_and_the_outcome_are_kept(
    hx: Ask, call: Call, practice: Practice
) -> None:
    chest = TriageSign.objects.get(text="Mal dans la poitrine")

    hx("post", at("emergency", call), TYPED | {"signs": [str(chest.uuid)]})

    kept = TriageRecord.objects.get(call_file__call=call)
    assert kept.ticked == ["Mal dans la poitrine"]
    assert kept.shown["opening"] == "Restez en ligne."
    assert (str(kept.number), kept.address) == ("+33639984410", "12 rue des Tilleuls")
    assert (kept.outcome, kept.by) == ("told_15", practice.lea)


@pytest.mark.parametrize("missing", ["number", "address", "outcome"])
def test_number_address_and_outcome_are_always_asked(hx: Ask, call: Call, missing: str) -> None:
    answer = hx("post", at("emergency", call), TYPED | {missing: ""})

    assert answer.status_code == 422
    assert list(answer.context["emergency_form"].errors) == [missing]
    assert TriageRecord.objects.count() == 0


def test_ticks_are_kept_when_something_is_missing(hx: Ask, call: Call) -> None:
    chest = TriageSign.objects.get(text="Mal dans la poitrine")
    typed = TYPED | {"address": "", "signs": [str(chest.uuid)]}

    page = hx("post", at("emergency", call), typed).content.decode()

    assert f'id="sign-{chest.uuid}" checked' in page


def test_a_sign_of_another_guide_is_refused(hx: Ask, call: Call) -> None:
    typed = TYPED | {"signs": ["00000000-0000-0000-0000-000000000001"]}

    assert hx("post", at("emergency", call), typed).status_code == 422


def test_the_most_serious_signs_are_read_first(desk: Browser, call: Call) -> None:
    page = desk.get(f"{at('call', call)}?face=emergency").content.decode()

    assert page.index("signs-vital") < page.index(">Fièvre<")


def test_without_a_guide_it_is_15(desk: Browser, call: Call, practice: Practice) -> None:
    TriageGuide.objects.all().delete()

    page = desk.get(f"{at('call', call)}?face=emergency").content.decode()

    assert 'name="signs"' not in page
    assert 'value="told_15"' in page


@pytest.mark.parametrize(
    ("outcome", "face"), [("emergency_slot", "appointment"), ("urgent_message", "message")]
)
def test_the_outcome_leads_to_the_face_where_it_is_done(
    hx: Ask, call: Call, outcome: str, face: str
) -> None:
    answer = hx("post", at("emergency", call), TYPED | {"outcome": outcome})

    assert f'"face": "{face}"' in answer.headers["HX-Trigger-After-Settle"]
