"""Hand-overs: who answers whose clients, from when to when."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.bureau import Bureau
from clients.rules.covers import HandOver
from core.models import Identified
from core.privacy import YEAR, Personal


def holds_at(at: datetime, path: str = "") -> Q:
    """Return the condition that a cover, reached by a path, holds at an instant."""
    not_over = Q(**{f"{path}ends_at": None}) | Q(**{f"{path}ends_at__gt": at})
    begun = {f"{path}state": Cover.State.ACCEPTED, f"{path}starts_at__lte": at}
    return not_over & Q(**begun)


class CoverQuerySet(models.QuerySet["Cover"]):
    """Hand-overs, and when they hold."""

    def holding(self, at: datetime) -> Self:
        """Keep those by which somebody answers in another's place at this instant."""
        return self.filter(holds_at(at))

    def standing(self, at: datetime) -> Self:
        """Keep those that were asked or agreed and are not over."""
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=at),
            state__in=(Cover.State.PROPOSED, Cover.State.ACCEPTED),
        )

    def of(self, user_id: int) -> Self:
        """Keep those that somebody gives or takes."""
        return self.filter(Q(principal=user_id) | Q(deputy=user_id))


class Cover(Identified):
    """A dated hand-over of clients from one assistant to another, within one bureau.

    It holds from `starts_at`, which is never before it was accepted, until `ends_at`, excluded;
    without one until she comes back. It counts for those clients only whom the principal answers
    herself at the instant.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="covers")
    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="covers_given"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="covers_taken"
    )
    # Every client of hers, also those that she is given meanwhile; else those in `clients`.
    for_all = models.BooleanField(_("all clients"), default=True)
    clients = models.ManyToManyField("clients.Client", blank=True, related_name="covers")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    tells_clients = models.BooleanField(_("tell the clients"), default=False)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # When it ended in fact: at its minute, or when she came back.
    ended_at = models.DateTimeField(null=True, blank=True)
    # When the house noticed that it had begun: screens and callers were told then.
    began_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "note": Personal("tells who takes over what she must know", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"state"})

    objects = CoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["deputy", "state"]),
            models.Index(fields=["principal", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")), name="nobody_covers_herself"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="cover_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("accepted", "ended"), accepted_at__isnull=False)
                | Q(state__in=("proposed", "declined"), accepted_at=None)
                | Q(state="withdrawn"),
                name="cover_holds_by_agreement_only",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | ~Q(state="ended") & Q(ended_at=None),
                name="cover_ended_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} → {self.deputy_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def hand_over(self) -> HandOver:
        """The cover as the pure rules know it; its clients are read unless they are all."""
        chosen = None if self.for_all else frozenset(one.pk for one in self.clients.all())
        return HandOver(self.principal_id, self.deputy_id, self.starts_at, self.ends_at, chosen)

    def holds(self, at: datetime) -> bool:
        """Whether the deputy answers at an instant."""
        begun = self.state == self.State.ACCEPTED and self.starts_at <= at
        return begun and (self.ends_at is None or at < self.ends_at)
