"""Calls, their telephone paths, and what the operator said of them."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.rules.places import Place
from clients.models import Bureau, Client, Correspondent, Endpoint, Line, User
from clients.models.scope import ScopedQuerySet
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal

# Who has talked may write up her call for so long, although its client is on her desk no more.
WRITTEN_UP_WITHIN = timedelta(minutes=15)


def in_hands_of(user: User) -> Q:
    """Return the condition that somebody talks, or has just talked, with a caller.

    A call stays with who has it: a hand-over that ends in the middle of it takes the client off her
    desk, but not this call.
    """
    lately = timezone.now() - WRITTEN_UP_WITHIN
    return Q(answered_by=user) & (Q(ended_at=None) | Q(ended_at__gt=lately))


class CallQuerySet(ScopedQuerySet["Call"]):
    """Calls."""

    def on_desk_of(self, user: User) -> Self:
        """Keep the calls of the clients that this person answers."""
        return self.filter(client__in=Client.objects.answered_by(user))

    def at_hand_of(self, user: User) -> Self:
        """Keep these calls, and those in her hands: among few calls only, for no index helps."""
        if not user.is_active:
            return self.none()
        return self.filter(Q(client__in=Client.objects.answered_by(user)) | in_hands_of(user))

    def open(self) -> Self:
        """Keep the calls that have no end yet."""
        return self.exclude(state=Call.State.ENDED)

    def on_path(self, provider: str, leg_id: str) -> Self:
        """Keep the call of one telephone path, by the operator's name for it."""
        # Both: the index begins with the provider.
        return self.filter(legs__provider=provider, legs__provider_id=leg_id).order_by()

    def talked_by(self, user: "User | OuterRef | int") -> Self:
        """Keep the calls in which this person talks, or rings out, right now."""
        rings_out = Q(state=Call.State.RINGING, direction=Call.Direction.OUT)
        talks = Q(state=Call.State.IN_PROGRESS, handed_over_at=None)
        return self.filter(talks | rings_out, answered_by=user)


