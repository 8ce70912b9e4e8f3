"""A call's room and places: what is written before any of its paths is moved."""

from calls.models import Call
from calls.services.live import publish_call
from calls.telephony.twilio.twiml import absolute

# A call's room and places before a gesture.
Former = tuple[str, dict[str, str]]


def locked(call: Call) -> Call:
    """Take the call's lock, and read it anew."""
    found = Call.objects.select_for_update(of=("self",))
    return found.select_related("client", "line", "answered_by").get(pk=call.pk)


def new_room(call: Call, **places: str) -> None:
    """Number a locked call's room anew: what its paths ask as they leave the former counts no more.

    Who is not named keeps no place.
    """
    call.room = f"{call.uuid.hex}-{call.turn + 1}"
    call.places = {"third": ""} | places
    call.save(update_fields=["room", "places"])
    publish_call(call)


def place_url(call: Call, role: str) -> str:
    """Give the address that tells a path of a call where it belongs."""
    return absolute("twilio:place", call.uuid, role)
