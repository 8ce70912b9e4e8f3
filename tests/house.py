"""The house as the suite-wide guards walk through it: apps, models, addresses, sources."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

ROOT = Path(__file__).resolve().parent.parent
APPS = tuple(
    name
    for name in (
        "permanence",
        "desk",
        "portal",
        "public",
        "billing",
        "messages_app",
        "calls",
        "agenda",
        "clients",
        "core",
    )
    if (ROOT / name / "__init__.py").exists()
)
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": str(uuid.UUID(int=1))}


def our_models() -> list[type[models.Model]]:
    """The tables of our own apps."""
    return [model for model in apps.get_models() if model._meta.app_config.name in APPS]


def sources(*, tests: bool = False) -> list[Path]:
    """The Python files of the product, migrations left out; with the tests if asked."""
    folders = [*APPS, "bin", *(["tests"] if tests else [])]
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def templates() -> list[Path]:
    """Every template, by file."""
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def name_of(path: Path) -> str:
    """A file as a person names it."""
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Address:
    """One address of the product, with sample values in it."""

    path: str
    name: str
    view: Any


def addresses() -> list[Address]:
    """Every address of ours; those of other people's packages are walked too."""
    return sorted(_walk(get_resolver(), "", ()), key=lambda address: address.path)


def _walk(resolver: URLResolver, before: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = before + _sample(entry)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, here, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name or entry.lookup_str))
            yield Address("/" + here, name, entry.callback)


def _sample(entry: URLPattern | URLResolver) -> str:
    """The pattern with a value in each of its places."""
    pattern = entry.pattern
    text = str(pattern)
    if not hasattr(pattern, "_route"):
        plain = text.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        return re.sub(r"\(\?P<\w+>[^()]*\)", "x", plain)
    for name, converter in pattern.converters.items():
        kind = next(key for key, value in get_converters().items() if value is converter)
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            text = text.replace(written, SAMPLES.get(kind, "1"))
    return text
