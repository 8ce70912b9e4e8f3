"""Each field that can hold words about a person says why it is kept, and for how long."""

from __future__ import annotations

import pytest
from django.db import models

from core.privacy import Personal
from tests.house import our_models

TEXT_LIKE = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
MODELS = our_models()


def text_like_fields(model: type[models.Model]) -> set[str]:
    return {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, TEXT_LIKE)
        or (isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField))
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_text_like_field_is_personal_or_impersonal(model: type[models.Model]) -> None:
    personal: dict[str, Personal] = getattr(model, "personal", {})
    impersonal: frozenset[str] = getattr(model, "impersonal", frozenset())

    declared = set(personal) | set(impersonal)
    assert text_like_fields(model) - declared == set()
    assert declared - {field.name for field in model._meta.get_fields()} == set()
    assert set(personal) & set(impersonal) == set()
    assert all(isinstance(kept, Personal) and kept.reason for kept in personal.values())
