"""Templates compile, keep to the Content-Security-Policy, and speak through the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.house import ROOT, name_of, templates

TEMPLATES = templates()
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and "email" not in path.parts]
INLINE = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))",
    "a handler in an attribute": r"<[^>]*\son[a-z]+\s*=",
    "a handler of htmx's": r"\bhx-on\b",
    "a javascript: address": r"javascript:",
    "a value that htmx would evaluate": r"hx-(?:vals|headers)\s*=\s*['\"]js:",
    "a condition that htmx would evaluate": r"hx-trigger=\"[^\"]*\[",
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
POST_FORM = re.compile(r"<form\b(?:(?!</form>).)*?\bmethod=\"post\".*?</form>", re.DOTALL | re.I)

by_name = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
by_page = pytest.mark.parametrize("path", PAGES, ids=name_of)


@by_name
def test_a_template_compiles(path: Path) -> None:
    folder = next(parent for parent in path.parents if parent.name == "templates")

    engines["django"].get_template(path.relative_to(folder).as_posix())


@by_page
def test_a_page_has_nothing_inline(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert [what for what, pattern in INLINE.items() if re.search(pattern, source, re.I)] == []


@by_page
def test_a_form_that_writes_carries_its_token(path: Path) -> None:
    """Its own, or the one that htmx sends along from the page's body."""
    forms = POST_FORM.findall(path.read_text(encoding="utf-8"))

    assert [f[:80] for f in forms if "csrf_token" not in f and "hx-post" not in f] == []


def test_htmx_sends_the_token_along() -> None:
    body = (ROOT / "templates" / "base.html").read_text(encoding="utf-8")

    assert """hx-headers='{"X-CSRFToken": "{{ csrf_token }}"}'""" in body


@by_name
def test_a_template_speaks_through_the_catalogue(path: Path) -> None:
    """An accent outside a tag is French that nobody can translate."""
    words = TAG.sub("", COMMENT.sub("", path.read_text(encoding="utf-8")))

    assert re.findall(r"\w*[à-öø-ÿœ]\w*", words, re.I) == []


def test_our_scripts_evaluate_nothing() -> None:
    evaluating = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*['\"]")
    scripts = sorted((ROOT / "static").rglob("*.js"))

    assert [name_of(s) for s in scripts if evaluating.search(s.read_text("utf-8"))] == []
