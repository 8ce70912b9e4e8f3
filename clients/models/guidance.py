"""What the assistant must know to answer in the client's name."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class InstructionQuerySet(ScopedQuerySet["Instruction"]):
    """Instructions, and when they are in force."""

    def in_force(self, at: datetime) -> Self:
        """Keep what holds at this instant, the shortest-lived (most specific) first."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=at),
            Q(valid_until=None) | Q(valid_until__gt=at),
        ).order_by(models.F("valid_until").asc(nulls_last=True), "position", "pk")


class Instruction(Identified):
    """A dated directive of the client's; the most specific in force wins.

    Two instructions with one `topic` contradict each other: of these only the most specific shows.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="instructions")
    mark = models.CharField(_("mark"), max_length=8, blank=True)
    text = models.CharField(_("instruction"), max_length=400)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateTimeField(_("from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal("answers as the client wishes", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"mark", "topic"})

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class PracticalInfo(Identified):
    """A fact that callers ask every hour: address, door code, parking, fees."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="practical_infos")
    label = models.CharField(_("what"), max_length=60)
    text = models.CharField(_("answer"), max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal("tells callers how to come", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"label"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("practical fact")
        verbose_name_plural = _("practical facts")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.label} : {self.text}"


class DirectoryEntry(Identified):
    """Somebody whom the client's callers may be put through to: laboratory, hospital, colleague."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="directory")
    name = models.CharField(_("name"), max_length=120)
    number = NumberField(_("number"))
    note = models.CharField(_("when"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("puts callers through", 5 * YEAR),
        "number": Personal("puts callers through", 5 * YEAR),
        "note": Personal("puts callers through", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("directory entry")
        verbose_name_plural = _("directory")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return self.name


class TriageGuide(Identified):
    """The practice's own words for judging an emergency while listening; it never diagnoses."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="triage_guides")
    opening = models.CharField(_("first sentence, read aloud"), max_length=300)
    doubt = models.CharField(_("in doubt"), max_length=300)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"opening", "doubt"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency guide")
        verbose_name_plural = _("emergency guides")
        ordering = ["client", "-valid_from", "pk"]

    def __str__(self) -> str:
        return self.opening


class TriageSign(Identified):
    """A sign of the guide, worded to be read while listening, and what it calls for."""

    class Action(models.TextChoices):
        CALL_15 = "call_15", _("call 15 at once")
        EMERGENCY_SLOT = "emergency_slot", _("emergency slot today")
        PUT_THROUGH = "put_through", _("put through to the doctor")
        URGENT_MESSAGE = "urgent_message", _("urgent message")

    guide = models.ForeignKey(TriageGuide, on_delete=models.CASCADE, related_name="signs")
    text = models.CharField(_("sign"), max_length=200)
    action = models.CharField(_("what it calls for"), max_length=20, choices=Action)
    position = models.PositiveSmallIntegerField(default=0)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"text", "action"})

    class Meta:
        verbose_name = _("sign")
        verbose_name_plural = _("signs")
        ordering = ["guide", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class StockPhrase(Identified):
    """A sentence that calms a conflict or closes a call, said as it stands."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="stock_phrases")
    text = models.CharField(_("sentence"), max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset({"text"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock phrase")
        verbose_name_plural = _("stock phrases")
        ordering = ["client", "position", "pk"]

    def __str__(self) -> str:
        return self.text
