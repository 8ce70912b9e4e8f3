"""The settings' pages of the agenda: calendars, motives and hours."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from agenda.models import Absence, Calendar, Motive, OpeningRule
from agenda.services import note_changed_hours
from clients.models import User


class OpeningRuleInline(admin.StackedInline):
    """The hours of a calendar."""

    model = OpeningRule
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(admin.ModelAdmin):
    """Calendars with their hours."""

    list_display = ("name", "client", "timezone", "archived_at")
    inlines = (OpeningRuleInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        assert isinstance(request.user, User)
        note_changed_hours(calendar=form.instance, by=request.user, at=timezone.now())


@admin.register(Motive)
class MotiveAdmin(admin.ModelAdmin):
    """Kinds of appointment."""

    list_display = ("name", "client", "minutes", "is_urgent", "archived_at")
    list_filter = ("client",)


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """Time that gives no slot."""

    list_display = ("calendar", "starts_at", "ends_at", "reason", "lifted_at")
    fields = ("calendar", "starts_at", "ends_at", "reason", "lifted_at")
