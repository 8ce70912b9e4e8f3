"""How charts write lengths."""

from typing import Final

from django import template

register: Final = template.Library()


@register.filter
def unlocalized(number: float) -> str:
    """Give a length as an attribute wants it: with a point, whatever the language."""
    return f"{number:g}"
