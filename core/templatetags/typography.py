"""How a text that people wrote is set: no line ends where French would not let it end."""

from typing import Final

from django import template

from core.text import set_tight

register: Final = template.Library()


@register.filter(is_safe=True)
def typeset(text: str) -> str:
    """Keep signs, units and telephone numbers on the line that they belong to."""
    return set_tight(str(text))
