"""Writes the callers whom a client knows."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clients.models import Client, Correspondent, CorrespondentNumber, User
from clients.services.audit import record_audit
from core.phones import parse_number
from core.text import folded


class ImpossibleNumber(ValueError):
    """The telephone number can't exist as it was written."""


@transaction.atomic
def add_correspondent(
    *,
    client: Client,
    last_name: str,
    by: User | None,
    at: datetime,
    numbers: tuple[str, ...] = (),
    birth_date: date | None = None,
    **fields: Any,
) -> Correspondent:
    """Save a person whom this client knows, with her numbers; raises ImpossibleNumber."""
    correspondent = Correspondent(
        client=client, last_name=last_name.strip(), birth_date=birth_date, **fields
    )
    correspondent.search_text = search_text_of(correspondent)
    correspondent.save()
    for number in numbers:
        add_number(correspondent=correspondent, number=number)
    record_audit(by=by, action="correspondent.added", target=correspondent, client=client, at=at)
    return correspondent


def add_number(*, correspondent: Correspondent, number: str) -> CorrespondentNumber:
    """Note one more number of a person, however it is written; raises ImpossibleNumber."""
    e164 = parse_number(number, correspondent.client.bureau.region)
    if e164 is None:
        raise ImpossibleNumber(number)
    noted, _ = CorrespondentNumber.objects.get_or_create(correspondent=correspondent, number=e164)
    return noted


def search_text_of(correspondent: Correspondent) -> str:
    """Give the folded words by which a person is found, each after a space."""
    names = (correspondent.last_name, correspondent.birth_name, correspondent.first_name)
    return f" {folded(' '.join(names))}"
