"""Whose exchange asks, which line it means, and who talks."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from calls.models import CtiConnection
from calls.queries.routing import line_at
from clients.models import Bureau, Endpoint, Line, User
from core.phones import parse_caller
from core.text import folded


def digest_of(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()


def connection_by_token(token: str) -> CtiConnection | None:
    """Give the connection in force that a token opens."""
    known = CtiConnection.objects.in_force().filter(token_digest=digest_of(token))
    return known.select_related("bureau").first()


def line_of(connection: CtiConnection, number: str, at: datetime) -> Line | None:
    """Give the bureau's line on a number that is written in any way."""
    line = line_at(parse_caller(number, connection.bureau.region), at)
    if line is None or line.client.bureau_id != connection.bureau_id:
        return None
    return line


def who_talks(bureau: Bureau, words: Sequence[str]) -> tuple[User | None, Endpoint | None]:
    """Give the person of a bureau that an exchange names, and her telephone where it is meant.

    A telephone's address or number, the name of its SIP account, an e-mail address, or a full
    name; a word that fits several people is nobody's.
    """
    people = list(User.objects.filter(memberships__bureau=bureau, is_active=True).distinct())
    telephones = list(
        Endpoint.objects.filter(user__in=people, is_active=True).select_related("user", "occupant")
    )
    for word in words:
        found = [one for one in telephones if word.casefold() in _names_of(one, bureau, word)]
        if len(found) == 1:
            return found[0].person, found[0]
        named = [one for one in people if _is_named(one, word)]
        if len(named) == 1:
            return named[0], None
    return None, None


def _names_of(endpoint: Endpoint, bureau: Bureau, word: str) -> Iterator[str]:
    address = endpoint.address.casefold()
    yield address
    if endpoint.kind == Endpoint.Kind.SIP:
        yield address.removeprefix("sip:")
        yield address.removeprefix("sip:").partition("@")[0]
    elif parse_caller(word, bureau.region) == endpoint.address:
        yield word.casefold()


def _is_named(user: User, word: str) -> bool:
    if word.casefold() == user.email.casefold():
        return True
    return bool(folded(word)) and folded(word) in (folded(user.full_name), folded(user.first_name))
