"""The settings' pages of the agenda: calendars, motives, hours and absences."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agenda.models import Absence, Calendar, HolidayOpened, Motive, OpeningRule, Side
from agenda.services import changing_hours, note_changed_hours, remove_absence, rewriting_absence
from agenda.services.locking import locked
from clients.models import User


class OpeningRuleInline(admin.StackedInline):
    """The hours of a calendar."""

    model = OpeningRule
    extra = 0


class HolidayOpenedInline(admin.TabularInline):
    """The public holidays on which a calendar is open all the same."""

    model = HolidayOpened
    fields = ("day",)
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(admin.ModelAdmin):
    """Calendars with their hours; a new one is closed on public holidays."""

    list_display = ("name", "client", "timezone", "holidays_region", "archived_at")
    inlines = (OpeningRuleInline, HolidayOpenedInline)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        region = str(Calendar.Holidays.METROPOLE.value)
        return {"holidays_region": region} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        """Write a new calendar; another is written with its hours, whose change is one with it."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        by, at, calendar = _person(request), timezone.now(), form.instance
        with locked(calendar.pk), changing_hours(calendar, by=by, at=at):
            if change:
                super().save_model(request, calendar, form, change)
            super().save_related(request, form, formsets, change)
            note_changed_hours(calendar=calendar, by=by, at=at)


@admin.register(Motive)
class MotiveAdmin(admin.ModelAdmin):
    """Kinds of appointment."""

    list_display = ("name", "client", "minutes", "is_urgent", "most_per_day", "archived_at")
    list_filter = ("client", "patients")


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """Time that gives no slot; its reason is the practice's own.

    When a recurring one falls is changed by services alone, which know what it covers.
    """

    list_display = ("calendar", "starts_at", "ends_at", "recurrence", "told_reason", "lifted_at")
    fields = (
        "calendar",
        "starts_at",
        "ends_at",
        "recurrence",
        "valid_from",
        "valid_until",
        "start_time",
        "end_time",
        "told_reason",
        "lifted_at",
    )
    readonly_fields = (
        "recurrence",
        "valid_from",
        "valid_until",
        "start_time",
        "end_time",
        "told_reason",
    )

    @admin.display(description=_("reason"))
    def told_reason(self, absence: Absence) -> str:
        return absence.reason_for(Side.DESK)

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        by, at = _person(request), timezone.now()
        with rewriting_absence(obj, by=by, at=at, side=Side.DESK):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        remove_absence(absence=obj, by=_person(request), at=timezone.now(), side=Side.DESK)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Absence]) -> None:
        for absence in queryset:
            self.delete_model(request, absence)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
