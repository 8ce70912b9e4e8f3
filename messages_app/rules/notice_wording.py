"""The practice's own words about appointments: what stands between braces is filled in.

`{practitioner}` and `{praticien}` are the same place: a practice writes in its own language.
"""

import re
from collections.abc import Mapping

PLACES: dict[str, str] = {
    "practitioner": "practitioner",
    "praticien": "practitioner",
    "date": "date",
    "time": "time",
    "heure": "time",
    "infos": "infos",
    "motive": "motive",
    "motif": "motive",
    "phone": "phone",
    "telephone": "phone",
    "téléphone": "phone",
    "link": "link",
    "lien": "link",
}
# Without these a text would say nothing.
NEEDED = frozenset({"date", "time"})

_PLACE = re.compile(r"\{\s*([^{}]*?)\s*\}")
_SPACES = re.compile(r"[ \t]{2,}")
_BEFORE_STOP = re.compile(r" +([.,])")


def filled(wording: str, facts: Mapping[str, str]) -> str:
    """The wording with its facts, on one line; a place without a fact leaves no double space."""
    text = _PLACE.sub(lambda place: facts.get(PLACES.get(place[1].lower(), ""), ""), wording)
    return _BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", " ".join(text.split()))).strip()


def unknown_places(wording: str) -> list[str]:
    """What stands between braces and means nothing to us."""
    return [name for name in _PLACE.findall(wording) if name.lower() not in PLACES]


def missing_places(wording: str) -> list[str]:
    """What every text must say and this one does not; an empty one stands for the stock text."""
    if not wording.strip():
        return []
    named = {PLACES.get(name.lower()) for name in _PLACE.findall(wording)}
    return sorted(NEEDED - named)
