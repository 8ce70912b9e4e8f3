"""Callers whom one client knows."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class Correspondent(Identified):
    """A person or body known to one client: patient, colleague, court, customer."""

    class Civility(models.TextChoices):
        NONE = "", _("none")
        MRS = "mrs", _("Mrs")
        MR = "mr", _("Mr")
        MAITRE = "me", _("Maître")
        DOCTOR = "dr", _("Doctor")

    class Kind(models.TextChoices):
        PATIENT = "patient", _("patient")
        CUSTOMER = "customer", _("customer")
        COLLEAGUE = "colleague", _("colleague")
        BODY = "body", _("body or firm")
        OTHER = "other", _("other")

    class Texts(models.TextChoices):
        NOT_ASKED = "", _("not asked yet")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="correspondents")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    civility = models.CharField(_("civility"), max_length=5, choices=Civility, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("name"), max_length=120)
    birth_name = models.CharField(_("birth name"), max_length=120, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    access = models.CharField(_("door code, floor"), max_length=120, blank=True)
    known_since = models.DateField(_("known since"), null=True, blank=True)
    # What she answered when she was asked about confirmations and reminders, and when.
    texts = models.CharField(
        _("confirmations and reminders"),
        max_length=10,
        choices=Texts,
        blank=True,
        default=Texts.NOT_ASKED,
    )
    texts_answered_at = models.DateTimeField(_("said so on"), null=True, blank=True)
    # "hélène lefèvre" is found by "lefevre hel": folded words, made by the services on writing.
    search_text = models.CharField(max_length=400, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased on"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "civility": Personal("addresses the caller", 5 * YEAR),
        "first_name": Personal("recognises the caller", 5 * YEAR),
        "last_name": Personal("recognises the caller", 5 * YEAR),
        "birth_name": Personal("tells homonyms apart", 5 * YEAR),
        "birth_date": Personal("tells homonyms apart", 5 * YEAR),
        "email": Personal("confirms appointments", 5 * YEAR),
        "address": Personal("sends help or a visit", 5 * YEAR),
        "access": Personal("sends help or a visit", 5 * YEAR),
        "known_since": Personal("tells a new patient from a known one", 5 * YEAR),
        "texts": Personal("proves that she agreed to be written to", 5 * YEAR),
        "search_text": Personal("recognises the caller", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("correspondent")
        verbose_name_plural = _("correspondents")
        ordering = ["last_name", "first_name", "pk"]
        indexes = [models.Index(fields=["client", "last_name", "first_name"])]

    def __str__(self) -> str:
        return self.display_name

    @property
    def _said_civility(self) -> str:
        """The civility in words, found faster than Django does: lists are long."""
        return str(_CIVILITIES.get(self.civility, self.civility))

    @property
    def display_name(self) -> str:
        """The name as it is said and listed: « Mme Hélène Lefèvre »."""
        civility = self._said_civility if self.civility else ""
        return " ".join(part for part in (civility, self.first_name, self.last_name) if part)

    @property
    def listed_name(self) -> str:
        """The name where room is short: « Mme Lefèvre »."""
        civility = self._said_civility if self.civility else self.first_name
        return " ".join(part for part in (civility, self.last_name) if part)


_CIVILITIES = dict(Correspondent.Civility.choices)


class CorrespondentNumberQuerySet(ScopedQuerySet["CorrespondentNumber"]):
    """Numbers, reached through their correspondent."""

    client_path = "correspondent__client"


class CorrespondentNumber(Identified):
    """A number on which a correspondent calls or is reached; unique for nobody.

    A mother calls for her son, a care home has one number for eighty patients.
    """

    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.CASCADE, related_name="numbers"
    )
    number = NumberField(_("number"))
    label = models.CharField(_("whose"), max_length=60, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "number": Personal("recognises and rings back the caller", 5 * YEAR),
        "label": Personal("says whose telephone it is", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = CorrespondentNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        ordering = ["pk"]
        indexes = [models.Index(fields=["number"])]
        constraints = [
            models.UniqueConstraint(
                fields=["correspondent", "number"], name="a_number_once_per_correspondent"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)
