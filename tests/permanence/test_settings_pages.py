"""Every page of the settings opens for the owner, and takes back unchanged what it showed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Model
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils.functional import Promise

from clients.models import Client, Correspondent, User
from clients.queries import search_correspondents
from permanence.demo.seed import seed

REGISTERED = [
    model for model in admin.site._registry if not model._meta.label.startswith("django_celery")
]


# The same in French.
ALIKE = {"client", "bureau", "position", "guide"}


@pytest.fixture
def owner(db: None) -> Browser:
    """The owner of the demonstration's bureau."""
    seed(datetime(2026, 11, 24, 7, 40, tzinfo=UTC))
    browser = Browser()
    browser.force_login(User.objects.get(is_superuser=True))
    return browser


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def forms_of(context: Any) -> Iterator[Any]:
    yield context["adminform"].form
    for inline in context["inline_admin_formsets"]:
        yield inline.formset.management_form
        yield from inline.formset.initial_forms


def shown_values(context: Any) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    values: dict[str, Any] = {}
    for form in forms_of(context):
        for field in form:
            wrapped = field.field.widget
            widget = getattr(wrapped, "widget", wrapped)
            values |= _sent(widget.get_context(field.html_name, field.value(), {})["widget"])
    return values


def _sent(widget: dict[str, Any]) -> dict[str, Any]:
    if "subwidgets" in widget:
        parts = [_sent(part) for part in widget["subwidgets"]]
        return {name: value for part in parts for name, value in part.items()}
    if "optgroups" in widget:
        options = [option for _n, group, _i in widget["optgroups"] for option in group]
        chosen = [str(option["value"]) for option in options if option["selected"]]
        return {widget["name"]: chosen} if chosen else {}
    if widget.get("type") == "checkbox":
        return {widget["name"]: "on"} if widget["attrs"].get("checked") else {}
    return {widget["name"]: "" if widget["value"] is None else widget["value"]}


def test_every_page_of_the_settings_opens(owner: Browser) -> None:
    failed = []
    request = RequestFactory().get("/")
    request.user = User.objects.get(is_superuser=True)
    for model in REGISTERED:
        pages = [address(model, "changelist")]
        if admin.site._registry[model].has_add_permission(request):
            pages.append(address(model, "add"))
        row = model._default_manager.first()
        if row is not None:
            pages.append(address(model, "change", row.pk))
        failed += [page for page in pages if owner.get(page).status_code != 200]

    assert failed == []


def test_what_a_page_shows_can_be_saved_as_it_stands(owner: Browser) -> None:
    refused = []
    for model in REGISTERED:
        row = model._default_manager.first()
        if row is None:
            continue
        page = address(model, "change", row.pk)
        shown = owner.get(page).context
        if not shown["has_change_permission"]:
            continue
        answer = owner.post(page, shown_values(shown))
        if answer.status_code != 302:
            wrong = [form.errors for form in forms_of(answer.context) if form.errors]
            refused.append((page, wrong))

    assert refused == []


def test_a_caller_entered_in_the_settings_is_found_by_name(owner: Browser) -> None:
    client = Client.objects.get(short_name="Dr Martin")
    page = address(Correspondent, "add")
    form = shown_values(owner.get(page).context)

    answer = owner.post(page, form | {"client": client.pk, "last_name": "Żółkiewska"})

    assert answer.status_code == 302
    assert [one.last_name for one in search_correspondents([client], "zolk")] == ["Żółkiewska"]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_all_that_the_settings_show_is_named_in_words(model: type[Model]) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    shown = flatten_fieldsets(admin.site._registry[model].get_fieldsets(request))
    fields = [field for field in model._meta.get_fields() if field.name in shown]
    unnamed = {one.name for one in fields if not isinstance(one.verbose_name, Promise)}  # type: ignore[union-attr]

    assert isinstance(model._meta.verbose_name_plural, Promise)
    assert unnamed - ALIKE == set()
