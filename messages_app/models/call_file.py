"""What one call led to, and what was typed meanwhile."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models import Appointment
from calls.models import Call
from clients.models import Client, TriageGuide
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class CallFileQuerySet(ScopedQuerySet["CallFile"]):
    """Call files."""

    def partial(self) -> Self:
        """Keep the files that a hang-up left unfinished."""
        return self.filter(state=CallFile.State.PARTIAL)


class CallFile(Identified):
    """One call's file: the drafts of each face while it is worked on, and what came of it.

    `drafts` is {face: {field: text}}, written at each pause of typing: a reload, a cut line or a
    second call loses nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PARTIAL = "partial", _("unfinished")
        CLOSED = "closed", _("closed")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="call_files")
    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="file")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    drafts = models.JSONField(default=dict, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    drafted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointments = models.ManyToManyField(Appointment, blank=True, related_name="call_files")
    personal: ClassVar[dict[str, Personal]] = {
        "drafts": Personal("loses nothing that was typed during a call", YEAR / 12),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"state"})

    objects = CallFileQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(
                fields=["client"], name="call_file_partial", condition=models.Q(state="partial")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.state}"


class TriageRecord(Identified):
    """How an emergency was judged: the wording that was shown, the signs ticked, what was done.

    It keeps what was seen and decided; it never diagnoses. `number` and `address` are always asked
    and may have stayed unanswered.
    """

    class Outcome(models.TextChoices):
        TOLD_15 = "told_15", _("told to call 15")
        EMERGENCY_SLOT = "emergency_slot", _("emergency slot")
        PUT_THROUGH = "put_through", _("put through")
        URGENT_MESSAGE = "urgent_message", _("urgent message")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="triage_records")
    call_file = models.ForeignKey(CallFile, on_delete=models.CASCADE, related_name="triages")
    guide = models.ForeignKey(
        TriageGuide, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # {"opening": …, "doubt": …, "signs": [{"uuid": …, "text": …, "action": …, "ticked": true}]}
    shown = models.JSONField(default=dict)
    number = NumberField(_("number"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    outcome = models.CharField(_("what was done"), max_length=20, choices=Outcome)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    personal: ClassVar[dict[str, Personal]] = {
        "shown": Personal("proves how an emergency was judged", 10 * YEAR),
        "number": Personal("sends help", 10 * YEAR),
        "address": Personal("sends help", 10 * YEAR),
        "outcome": Personal("proves how an emergency was judged", 10 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.call_file_id} {self.outcome}"

    @property
    def ticked(self) -> list[str]:
        """The signs that the caller named, in the guide's words."""
        return [sign["text"] for sign in self.shown.get("signs", []) if sign.get("ticked")]
