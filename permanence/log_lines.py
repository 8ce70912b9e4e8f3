"""Log lines without the keys that some addresses hold."""

import logging
import re

# Whoever has such an address may do what it opens: it is a password in the place of a path.
_KEYED = "|".join(
    (
        "api/v1/cti",
        "p/m",
        "r",
        "ical",
        "welcome",
        "accounts/confirm-email",
        "accounts/password/reset/key",
        r"telephony/twilio/messages/[^/\s]+",
    )
)
_KEY = re.compile(rf"""((?:^|[\s"'(=\[]|//[^/\s]+)/(?:{_KEYED})/)[^/\s"')\]]+""")


def without_keys(text: str) -> str:
    """Put « … » in the place of each key."""
    return _KEY.sub(r"\1…", text)


class Line(logging.Formatter):
    """Writes a line and the trace below it.

    Django names the address of each request that fails or is refused, whoever's key it holds.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the whole text, keys left out."""
        return without_keys(super().format(record))
