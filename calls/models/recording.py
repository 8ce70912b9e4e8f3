"""Voices that are kept: what callers left on the machine, and conversations that a line records."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from clients.models import User
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.privacy import YEAR, Personal


class RecordingQuerySet(ScopedQuerySet["Recording"]):
    """Recordings."""

    client_path = "call__client"

    def voicemails(self) -> Self:
        """Keep what callers left, without what was too short to be anything."""
        of_kind = self.filter(kind=Recording.Kind.VOICEMAIL)
        return of_kind.exclude(state=Recording.State.TOO_SHORT)

    def on_desk_of(self, user: User) -> Self:
        """Keep what this person may listen to: conversations are for who supervises."""
        calls = Call.objects.on_desk_of(user)
        supervised = Q(call__bureau__in=user.supervised_bureaus)
        return self.filter(Q(kind=Recording.Kind.VOICEMAIL) | supervised, call__in=calls)


class Recording(Identified):
    """One recording of a call's: first at the operator, then in our own file, then forgotten.

    `next_attempt_at` is when something is still to be done about it: to be fetched, or the
    operator's copy to be deleted; empty when nothing is.
    """

    class Kind(models.TextChoices):
        VOICEMAIL = "voicemail", _("voicemail")
        CONVERSATION = "conversation", _("conversation")

    class State(models.TextChoices):
        WAITING = "waiting", _("to be fetched")
        KEPT = "kept", _("kept")
        # The operator never gave it.
        LOST = "lost", _("not to be had")
        # A click or a breath.
        TOO_SHORT = "too_short", _("too short")
        FORGOTTEN = "forgotten", _("forgotten")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="recordings")
    kind = models.CharField(max_length=12, choices=Kind)
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=64)
    seconds = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    file = models.FileField(upload_to="recordings/%Y/%m/", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    copy_deleted_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        # At most: each client sets a shorter period (`Client.recordings_days`).
        "file": Personal("lets the client hear what a caller said", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"kind", "provider", "provider_id", "state"})

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="recording_due",
                condition=Q(next_attempt_at__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_id"], name="a_recording_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"

    @property
    def is_playable(self) -> bool:
        """Whether its sound is here."""
        return self.state == self.State.KEPT
