"""What is kept of calls is forgotten when its period is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calls.models import Call, CallEvent, WebhookRefusal
from calls.services.purging import purge_calls
from core import purging
from tests.desk.calls import ring
from tests.factories import make_client
from tests.people import NOW

pytestmark = pytest.mark.django_db
MONTH = CallEvent.personal["form"].keep
DAY = timedelta(days=1)


def hear(call: Call, key: str, *, ago: timedelta) -> CallEvent:
    return CallEvent.objects.create(
        call=call,
        provider="twilio",
        leg_id="CA1",
        name="completed",
        key=key,
        at=NOW - ago,
        form={"From": "+33639984410"},
    )


def refuse(*, ago: timedelta) -> WebhookRefusal:
    return WebhookRefusal.objects.create(
        at=NOW - ago, reason="signature", path="/", caller="+33639984410"
    )


def test_the_operators_forms_are_blanked_after_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    call = ring(make_client())
    old = [hear(call, str(nth), ago=MONTH + DAY) for nth in range(5)]
    young = hear(call, "young", ago=MONTH - DAY)

    assert purge_calls(at=NOW) == 5

    forms = CallEvent.objects.filter(pk__in=[one.pk for one in old]).values_list("form", flat=True)
    assert list(forms) == [{}] * 5
    assert CallEvent.objects.get(pk=young.pk).form == {"From": "+33639984410"}
    assert purge_calls(at=NOW) == 0


def test_refused_requests_are_deleted_after_a_month() -> None:
    refuse(ago=MONTH + DAY)
    young = refuse(ago=MONTH - DAY)

    assert purge_calls(at=NOW) == 1
    assert WebhookRefusal.objects.get() == young


def test_a_callers_number_is_blanked_after_its_years_and_the_call_stays() -> None:
    client, kept = make_client(), Call.personal["caller_number"].keep
    old, young, open_ = (
        ring(client, ended="answered"),
        ring(client, ended="answered"),
        ring(client),
    )
    Call.objects.filter(pk__in=[old.pk, open_.pk]).update(started_at=NOW - kept - DAY)

    assert purge_calls(at=NOW) == 1

    numbers = {call.pk: str(call.caller_number) for call in Call.objects.all()}
    assert numbers == {old.pk: "", young.pk: "+33639984410", open_.pk: "+33639984410"}
