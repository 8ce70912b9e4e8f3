"""Who hears which fact: the one list of all the wires between apps."""

from calls.facts import CallEnded
from core.facts import Handler
from messages_app.services.holds import free_holds
from messages_app.services.partial import keep_partial

WIRES: dict[type, list[Handler]] = {
    CallEnded: [keep_partial, free_holds],
}
