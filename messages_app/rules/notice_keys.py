"""The key in an appointment's link: random, short enough for an SMS, kept as its hash alone."""

from hashlib import sha256
from secrets import choice

# Without the letters and figures that people take for one another. Eleven of these 56 are 63 bits:
# with a million links alive, one guess in seventeen million million finds one.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
LENGTH = 11


def new_key() -> str:
    """A key that nobody can guess."""
    return "".join(choice(LETTERS) for _ in range(LENGTH))


def digest_of(key: str) -> str:
    """What the database keeps of a key; its 63 random bits need no salt."""
    return sha256(key.encode()).hexdigest()
