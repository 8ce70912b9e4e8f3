"""Every file that a page or a style sheet names is there once an installation collects them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

from tests.house import name_of, templates

NAMED = re.compile(r"""\{%\s*static\s+["']([^"'{]+)["']""")


def test_static_files_collect_as_an_installation_does(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_names_only_files_that_exist(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))

    assert [file for file in named if finders.find(file) is None] == []
