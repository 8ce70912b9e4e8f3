"""Figures of service as screens show them: rows of tables, and the charts above them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from calls.rules.service import LOST_BOUNDS, Contact, Service, by_hour, lost_after, service_of
from core.charts import Bar, Chart, Given, chart

HEIGHT = 96
FIRM = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Row:
    """One row of a table of service."""

    label: str
    service: Service


@dataclass(frozen=True)
class Lost:
    """One group of the callers who were lost."""

    label: str
    short: str
    count: int


def shown_service(contacts: Sequence[Contact]) -> dict[str, Any]:
    """Give what `components/service.html` shows of some calls."""
    hours = by_hour(contacts)
    counts = enumerate(lost_after(contacts))
    lost = [Lost(_lost_words(nth), _lost_short(nth), count) for nth, count in counts]
    return {
        "whole": service_of(contacts),
        "hours": [Row(hour_words(hour), one) for hour, one in hours.items() if one.calls],
        "lost": lost,
        "calls_chart": _calls_chart(hours),
        "speed_chart": _speed_chart(hours),
        "lost_chart": _lost_chart(lost),
    }


def hour_words(hour: int) -> str:
    """Say an hour of the day: « 9 h–10 h »."""
    return _("%(from)s:00–%(to)s:00") % {"from": hour, "to": hour + 1}


def seconds_words(seconds: int | None) -> str:
    """Say a wait: « 45 s », « 2 min 05 s »; a dash where there is none."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest}{FIRM}s"
    return f"{minutes}{FIRM}min{FIRM}{rest:02}{FIRM}s"


def _calls_chart(hours: Mapping[int, Service]) -> Chart:
    given = [
        Given(
            words=_("%(hour)s: %(answered)s answered of %(calls)s")
            % {"hour": hour_words(hour), "answered": one.answered, "calls": one.calls},
            bars=[Bar(0, "missed", one.calls), Bar(0, "booked", one.answered)],
            under=_under(hour, len(hours)),
        )
        for hour, one in hours.items()
    ]
    return chart(given, height=HEIGHT, step=5, least=5)


def _speed_chart(hours: Mapping[int, Service]) -> Chart:
    given = [
        Given(
            words=_("%(hour)s: half within %(median)s, nine of ten within %(p90)s")
            % {
                "hour": hour_words(hour),
                "median": seconds_words(one.median),
                "p90": seconds_words(one.p90),
            },
            bars=[Bar(0, "booked", one.median or 0), Bar(1, "offered", one.p90 or 0)],
            under=_under(hour, len(hours)),
        )
        for hour, one in hours.items()
    ]
    return chart(given, height=HEIGHT, step=10, least=20)


def _lost_chart(lost: Sequence[Lost]) -> Chart:
    given = [
        Given(
            words=f"{one.label} : {one.count}",
            bars=[Bar(0, "missed", one.count)],
            over=str(one.count) if one.count else "",
            under=one.short,
        )
        for one in lost
    ]
    return chart(given, height=HEIGHT, step=5, least=5)


def _under(hour: int, count: int) -> str:
    """Write the hour under each column of few, under every third of many."""
    return str(hour) if count <= 12 or hour % 3 == 0 else ""


def _lost_words(nth: int) -> str:
    if nth == len(LOST_BOUNDS):
        return f"≥{FIRM}{LOST_BOUNDS[-1]}{FIRM}s"
    return f"<{FIRM}{LOST_BOUNDS[nth]}{FIRM}s"


def _lost_short(nth: int) -> str:
    """Write a group below its column: seconds, without their unit."""
    return f"{LOST_BOUNDS[-1]}+" if nth == len(LOST_BOUNDS) else f"<{LOST_BOUNDS[nth]}"
