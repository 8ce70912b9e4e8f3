"""Every page of the settings opens for the owner, and takes back unchanged what it showed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from clients.models import Client, Correspondent, User
from clients.queries import search_correspondents
from permanence.demo.bureau import ADMIN

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def owner(db: None, settings: Settings) -> Browser:
    """The owner of the demonstration's bureau."""
    settings.DEMO = True
    call_command("seed_demo", verbosity=0)
    browser = Browser()
    browser.force_login(User.objects.get(is_superuser=True))
    return browser


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
