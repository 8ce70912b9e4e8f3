"""Only impossible numbers are refused: callers have odd ones, and the fictional are invalid."""

from __future__ import annotations

import pytest
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from tests.house import name_of, our_models, sources

FICTIONAL = "+33639980112"
FIELDS = [
    field
    for model in our_models()
    for field in model._meta.get_fields()
    if isinstance(field, PhoneNumberField)
]


def test_nothing_asks_whether_a_number_is_valid() -> None:
    asking = [path for path in sources() if "is_valid_number" in path.read_text(encoding="utf-8")]

    assert [name_of(path) for path in asking] == []


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_number_that_is_possible_is_accepted(field: models.Field) -> None:
    number = field.to_python(FICTIONAL)
    asked = field.formfield()

    assert field.clean(number, None) == number
    assert asked is not None
    assert asked.clean(FICTIONAL) == number