class Call(Identified):
    """One caller's contact, whatever came of it. Every call gets an ending."""

    class State(models.TextChoices):
        RINGING = "ringing", _("ringing")
        IN_PROGRESS = "in_progress", _("in progress")
        ENDED = "ended", _("ended")

    class Direction(models.TextChoices):
        IN = "in", _("incoming")
        OUT = "out", _("outgoing")

    class Ending(models.TextChoices):
        ANSWERED = "answered", _("answered")
        MISSED = "missed", _("missed")
        ABANDONED = "abandoned", _("abandoned")
        VOICEMAIL = "voicemail", _("voicemail")
        FAILED = "failed", _("failed")
        # Of a call that we made.
        UNREACHED = "unreached", _("not reached")

    class Disposition(models.TextChoices):
        APPOINTMENT_MADE = "appointment_made", _("appointment made")
        APPOINTMENT_MOVED = "appointment_moved", _("appointment moved")
        APPOINTMENT_CANCELLED = "appointment_cancelled", _("appointment cancelled")
        MESSAGE = "message", _("message")
        PUT_THROUGH = "put_through", _("put through")
        INFORMATION = "information", _("information given")
        WRONG_NUMBER = "wrong_number", _("wrong number")
        CANVASSER = "canvasser", _("canvasser")
        DUPLICATE = "duplicate", _("duplicate")

    # A copy of the client's bureau: listing calls through a join was measured at 22 ms against
    # 0.6 ms for 300,000 calls.
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="calls")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="calls")
    caller_number = NumberField(_("caller"), blank=True)
    # Set by the assistant among the matches; several match, none is picked by itself.
    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    state = models.CharField(max_length=12, choices=State, default=State.RINGING)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    disposition = models.CharField(max_length=24, choices=Disposition, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    # The language of the hours in which it came; empty: the client's first.
    language = models.CharField(max_length=5, blank=True)
    # Since when the caller waits in the queue; kept while he is offered to somebody, and after.
    queued_at = models.DateTimeField(null=True, blank=True)
    # Taken out of the queue, by a voice or otherwise.
    left_queue_at = models.DateTimeField(null=True, blank=True)
    # Whose telephone rings for a caller who waits.
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The operator's conference, from the first hold or transfer on.
    room = models.CharField(max_length=64, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    # Where each of the people in it should be (rules/places), from then on.
    places = models.JSONField(default=dict, blank=True)
    # Since when the caller talks with somebody else, and nobody of ours.
    handed_over_at = models.DateTimeField(null=True, blank=True)
    # When a caller whom somebody had talked with left, and nobody had taken him back.
    left_alone_at = models.DateTimeField(null=True, blank=True)
    # Since when the caller may count on being rung back; kept once he was.
    callback_promised_at = models.DateTimeField(null=True, blank=True)
    # The wording in force when the line rang: greeting and instructions, kept as they were shown.
    shown = models.JSONField(default=dict, blank=True)
    # Why it went where it went: {"plan": [...], "because": "..."}.
    routing = models.JSONField(default=dict, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "caller_number": Personal("rings back and recognises the caller", 3 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {
            "state",
            "ending",
            "disposition",
            "direction",
            "language",
            "room",
            "places",
            "shown",
            "routing",
        }
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["bureau", "started_at"]),
            models.Index(fields=["client", "started_at"]),
            models.Index(
                fields=["client", "callback_promised_at"],
                name="call_promised",
                condition=models.Q(callback_promised_at__isnull=False),
            ),
            models.Index(fields=["state"], name="call_open", condition=~models.Q(state="ended")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="ended", ended_at__isnull=False) & ~models.Q(ending="")
                | ~models.Q(state="ended") & models.Q(ended_at=None, ending=""),
                name="an_ended_call_has_an_ending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} ← {self.caller_number or '?'} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_waiting(self) -> bool:
        """Whether the caller stands in the queue."""
        return self.is_open and bool(self.queued_at) and not self.left_queue_at

    @property
    def is_left_to_plan(self) -> bool:
        """Whether nobody took the caller back, and his line's plan goes on with him."""
        return self.is_open and self.held_at is not None and self.places.get("caller") == Place.PLAN

    @property
    def is_rung_out(self) -> bool:
        """Whether she rang somebody from the desk: her own path is the first."""
        return bool(self.routing.get("rung_out"))

    @property
    def turn(self) -> int:
        """How often its people were moved; 0 while two telephones are simply joined."""
        return int(self.room.rpartition("-")[2] or 0)

    @property
    def is_open(self) -> bool:
        """Whether a telephone still rings or talks."""
        return self.state != self.State.ENDED

    def talked_for(self, now: datetime) -> timedelta:
        """How long both have talked, until its end or now."""
        if self.answered_at is None:
            return timedelta(0)
        return (self.ended_at or now) - self.answered_at

    def waited_for(self, now: datetime) -> timedelta:
        """How long the caller waited for a voice, until it came, the end, or now."""
        return (self.answered_at or self.ended_at or now) - self.started_at


class CallLeg(Identified):
    """One telephone path of a call: the caller's, or one to an assistant's telephone."""

    class Role(models.TextChoices):
        CALLER = "caller", _("caller")
        ASSISTANT = "assistant", _("assistant")
        # Somebody who is no caller and no assistant: the client's team, on call, a transfer's aim.
        THIRD = "third", _("third person")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RINGING = "ringing", _("ringing")
        IN_PROGRESS = "in_progress", _("in progress")
        ENDED = "ended", _("ended")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    role = models.CharField(max_length=10, choices=Role)
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=64)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Of a third person's leg: the number rung.
    number = NumberField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=20, blank=True)
    # When the operator was last asked how this path stands.
    asked_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "number": Personal("says who was rung", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"role", "provider", "provider_id", "state", "end_cause"}
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="one_leg_per_path")
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"


class CallEvent(Identified):
    """What a provider said, once: a repeated event finds its row and changes nothing.

    `key` is the provider's sequence number or, without one, a digest of the body.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    provider = models.CharField(max_length=20)
    leg_id = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    form = models.JSONField(default=dict)
    personal: ClassVar[dict[str, Personal]] = {
        "form": Personal("settles what happened with the operator", YEAR / 12),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"provider", "leg_id", "name", "key"})

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "leg_id", "name", "key"], name="an_event_counts_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.name}"
