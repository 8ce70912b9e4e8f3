"""Questions about calls."""

from calls.queries.directing import (
    Direction,
    direction_of,
    directions_of,
    hours_in_force,
    rule_of,
)
from calls.queries.foreseeing import Foreseen, foresee
from calls.queries.in_hands import clients_in_hands_of, in_reach_of
from calls.queries.on_call import on_call_wanted, uncovered_on_call
from calls.queries.places import Place, places_of
from calls.queries.presence import Standing, standings
from calls.queries.routing import (
    candidates_for,
    candidates_of,
    is_talking,
    line_at,
    telephones_of,
)
from calls.queries.waiting import mean_talk, queue_at, waiting_calls, waiting_of

__all__ = [
    "Direction",
    "Foreseen",
    "Place",
    "Standing",
    "candidates_for",
    "candidates_of",
    "clients_in_hands_of",
    "direction_of",
    "directions_of",
    "foresee",
    "hours_in_force",
    "in_reach_of",
    "is_talking",
    "line_at",
    "mean_talk",
    "on_call_wanted",
    "places_of",
    "queue_at",
    "rule_of",
    "standings",
    "telephones_of",
    "uncovered_on_call",
    "waiting_calls",
    "waiting_of",
]
