"""People on call for tests."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from clients.models import Client, OnCallPerson, OnCallShift

MARC, ANNE = "+33639981001", "+33639981002"


def make_on_call(client: Client, name: str = "Marc Petit", number: str = MARC) -> OnCallPerson:
    """Somebody who takes turns."""
    return OnCallPerson.objects.create(client=client, name=name, number=number)


def make_shift(person: OnCallPerson, first: date, last: date, **fields: Any) -> OnCallShift:
    """A turn from 18:00 of one day until 8:00 of another, on the client's wall."""
    times = {"starts": time(18), "ends": time(8)} | fields
    return OnCallShift.objects.create(
        client=person.client, person=person, first_day=first, last_day=last, **times
    )
