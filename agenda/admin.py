"""The settings' pages of the agenda: calendars, motives and hours."""

from django.contrib import admin

from agenda.models import Absence, Calendar, Motive, OpeningRule


class OpeningRuleInline(admin.StackedInline):
    """The hours of a calendar."""

    model = OpeningRule
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(admin.ModelAdmin):
    """Calendars with their hours."""

    list_display = ("name", "client", "timezone", "archived_at")
    inlines = (OpeningRuleInline,)


@admin.register(Motive)
class MotiveAdmin(admin.ModelAdmin):
    """Kinds of appointment."""

    list_display = ("name", "client", "minutes", "is_urgent", "archived_at")
    list_filter = ("client",)


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):
    """Time that gives no slot."""

    list_display = ("calendar", "starts_at", "ends_at", "reason", "lifted_at")
