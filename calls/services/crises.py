"""A crisis leaves the client's own team out; a rule keeps a caller away or puts him through."""

from datetime import datetime

from django.db import transaction

from calls.models import CallerRule, Crisis
from calls.services.live import publish_line
from clients.models import Client, Line, User
from clients.services.audit import record_audit
from core.phones import is_withheld, parse_number


class CrisisAlready(RuntimeError):
    """Somebody has started the crisis meanwhile; it lasts."""


class NoCrisis(RuntimeError):
    """There is no crisis to end: somebody has ended it meanwhile."""


class NotANumber(ValueError):
    """A caller's rule needs a number that somebody can call from."""


class RuleExists(ValueError):
    """There is a rule for this caller on this line, or for the whole client, already."""


class LineOfAnother(ValueError):
    """The line is another client's."""


@transaction.atomic
def start_crisis(*, line: Line, by: User | None, at: datetime) -> Crisis:
    """Have us answer at once, without the client's own team, until somebody ends it.

    Raises CrisisAlready.
    """
    line = _locked(line)
    if Crisis.objects.in_force(at).filter(line=line).exists():
        raise CrisisAlready
    crisis = Crisis.objects.create(line=line, starts_at=at)
    record_audit(by=by, action="line.crisis_started", target=line, client=line.client, at=at)
    publish_line(line)
    return crisis


@transaction.atomic
def end_crisis(*, line: Line, by: User | None, at: datetime) -> Crisis:
    """Have the client's own team rung again; raises NoCrisis."""
    line = _locked(line)
    crisis = Crisis.objects.in_force(at).filter(line=line).first()
    if crisis is None:
        raise NoCrisis
    crisis.ends_at = at
    crisis.save(update_fields=["ends_at"])
    record_audit(by=by, action="line.crisis_ended", target=line, client=line.client, at=at)
    publish_line(line)
    return crisis


@transaction.atomic
def add_caller_rule(
    *,
    client: Client,
    number: str,
    verdict: str,
    by: User | None,
    at: datetime,
    line: Line | None = None,
    note: str = "",
) -> CallerRule:
    """Block a caller, or put him through whatever the hour: on one line, or on all of a client's.

    `number` is read in any writing. Raises NotANumber, RuleExists or LineOfAnother.
    """
    if line is not None and line.client_id != client.pk:
        raise LineOfAnother
    # One after the other: two who add the same rule at once do not both find none.
    client = (
        Client.objects.select_for_update(of=("self",)).select_related("bureau").get(pk=client.pk)
    )
    caller = None if is_withheld(number) else parse_number(number, client.bureau.region)
    if caller is None:
        raise NotANumber
    if CallerRule.objects.filter(client=client, line=line, number=caller).exists():
        raise RuleExists
    rule = CallerRule.objects.create(
        client=client,
        line=line,
        number=caller,
        verdict=CallerRule.Verdict(verdict),
        note=note.strip(),
    )
    _audit("line.caller_rule_added", rule, by, at)
    return rule


@transaction.atomic
def remove_caller_rule(*, rule: CallerRule, by: User | None, at: datetime) -> None:
    """Treat a caller like any other again; a rule that is gone already stays gone."""
    kept = CallerRule.objects.select_for_update(of=("self",)).select_related("client", "line")
    found = kept.filter(pk=rule.pk).first()
    if found is None:
        return
    _audit("line.caller_rule_removed", found, by, at)
    found.delete()


def _audit(action: str, rule: CallerRule, by: User | None, at: datetime) -> None:
    lines = [rule.line] if rule.line else list(rule.client.lines.select_related("client"))
    told = {"verdict": str(rule.verdict), "line": str(rule.line.uuid) if rule.line else ""}
    record_audit(by=by, action=action, target=rule, client=rule.client, at=at, detail=told)
    for line in lines:
        publish_line(line)


def _locked(line: Line) -> Line:
    return Line.objects.select_for_update(of=("self",)).select_related("client").get(pk=line.pk)
