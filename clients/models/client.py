"""The professionals and firms answered for, their lines and their people."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.bureau import Bureau, Grant, Membership
from clients.models.cover import holds_at
from clients.models.remembering import remembered_clients
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal

if TYPE_CHECKING:
    from clients.models.user import User


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients, and who may see them."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Keep the clients whom this person answers, covers now, supervises, or belongs to."""
        if not user.is_active:
            return self.none()
        return self.filter(
            Q(pk__in=Assignment.objects.filter(user=user).values("client"))
            | Q(pk__in=covered_by(user, timezone.now()).values("client"))
            | Q(pk__in=ClientMember.objects.filter(user=user, is_active=True).values("client"))
            | Q(bureau__in=supervised_by(user))
        )

    def answered_by(self, user: "User | AnonymousUser") -> Self:
        """Keep the clients that are on this person's desk, those that she covers now included."""
        if not user.is_active:
            return self.none()
        keys = remembered_clients(user.pk, lambda: _keys_answered_by(user))
        return self.filter(_answered_by(user) if keys is None else Q(pk__in=keys))

    def of_member(self, user: "User | AnonymousUser") -> Self:
        """Keep the clients that this person belongs to, as in the portal."""
        if not user.is_active:
            return self.none()
        members = ClientMember.objects.filter(user=user, is_active=True)
        return self.filter(pk__in=members.values("client"))

    def in_service(self) -> Self:
        """Leave out what is archived."""
        return self.filter(archived_at=None)


def _answered_by(user: "User") -> Q:
    return (
        Q(pk__in=Assignment.objects.filter(user=user).values("client"))
        | Q(pk__in=covered_by(user, timezone.now()).values("client"))
        | Q(bureau__in=supervised_by(user))
    )


def _keys_answered_by(user: "User") -> list[int]:
    return list(Client.objects.filter(_answered_by(user)).values_list("pk", flat=True))


def supervised_by(user: "User") -> list[int]:
    """Give the bureaus in which she sees every client.

    Grants are read in Python: SQLite can't look inside a JSON list, and a person has few
    memberships. They are remembered on the user object for the length of a request; a screen that
    stays open forgets them (`clients.queries.person_now`).
    """
    known = getattr(user, "_supervised_bureaus", None)
    if known is None:
        wide = {Grant.SUPERVISE, Grant.OWN}
        members = Membership.objects.filter(user=user).values_list("bureau_id", "grants")
        known = [bureau for bureau, grants in members if wide & set(grants)]
        user._supervised_bureaus = known  # type: ignore[attr-defined]
    return list(known)


