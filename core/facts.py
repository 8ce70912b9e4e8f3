"""Facts that a lower app emits and a higher app may hear.

`permanence.wiring` is the one list of who hears what. Handlers run in the emitting transaction: if
one fails, the change it was told of is undone with it. The outside world is reached only through
the outbox and `core.after_commit`.
"""

from collections.abc import Callable, Mapping, Sequence

Handler = Callable[..., None]

_wires: dict[type, tuple[Handler, ...]] = {}


def connect(wires: Mapping[type, Sequence[Handler]]) -> None:
    """Install the one list of handlers; called once, when the house is put together."""
    _wires.clear()
    _wires.update({fact: tuple(handlers) for fact, handlers in wires.items()})


def emit(fact: object) -> None:
    """Tell a fact to the handlers wired to its type, in their listed order."""
    for handler in _wires.get(type(fact), ()):
        handler(fact)
