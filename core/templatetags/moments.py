"""How a list of what happened writes its instants."""

from datetime import datetime
from typing import Final

from babel.dates import format_skeleton
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale

register: Final = template.Library()


@register.filter
def time_or_moment(at: datetime) -> str:
    """Write « 9:40 » today and « 24 nov. 9:40 » on any other day, on the current wall."""
    local, today = timezone.localtime(at), timezone.localdate()
    clock = date_format(local, "G:i")
    if local.date() == today:
        return clock
    parts = "MMMd" if local.year == today.year else "yMMMd"
    locale = to_locale(get_language() or "fr")
    return f"{format_skeleton(parts, local.date(), locale=locale)} {clock}"
