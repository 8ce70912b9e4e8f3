"""What is wrong with a version of a line's schedule, in sentences, and beside which field."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.rules.drafts import What

_SAID: dict[What, tuple[str, Promise | str]] = {
    What.NO_HOURS: ("", _("Add hours: without any, there is nothing to hold.")),
    What.NO_NAME: ("name", _("Give these hours a name.")),
    What.NO_STEPS: ("", _("Add a step: what becomes of a caller in these hours?")),
    What.NO_DATES: ("first_day", _("Give the first and the last day.")),
    What.DATES_BACKWARDS: ("last_day", _("The last day comes before the first.")),
    What.NO_WEEKDAYS: ("weekdays", _("Choose at least one day.")),
    What.REST_TWICE: ("kind", _("“The rest of the time” is said above already.")),
    What.NO_NUMBERS: ("numbers", _("Give at least one number.")),
    What.TOO_MANY_NUMBERS: ("numbers", _("At most ten numbers ring together.")),
    What.IMPOSSIBLE_NUMBER: ("numbers", _("One of these can’t be a telephone number.")),
    What.AFTER_THE_END: ("action", _("Nothing comes after a voicemail or a sentence.")),
    What.DEPUTIES_BEFORE_HOLDER: ("action", _("The assistant is rung before her deputies.")),
    What.RUNG_TWICE: ("action", _("These people were rung already.")),
    What.WAITS_TWICE: ("action", _("A caller waits once only.")),
    What.NO_SENTENCE: ("text", _("Write what the caller hears.")),
    What.TOO_LONG: ("seconds", _("Nobody rings for more than two minutes.")),
    What.NO_RECORDING_ADDRESS: ("waiting_url", _("Give the address of the recording.")),
    What.NO_NOTICE: ("recording_notice", _("Calls are recorded only after a notice: write it.")),
}


def said_fault(what: What) -> tuple[str, Promise | str]:
    """Return the field that a fault stands beside, empty for none, and its sentence."""
    return _SAID[what]
