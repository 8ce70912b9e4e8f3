"""Why a message could not be noted; nothing was changed, and the draft is kept."""


class MessageRefused(Exception):
    """The base of what can be said back to the assistant."""


class NothingNoted(MessageRefused):
    """There is no word, no name and no number in it."""


class NoRecipient(MessageRefused):
    """The client's filter relays it, but no active member with an address can be reached."""


class ImpossibleNumber(MessageRefused):
    """The number to call back can't be a telephone number."""


class NotUnfinished(MessageRefused):
    """The message is not waiting to be completed: somebody else may have done it."""


class NotYours(MessageRefused):
    """The call belongs to another client."""
