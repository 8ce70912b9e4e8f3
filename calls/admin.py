"""The settings' pages of the calls app: what was turned away, and other people's exchanges."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from calls.models import CtiConnection, WebhookRefusal
from calls.services.cti import make_connection, revoke_connection
from clients.models import User


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


@admin.register(CtiConnection)
class CtiConnectionAdmin(admin.ModelAdmin):
    """Exchanges that tell of their calls: made with an address shown once, and revoked."""

    list_display = ("name", "bureau", "made_at", "last_used_at", "revoked_at")
    list_select_related = ("bureau",)
    fields = ("bureau", "name")
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the connection; what is shown next holds its token."""
        made, token = make_connection(
            bureau=obj.bureau, name=obj.name, by=_who(request), at=timezone.now()
        )
        obj.pk, obj.token = made.pk, token

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the address, this once; no cache keeps it."""
        address = settings.PUBLIC_BASE_URL + reverse("cti:event", args=[obj.token])
        context = self.admin_site.each_context(request) | {"connection": obj, "address": address}
        answer = TemplateResponse(request, "admin/calls/cticonnection/made.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @admin.display(description=gettext_lazy("made on"), ordering="created_at")
    def made_at(self, connection: CtiConnection) -> datetime:
        """Tell since when the connection is there."""
        return connection.created_at

    @admin.action(description=gettext_lazy("Revoke: the address opens nothing any more"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[CtiConnection]) -> None:
        """Let the chosen addresses open nothing any more."""
        for connection in queryset:
            revoke_connection(connection=connection, by=_who(request), at=timezone.now())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A connection is made or revoked; actions need the list to be changeable."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its calls keep its name."""
        return False


def _who(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
