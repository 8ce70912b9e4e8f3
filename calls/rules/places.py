"""Where each person of a call is, once it was held or handed on."""

from enum import StrEnum


class Place(StrEnum):
    """Where one telephone path should be.

    Whatever the operator asks for, it is answered by the place: so a path that was asked for twice,
    late, or by another way ends up where it belongs.
    """

    # Together with the others, in the call's room.
    TALK = "talk"
    # On hold, with music.
    MUSIC = "music"
    # She rings somebody, and speaks to him first.
    CONSULT = "consult"
    # The caller's own path rings somebody.
    RING = "ring"
    # The caller's own path rings her again, then whoever else answers the client.
    BACK = "back"
    OTHERS = "others"
    # Neither has taken him back: his line's plan goes on with him.
    PLAN = "plan"
    GONE = "gone"


# Nobody has him: somebody is rung, or he waits, until he is taken back.
SOUGHT = {Place.BACK, Place.OTHERS, Place.PLAN}


# What a Dial's end says of whom it rang (twilio.com/docs/voice/twiml/dial).
OUTCOME_OF = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer"}


def outcome_of(dial_status: str) -> str:
    """Name why nobody took a caller.

    "completed" without a talk is an ordinary telephone that picked up and did not press 1.
    """
    return "no_answer" if dial_status == "completed" else OUTCOME_OF.get(dial_status, "failed")
