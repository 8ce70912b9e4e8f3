"""Who may come when somebody calls: she herself, and those for whom she has called before."""

from uuid import UUID

from django.db.models import Q

from agenda.models import Appointment
from calls.models import Call
from clients.models import Correspondent, CorrespondentNumber
from desk.queries.call import Person, born, person

SHOWN = 4


def family_of(call: Call) -> list[Person]:
    """Give those who share the caller's number or for whom she asked before, herself first."""
    known = call.correspondent
    if known is None:
        return []
    on_number = CorrespondentNumber.objects.filter(number=str(call.caller_number))
    asked_for = Appointment.objects.filter(caller=known).exclude(correspondent=None)
    people = Correspondent.objects.filter(
        Q(pk__in=on_number.values("correspondent")) | Q(pk__in=asked_for.values("correspondent")),
        client=call.client,
        archived_at=None,
        erased_at=None,
    ).exclude(pk=known.pk)
    others = list(people.order_by("first_name", "last_name", "pk")[:SHOWN])
    return [person(one) for one in (known, *others)] if others else []


def person_named(call: Call, written: object) -> Correspondent | None:
    """Give the person whose file a form names; nobody of another client's."""
    try:
        uuid = UUID(str(written))
    except ValueError:
        return None
    people = Correspondent.objects.filter(client=call.client, erased_at=None)
    return people.filter(uuid=uuid).first()


def born_of(call: Call, written: object) -> str:
    """Say when the person named was born: it tells homonyms apart once one is chosen."""
    chosen = person_named(call, written)
    return born(chosen) if chosen else ""


def person_words(correspondent: Correspondent) -> str:
    """« Mme Anne Aubry, née le 14 mars 1961 »"""
    parts = (correspondent.display_name, born(correspondent))
    return ", ".join(part for part in parts if part)


def namesakes(call: Call, last_name: str, first_name: str) -> list[Correspondent]:
    """Give the people on file who bear this very name."""
    bearing = Correspondent.objects.filter(
        client=call.client, last_name__iexact=last_name.strip(), archived_at=None, erased_at=None
    )
    if first_name:
        bearing = bearing.filter(first_name__iexact=first_name.strip())
    return list(bearing.order_by("first_name", "birth_date", "pk")[:SHOWN])
