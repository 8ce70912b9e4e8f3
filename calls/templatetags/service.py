"""How figures of service are written."""

from typing import Final

from django import template
from django.utils.translation import gettext as _

from calls import service_words

register: Final = template.Library()


@register.filter
def seconds(value: int | None) -> str:
    """Write a wait: « 45 s »."""
    return service_words.seconds_words(value)


@register.filter
def percent(value: int | None) -> str:
    """Write a share: « 92 % »; a dash where there is nothing to share."""
    return "–" if value is None else _("%(percent)s%%") % {"percent": value}
