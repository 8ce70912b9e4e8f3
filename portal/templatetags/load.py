"""How the load page writes hours, shares and distances."""

from django import template

from portal import wording_load

register = template.Library()


@register.filter
def hours(minutes: int) -> str:
    """Write minutes as hours: « 5 h 20 »."""
    return wording_load.hours_words(minutes)


@register.filter
def share(percent: float | None) -> str:
    """Write a share: « 85 % »."""
    return wording_load.percent_words(percent)


@register.filter
def away(days: int) -> str:
    """Say how far away a day is."""
    return wording_load.away_words(days)


@register.filter
def part_of(part: int, whole: int) -> str:
    """Give a width: the part in percent of the whole, as an attribute wants it."""
    return f"{100 * part / whole:.1f}%" if whole else "0%"
