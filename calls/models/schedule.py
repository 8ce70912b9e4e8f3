"""What a line does at each hour: its dated schedule, hour by hour, step by step."""

from datetime import date, datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.rules.hours import When
from calls.rules.routing import Action
from clients.models import Client, Line
from clients.models.scope import ScopedQuerySet
from core.holidays import Region
from core.models import Identified
from core.number_field import NumberField
from core.privacy import YEAR, Personal


class LineScheduleQuerySet(ScopedQuerySet["LineSchedule"]):
    """Schedules of lines."""

    client_path = "line__client"

    def in_force(self, line: Line, at: datetime) -> "LineSchedule | None":
        """Give what holds for a line at an instant, or None where nothing was directed."""
        day = at.astimezone(ZoneInfo(line.zone_name)).date()
        return self.filter(line=line, starts_on__lte=day).order_by("-starts_on").first()


class LineSchedule(Identified):
    """One version of what a line does; it holds from a day on, until the next version begins.

    `starts_on` begins at midnight in the line's zone. A version that has begun is history: calls
    were routed by it.
    """

    class Sound(models.TextChoices):
        MUSIC = "music", _("music")
        SILENCE = "silence", _("silence")
        OWN = "own", _("own recording")

    # What a version says beside its hours.
    SETTINGS = (
        "holidays",
        "priority",
        "waiting_sound",
        "waiting_url",
        "tells_position",
        "tells_wait",
        "deputies_after",
        "voicemail_text",
        "voicemail_text_en",
        "records_calls",
        "recording_notice",
    )

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="schedules")
    starts_on = models.DateField(_("holds from"))
    holidays = models.CharField(
        _("public holidays"),
        max_length=20,
        choices=[
            (Region.METROPOLE.value, _("France")),
            (Region.ALSACE_MOSELLE.value, _("Alsace and Moselle")),
        ],
        default=Region.METROPOLE.value,
    )
    # 0 is usual; of two who wait equally long, the higher goes first.
    priority = models.SmallIntegerField(
        _("priority in the queue"),
        default=0,
        validators=[MinValueValidator(-2), MaxValueValidator(2)],
    )
    waiting_sound = models.CharField(
        _("heard while waiting"), max_length=10, choices=Sound, default=Sound.MUSIC
    )
    waiting_url = models.URLField(_("address of the recording"), blank=True)
    tells_position = models.BooleanField(_("tells the place in the queue"), default=True)
    tells_wait = models.BooleanField(_("tells how long it may take"), default=False)
    # Seconds of waiting after which the deputies are rung as well; none: never.
    deputies_after = models.PositiveSmallIntegerField(
        _("deputies ring after (seconds)"), null=True, blank=True
    )
    voicemail_text = models.CharField(_("said before the tone"), max_length=300, blank=True)
    voicemail_text_en = models.CharField(_("the same in English"), max_length=300, blank=True)
    # Off unless a supervisor turns it on; the notice is played to the caller first.
    records_calls = models.BooleanField(_("records calls"), default=False)
    recording_notice = models.CharField(_("legal notice"), max_length=300, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {
            "holidays",
            "starts_on",
            "waiting_sound",
            "waiting_url",
            "voicemail_text",
            "voicemail_text_en",
            "recording_notice",
        }
    )

    objects = LineScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("line’s schedule")
        verbose_name_plural = _("lines’ schedules")
        ordering = ["line", "-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["line", "starts_on"], name="one_schedule_per_day"),
            models.CheckConstraint(
                condition=Q(records_calls=False) | ~Q(recording_notice=""),
                name="recording_is_announced",
            ),
            models.CheckConstraint(
                condition=~Q(waiting_sound="own") | ~Q(waiting_url=""),
                name="own_sound_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} · {self.starts_on}"

    def has_begun(self, today: date) -> bool:
        """Whether calls may have been routed by it."""
        return self.starts_on < today


class LineHours(Identified):
    """Hours of a schedule: on which days, from when to when, in which language.

    The most particular in force counts: dates, public holidays, the week, the rest of the time.
    """

    class Kind(models.TextChoices):
        DATES = When.DATES.value, _("these dates")
        HOLIDAYS = When.HOLIDAYS.value, _("public holidays")
        WEEKLY = When.WEEKLY.value, _("every week")
        OTHERWISE = When.OTHERWISE.value, _("the rest of the time")

    schedule = models.ForeignKey(LineSchedule, on_delete=models.CASCADE, related_name="hours")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("days"), max_length=10, choices=Kind, default=Kind.WEEKLY)
    # From Monday, 0.
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    starts = models.TimeField(_("from"), default="00:00")
    # At or before `starts`: on the next day.
    ends = models.TimeField(_("to"), default="00:00")
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    # Empty: the client's first.
    language = models.CharField(_("language"), max_length=5, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset(
        {"name", "kind", "weekdays", "first_day", "last_day", "language"}
    )

    class Meta:
        verbose_name = _("hours of a line")
        verbose_name_plural = _("hours of a line")
        ordering = ["schedule", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="dates") | Q(first_day__isnull=False, last_day__isnull=False),
                name="dated_hours_have_dates",
            ),
            models.CheckConstraint(
                condition=Q(first_day=None)
                | Q(last_day=None)
                | Q(last_day__gte=models.F("first_day")),
                name="hours_end_after_they_begin",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LineStep(Identified):
    """One thing to do with a caller, in its turn."""

    class Kind(models.TextChoices):
        ASSISTANTS = Action.ASSISTANTS.value, _("whoever answers, by rank, then who is talking")
        HOLDER = Action.HOLDER.value, _("the assistant")
        DEPUTIES = Action.DEPUTIES.value, _("her deputies")
        TEAM = Action.TEAM.value, _("the client’s own team")
        ON_CALL = Action.ON_CALL.value, _("whoever is on call")
        FORWARD = Action.FORWARD.value, _("another number")
        QUEUE = Action.QUEUE.value, _("waiting")
        VOICEMAIL = Action.VOICEMAIL.value, _("voicemail")
        ANNOUNCE = Action.ANNOUNCE.value, _("a sentence, then the end")

    hours = models.ForeignKey(LineHours, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=0)
    action = models.CharField(_("what"), max_length=10, choices=Kind)
    seconds = models.PositiveSmallIntegerField(
        _("seconds"), default=0, validators=[MaxValueValidator(3600)]
    )
    # Several ring together, one to a line.
    numbers = models.JSONField(_("numbers"), default=list, blank=True)
    text = models.CharField(_("sentence"), max_length=300, blank=True)
    text_en = models.CharField(_("the same in English"), max_length=300, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "numbers": Personal("rings whom the client named", 5 * YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"action", "text", "text_en"})

    class Meta:
        verbose_name = _("step of a line")
        verbose_name_plural = _("steps of a line")
        ordering = ["hours", "position", "pk"]

    def __str__(self) -> str:
        return self.get_action_display()


class CallerRule(Identified):
    """A caller whom a client never wants to hear, or always wants put through."""

    class Verdict(models.TextChoices):
        BLOCKED = "blocked", _("blocked")
        ALWAYS = "always", _("always put through")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="caller_rules")
    # Empty: every line of the client's.
    line = models.ForeignKey(
        Line, on_delete=models.CASCADE, null=True, blank=True, related_name="caller_rules"
    )
    number = NumberField(_("number"))
    verdict = models.CharField(_("what"), max_length=10, choices=Verdict)
    note = models.CharField(_("who and why"), max_length=120, blank=True)
    personal: ClassVar[dict[str, Personal]] = {
        "number": Personal("lets a caller through or keeps him away, as the client wishes", YEAR),
        "note": Personal("lets a caller through or keeps him away, as the client wishes", YEAR),
    }
    impersonal: ClassVar[frozenset[str]] = frozenset({"verdict"})

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("caller’s rule")
        verbose_name_plural = _("callers’ rules")
        ordering = ["client", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "number"],
                condition=Q(line=None),
                name="one_rule_per_caller_of_a_client",
            ),
            models.UniqueConstraint(
                fields=["line", "number"], name="one_rule_per_caller_of_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verdict}"


class CrisisQuerySet(ScopedQuerySet["Crisis"]):
    """Crises."""

    client_path = "line__client"

    def in_force(self, at: datetime) -> Self:
        """Keep those that last at this instant."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class Crisis(Identified):
    """While it lasts the client's own team is left out and we answer at once."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="crises")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    personal: ClassVar[dict[str, Personal]] = {}
    impersonal: ClassVar[frozenset[str]] = frozenset()

    objects = CrisisQuerySet.as_manager()

    class Meta:
        verbose_name = _("crisis")
        verbose_name_plural = _("crises")
        ordering = ["line", "-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(ends_at=None), name="one_open_crisis_per_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.starts_at:%Y-%m-%d %H:%M}"