class Client(Identified):
    """A professional or firm answered for: the paying customer."""

    class Trade(models.TextChoices):
        DOCTOR = "doctor", _("medical practice")
        LAWYER = "lawyer", _("lawyer")
        AFTER_SALES = "after_sales", _("after-sales service")
        SHOP = "shop", _("web shop")
        OTHER = "other", _("other")

    class AgendaMode(models.TextChoices):
        OURS = "ours", _("kept here")
        EXTERNAL = "external", _("kept elsewhere")
        NONE = "none", _("none")

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="clients")
    name = models.CharField(_("name"), max_length=150)
    short_name = models.CharField(_("name on small places"), max_length=40)
    trade = models.CharField(_("trade"), max_length=20, choices=Trade, default=Trade.OTHER)
    # Degrees on the colour wheel; screens round them to steps of five.
    hue = models.PositiveSmallIntegerField(_("colour"), validators=[MaxValueValidator(359)])
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    languages = models.JSONField(_("languages"), default=list, blank=True)
    pronunciation = models.CharField(_("how the name is said"), max_length=150, blank=True)
    agenda_mode = models.CharField(
        _("agenda"), max_length=10, choices=AgendaMode, default=AgendaMode.NONE
    )
    agenda_url = models.URLField(_("address of the agenda"), blank=True)
    # A purge deletes voicemails and recorded conversations after so many days.
    recordings_days = models.PositiveSmallIntegerField(
        _("days for which recordings are kept"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "name": Personal("answers in the client's name", 5 * YEAR),
        "short_name": Personal("answers in the client's name", 5 * YEAR),
        "pronunciation": Personal("answers in the client's name", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"trade", "timezone", "languages", "agenda_mode", "agenda_url"}
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ClientMember(Identified):
    """A person of the client's who signs in to the portal and may be reached about a message."""

    class Role(models.TextChoices):
        PRINCIPAL = "principal", _("practitioner")
        SECRETARY = "secretary", _("secretary")
        READER = "reader", _("reader")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="client_memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PRINCIPAL)
    mobile = NumberField(_("mobile for SMS"), blank=True)
    notify_email = models.EmailField(_("e-mail for messages"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    personal: ClassVar[dict[str, Personal]] = {
        "mobile": Personal("relays messages by SMS", 3 * YEAR),
        "notify_email": Personal("relays messages by e-mail", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"role"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("client’s member")
        verbose_name_plural = _("client’s members")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "user"], name="one_membership_per_client")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.client}"


class Assignment(Identified):
    """Who answers a client: rank 1 is rung first, rank 2 is her deputy, and so on."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("assistant"),
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("assistant of a client")
        verbose_name_plural = _("assistants of a client")
        ordering = ["client", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "user"], name="one_assignment_per_client")
        ]

    def __str__(self) -> str:
        return f"{self.client} → {self.user} ({self.rank})"


def covered_by(user: "User", at: datetime) -> "QuerySet[Assignment]":
    """Return the places that this person holds for somebody else at an instant.

    One condition on the database: what was handed over ends at its minute, whoever notices it.
    """
    path = "user__covers_given__"
    return Assignment.objects.filter(
        Q(**{f"{path}for_all": True}) | Q(**{f"{path}clients": F("client")}),
        holds_at(at, path),
        user__is_active=True,
        client__bureau=F(f"{path}bureau"),
        **{f"{path}deputy": user},
    )


class LineQuerySet(ScopedQuerySet["Line"]):
    """Lines, and when they are in force."""

    def in_force(self, at: datetime) -> Self:
        """Keep the lines that are the client's at this instant."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)


class Line(Identified):
    """The dedicated number that callers reach, the client's for a time; it identifies the client.

    Operators in France do not pass on whom a forwarded call was first meant for (twilio-node#948),
    so each client has a number of its own and the number dialled is the only key.
    """

    class Purpose(models.TextChoices):
        RECEPTION = "reception", _("reception")
        EXTENDED = "extended", _("extended hours")
        ON_CALL = "on_call", _("24/7 and on-call")
        OVERFLOW = "overflow", _("overflow")
        ONE_OFF = "one_off", _("one-off")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="lines")
    number = NumberField(_("number"))
    label = models.CharField(_("name"), max_length=80)
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=Purpose, default=Purpose.RECEPTION
    )
    # Its hours count in this zone; empty: the client's.
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    greeting = models.CharField(_("greeting"), max_length=300)
    greeting_en = models.CharField(_("greeting in English"), max_length=300, blank=True)
    unanswered_text = models.CharField(_("said when nobody answers"), max_length=300)
    unanswered_text_en = models.CharField(
        _("said in English when nobody answers"), max_length=300, blank=True
    )
    personal: ClassVar[dict[str, Personal]] = {
        "number": Personal("identifies the client called", 5 * YEAR),
        "greeting": Personal("answers in the client's name", 5 * YEAR),
        "greeting_en": Personal("answers in the client's name", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"label", "purpose", "timezone", "unanswered_text", "unanswered_text_en"}
    )

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["client", "valid_from", "pk"]
        indexes = [models.Index(fields=["number", "valid_from"])]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(valid_until=None),
                name="one_open_line_per_number",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="line_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.client}"

    @property
    def zone_name(self) -> str:
        """The zone in which its hours count."""
        return self.timezone or self.client.timezone

    def greeting_in(self, language: str) -> str:
        """What is said on pick-up, in English where it is asked for and known."""
        return self.greeting_en if language == "en" and self.greeting_en else self.greeting

    def unanswered_in(self, language: str) -> str:
        """What is said when nobody answers, in English where it is asked for and known."""
        in_english = language == "en" and self.unanswered_text_en
        return self.unanswered_text_en if in_english else self.unanswered_text
