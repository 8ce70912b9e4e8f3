"""The settings' pages of messages: how each client wants to be reached."""

from django.contrib import admin

from messages_app.models import (
    ChannelPause,
    ClientRelaySettings,
    DigestTime,
    FilterRule,
    NoticeSettings,
)


@admin.register(FilterRule)
class FilterRuleAdmin(admin.ModelAdmin):
    """The filter of each client, in the order in which it is read."""

    list_display = ("client", "position", "urgency", "category", "outcome", "by_sms", "by_email")
    list_filter = ("client",)


@admin.register(DigestTime)
class DigestTimeAdmin(admin.ModelAdmin):
    """When kept messages leave together."""

    list_display = ("client", "at")


@admin.register(ClientRelaySettings)
class ClientRelaySettingsAdmin(admin.ModelAdmin):
    """What relays may say, and when they are repeated."""

    list_display = ("client", "detail_in_email", "remind_after_minutes", "sms_sender")


@admin.register(ChannelPause)
class ChannelPauseAdmin(admin.ModelAdmin):
    """Gateways that refused us; deleting the row lets the channel go on at once."""

    list_display = ("channel", "since", "until", "code", "detail")


@admin.register(NoticeSettings)
class NoticeSettingsAdmin(admin.ModelAdmin):
    """What each practice wishes to be sent about appointments."""

    list_display = ("client", "calendar", "confirmation", "reminder", "with_link")
    list_filter = ("client",)
