"""The settings' pages of the calls app: what was turned away at the operator's door."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from calls.models import WebhookRefusal


@admin.register(WebhookRefusal)
class WebhookRefusalAdmin(admin.ModelAdmin):
    """Unknown lines and wrong signatures: read only."""

    list_display = ("at", "last_at", "times", "reason", "path", "called", "caller", "address")
    list_filter = ("reason",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The operator's door writes these."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are a trace."""
        return False
