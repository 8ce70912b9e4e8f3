"""Telephone numbers in tables and forms: E.164, and only impossible ones are refused.

The library refuses every number that its tables don't know as assigned; real callers have odd
ones, and the ranges kept for fiction are none of them.
"""

from functools import cached_property, lru_cache
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.forms import Field
from django.utils.translation import gettext_lazy as _
from phonenumber_field import formfields, modelfields
from phonenumber_field.phonenumber import PhoneNumber, to_python


class PossibleNumber(PhoneNumber):
    """A number that counts as valid when its length is possible."""

    def is_valid(self) -> bool:
        """Tell whether the number can exist."""
        return bool(phonenumbers.is_possible_number(self))

    def __str__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        return super().__str__()


@lru_cache(maxsize=4096)
def stored(text: str) -> Any:
    """Read a number as it stands in a table; the same few are read again and again."""
    return possible(to_python(text))


def possible(number: Any) -> Any:
    """Give a parsed number its wider notion of validity; anything else is passed on."""
    if not isinstance(number, PhoneNumber) or isinstance(number, PossibleNumber):
        return number
    wider = PossibleNumber(raw_input=number.raw_input)
    wider.merge_from(number)
    return wider


def validate_possible(number: Any) -> None:
    """Raise ValidationError for a number that can't exist."""
    if isinstance(number, PhoneNumber) and not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This can’t be a telephone number."), code="invalid")


class NumberFormField(formfields.PhoneNumberField):
    """A number typed in any way."""

    default_validators = [validate_possible]

    def to_python(self, value: Any) -> Any:
        """Read what was typed."""
        return possible(super().to_python(value))


class _Descriptor(modelfields.PhoneNumberDescriptor):
    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.name] = self.field.to_python(value)


class NumberField(modelfields.PhoneNumberField):
    """A telephone number stored in E.164.

    Migrations see the library's own field: the column is the same.
    """

    default_validators = [validate_possible]
    descriptor_class = _Descriptor

    def to_python(self, value: Any) -> Any:
        """Read a number from anything."""
        if isinstance(value, PossibleNumber):
            return value
        return possible(super().to_python(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Read a stored number."""
        return stored(value) if value else value

    def deconstruct(self) -> Any:
        """Describe the column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "phonenumber_field.modelfields.PhoneNumberField", args, kwargs

    def formfield(self, **kwargs: Any) -> Field | None:
        """Give the form's field that accepts what the table accepts."""
        return super().formfield(**{"form_class": NumberFormField, **kwargs})
