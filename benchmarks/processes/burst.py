"""Twenty lines, each with somebody at her desk."""

from django.conf import settings

from benchmarks.processes.pop import signed_in
from calls.models import Call, CallLeg
from clients.models import Endpoint, User
from tests.factories import make_bureau, make_client, make_line


def open_lines(count: int) -> dict[str, object]:
    """Make so many clients with a line and a person each; return numbers, telephones, sign-ins."""
    bureau = make_bureau()
    lines = []
    for nth in range(count):
        client = make_client(bureau, name=f"Cabinet {nth}", hue=15 * nth)
        line = make_line(client, f"+331990050{nth:02d}")
        session = signed_in(bureau, client, 1000 + nth, 1)
        endpoint = Endpoint.objects.get(user=User.objects.latest("pk"))
        number, telephone = str(line.number), str(endpoint.uuid)
        lines.append({"number": number, "endpoint": telephone, "session": session})
    return {"lines": lines, "cookie": settings.SESSION_COOKIE_NAME}


def lost(callers: list[str]) -> int:
    """Count the callers of whom there is not exactly one call with an ending and ended legs."""
    return sum(not _is_kept(caller) for caller in callers)


def _is_kept(caller: str) -> bool:
    calls = list(Call.objects.filter(caller_number=caller))
    if len(calls) != 1 or not calls[0].ending:
        return False
    return not calls[0].legs.exclude(state=CallLeg.State.ENDED).exists()
