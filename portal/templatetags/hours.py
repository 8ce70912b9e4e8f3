"""How the portal words hours and what was changed of them."""

from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.models import Motive
from agenda.queries.preview import Conflict
from clients.models import AuditEntry
from portal import directive_wording
from portal.agenda_wording import short_day
from portal.hours_picture import Bar

register = template.Library()

KINDS = {
    ("regular", "new"): lambda: _("new"),
    ("regular", "gone"): lambda: _("closed from then on"),
    ("emergency", "same"): lambda: _("for emergencies"),
    ("emergency", "new"): lambda: _("for emergencies, new"),
    ("away", "same"): lambda: _("absence"),
    ("conflict", "new"): lambda: _("visit to move"),
}


@register.filter
def bar_words(bar: Bar) -> str:
    """Say what a bar of the picture is, for who does not see it."""
    word = KINDS.get((bar.kind, bar.state))
    return word() if word else ""


@register.filter
def conflict_words(conflict: Conflict) -> str:
    """Say why a visit could not stay."""
    return directive_wording.conflict_words(conflict)


@register.filter
def directive_what(change: AuditEntry) -> str:
    """Say in a few words what was done."""
    return directive_wording.what_words(change)


@register.filter
def short_date(day: date) -> str:
    """Write a day where room is short: « jeu. 3 déc. »."""
    return short_day(day, "EEE d MMM")


@register.filter
def motive_words(motive: Motive) -> str:
    """Say how long a visit takes, and what limits it."""
    words = [_("%(minutes)d minutes") % {"minutes": motive.minutes}]
    if motive.minutes_before or motive.minutes_after:
        around = {"before": motive.minutes_before, "after": motive.minutes_after}
        words.append(_("%(before)d kept before and %(after)d after") % around)
    if motive.most_per_day is not None:
        most = ngettext("%(most)d a day at most", "%(most)d a day at most", motive.most_per_day)
        words.append(most % {"most": motive.most_per_day})
    if motive.patients != Motive.For.ANY:
        words.append(str(motive.get_patients_display()))
    return " · ".join(words + _reach(motive))


def _reach(motive: Motive) -> list[str]:
    words = []
    if motive.notice_minutes:
        hours = -(-motive.notice_minutes // 60)
        said = ngettext("booked %(hours)d hour ahead", "booked %(hours)d hours ahead", hours)
        words.append(said % {"hours": hours})
    if motive.horizon_days is not None:
        days = ngettext(
            "at most %(days)d day ahead", "at most %(days)d days ahead", motive.horizon_days
        )
        words.append(days % {"days": motive.horizon_days})
    return words
