"""Whom one can play: lines to call, callers to be, telephones to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from calls.telephony.interpreter.addresses import is_e164
from core.phones import spoken

if TYPE_CHECKING:
    from clients.models import User

MOST_CALLERS = 200


@dataclass(frozen=True)
class LineChoice:
    """A number that can be called."""

    number: str
    label: str

    @property
    def spoken(self) -> str:
        return spoken(self.number)


@dataclass(frozen=True)
class TelephoneChoice:
    """A telephone that can be answered."""

    address: str
    label: str


def lines(viewer: User) -> list[LineChoice]:
    """The lines in force of the clients that the viewer may see."""
    from django.db.models import Q

    from clients.models import Line

    now = timezone.now()
    found = (
        Line.objects.visible_to(viewer)
        .filter(Q(valid_until=None) | Q(valid_until__gt=now), valid_from__lte=now)
        .select_related("client")
    )
    return [LineChoice(str(line.number), str(line.client)) for line in found]


def callers(viewer: User) -> list[LineChoice]:
    """Known callers of those clients, with their numbers."""
    from clients.models import CorrespondentNumber

    found = (
        CorrespondentNumber.objects.visible_to(viewer)
        .select_related("correspondent")
        .order_by("correspondent__last_name", "pk")[:MOST_CALLERS]
    )
    return [LineChoice(str(one.number), str(one.correspondent)) for one in found]


def names(viewer: User, addresses: Iterable[str]) -> dict[str, str]:
    """Whose these addresses are, callers' and lines', as far as the viewer may know."""
    from clients.models import CorrespondentNumber

    own = {line.number: line.label for line in lines(viewer)}
    numbers = [address for address in addresses if is_e164(address)]
    found = (
        CorrespondentNumber.objects.visible_to(viewer)
        .filter(number__in=numbers)
        .select_related("correspondent")
    )
    return own | {str(one.number): str(one.correspondent) for one in found}


def telephones() -> list[TelephoneChoice]:
    """The telephones of the people who answer."""
    from clients.models import Endpoint

    found = Endpoint.objects.filter(is_active=True).select_related("user")
    return [TelephoneChoice(one.address, str(one.user)) for one in found]
