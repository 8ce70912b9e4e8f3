"""Every file that a page or a style sheet names is there once an installation collects them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

from tests.house import name_of, templates

IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+\.js)["']""")
NAMED = re.compile(r"""\{%\s*static\s+["']([^"'{]+)["']""")


def test_static_files_collect_as_an_installation_does(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    collected = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert by_another_name(tmp_path, collected) == []


def by_another_name(folder: Path, collected: dict[str, str]) -> list[str]:
    """Scripts that import a module by its plain name: the browser would run it a second time."""
    ours = {original: name for original, name in collected.items() if original.startswith("js/")}
    plain = {Path(original).name for original in ours}
    return [
        f"{original} imports {imported}"
        for original, name in ours.items()
        for imported in IMPORTED.findall((folder / name).read_text(encoding="utf-8"))
        if Path(imported).name in plain
    ]


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_names_only_files_that_exist(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))

    assert [file for file in named if finders.find(file) is None] == []
