"""The people whose desks are open while calls come in."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from calls.models import Presence
from clients.models import Assignment, Bureau, Client, Endpoint, Line, Membership, User
from clients.models.bureau import Grant
from tests.factories import make_bureau, make_client, make_line


def open_desks(counts: list[int]) -> dict[str, object]:
    """For each count, make a line that so many people answer; return their sign-ins' cookies."""
    bureau = make_bureau()
    desks = {}
    for position, count in enumerate(counts):
        client = make_client(bureau, name=f"Cabinet de {count}", hue=40 * position)
        line: Line = make_line(client, f"+3319900400{position}")
        cookies = [signed_in(bureau, client, count, rank) for rank in range(1, count + 1)]
        desks[str(count)] = {"line": str(line.number), "cookies": cookies}
    return {"desks": desks, "cookie": settings.SESSION_COOKIE_NAME}


def signed_in(bureau: Bureau, client: Client, count: int, rank: int) -> str:
    user = User.objects.create(
        email=f"desk{rank}of{count}@bench.example", full_name=f"Poste {rank}", first_name="Poste"
    )
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    Assignment.objects.create(client=client, user=user, rank=rank)
    Presence.objects.create(user=user, state=Presence.State.AVAILABLE)
    address = f"sip:desk{rank}of{count}@telephones.example"
    Endpoint.objects.create(user=user, kind=Endpoint.Kind.SIP, address=address)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
