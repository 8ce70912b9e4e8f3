"""« Confirmations et rappels »: what the practice wishes to be sent to people who come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agenda.models import Calendar
from agenda.queries import calendars_of
from clients.models import Client, PracticalInfo
from messages_app.models import NoticeSettings
from messages_app.queries.notices import client_settings
from messages_app.rules.notices import Kind
from messages_app.services.notice_previews import cost_of, preview_of
from messages_app.services.notice_wishes import follow_the_practice, keep_wishes
from portal.notice_form import NoticeForm
from portal.pages import page
from portal.scope import client_or_404, principal_or_403


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show and keep what is sent about appointments, for all calendars or for one."""
    found = client_or_404(request, client)
    by = principal_or_403(request, found)
    calendar = _calendar(request, found)
    form = NoticeForm(request.POST or None, instance=_settings(found, calendar))
    if request.method == "POST" and form.is_valid():
        settings = form.save(commit=False)
        infos = form.cleaned_data["infos"]
        keep_wishes(settings=settings, infos=infos, by=by, at=timezone.now())
        messages.info(request, _("Saved."))
        return redirect(_address(found, calendar))
    status = 422 if form.is_bound else 200
    shown = _shown(found, calendar, form)
    return page(request, "portal/notices.html", found, status=status, **shown)


@require_POST
def preview(request: HttpRequest, client: UUID) -> HttpResponse:
    """Show the texts as they would leave with what is typed; nothing is kept."""
    found = client_or_404(request, client)
    principal_or_403(request, found)
    calendar = _calendar(request, found)
    form = NoticeForm(request.POST, instance=_settings(found, calendar))
    return page(request, "portal/notice_preview.html", found, **_shown(found, calendar, form))


@require_POST
def shared(request: HttpRequest, client: UUID) -> HttpResponse:
    """Let a calendar follow the practice's settings again."""
    found = client_or_404(request, client)
    by = principal_or_403(request, found)
    calendar = _calendar(request, found)
    if calendar is not None:
        follow_the_practice(calendar=calendar, by=by, at=timezone.now())
        messages.info(request, _("Saved."))
    return redirect(_address(found, calendar))


def _calendar(request: HttpRequest, client: Client) -> Calendar | None:
    named = request.GET.get("calendar", "")
    if not named:
        return None
    calendars = calendars_of(client).select_related("client")
    try:
        return get_object_or_404(calendars, uuid=UUID(named))
    except ValueError:
        return None


def _settings(client: Client, calendar: Calendar | None) -> NoticeSettings:
    """The row to be changed; a calendar's first own row begins as its client's."""
    if calendar is None:
        return client_settings(client)
    own = NoticeSettings.objects.filter(calendar=calendar).first()
    return own or _copy(client_settings(client), calendar)


def _copy(settings: NoticeSettings, calendar: Calendar) -> NoticeSettings:
    fields = {name: getattr(settings, name) for name in NoticeForm.Meta.fields}
    return NoticeSettings(client=settings.client, calendar=calendar, **fields)


def _shown(client: Client, calendar: Calendar | None, form: NoticeForm) -> dict[str, Any]:
    calendars = list(calendars_of(client).select_related("client"))
    example = calendar or next(iter(calendars), None)
    return {
        "tab": "instructions",
        "form": form,
        "calendar": calendar,
        "choices": [(_address(client, one), one) for one in (None, *calendars)],
        "here": _address(client, calendar),
        "preview_url": _address(client, calendar, "portal:notices_preview"),
        "shared_url": _address(client, calendar, "portal:notices_shared"),
        "is_own": bool(calendar and form.instance.pk),
        **(_previews(form, example, timezone.now()) if example else {"previews": []}),
    }


def _previews(form: NoticeForm, calendar: Calendar, at: datetime) -> dict[str, Any]:
    settings, infos = _as_typed(form)
    previews = [preview_of(settings, calendar, kind, infos=infos, at=at) for kind in Kind]
    return {"previews": previews, "cost": cost_of(calendar, previews, at=at)}


def _as_typed(form: NoticeForm) -> tuple[NoticeSettings, list[PracticalInfo]]:
    """The settings as the form stands; what is typed wrongly counts as before."""
    settings: NoticeSettings = form.instance
    if form.is_bound:
        form.full_clean()
        return settings, list(form.cleaned_data.get("infos", []))
    return settings, list(settings.infos.order_by("position", "pk")) if settings.pk else []


def _address(client: Client, calendar: Calendar | None, name: str = "portal:notices") -> str:
    path = reverse(name, args=[client.uuid])
    return f"{path}?calendar={calendar.uuid}" if calendar else path
