"""How the load is said: hours, shares, and how far away a day is."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FIRM = "\N{NO-BREAK SPACE}"


def hours_words(minutes: int) -> str:
    """Write a length as hours and minutes: « 5 h 20 », « 40 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours and rest:
        return f"{rest}{FIRM}min"
    return f"{hours}{FIRM}h{FIRM}{rest:02}" if rest else f"{hours}{FIRM}h"


def percent_words(percent: float | None) -> str:
    """Write a share: « 85 % »; a dash where there is nothing to share."""
    if percent is None:
        return "–"
    places = 0 if percent == int(percent) else 1
    return _("%(percent)s%%") % {"percent": number_format(percent, places)}


def away_words(days: int) -> str:
    """Say how far away a day is: « aujourd’hui », « demain », « dans 6 jours »."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
