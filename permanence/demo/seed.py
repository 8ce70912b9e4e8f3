"""Fills an empty database with the demonstration."""

from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction

from clients.models import (
    Assignment,
    Bureau,
    Client,
    ClientMember,
    Correspondent,
    CorrespondentNumber,
    DirectoryEntry,
    Endpoint,
    Instruction,
    Line,
    Membership,
    PracticalInfo,
    StockPhrase,
    TriageGuide,
    TriageSign,
    User,
)
from clients.models.bureau import Grant
from clients.services.correspondents import search_text_of
from messages_app.models import ClientRelaySettings, DigestTime, FilterRule
from messages_app.rules.filtering import Outcome, Urgency
from permanence.demo import calls as demo_calls
from permanence.demo.calendar import (
    WEEKS_BEFORE,
    add_calendars,
    add_training,
    fill_calendars,
    give_address,
)
from permanence.demo.clients import (
    CLIENTS,
    DURAND,
    DURAND_CALLERS,
    LIN,
    LIN_CALLERS,
    MARTIN,
    PATIENTS,
    RENAUD,
    RENAUD_CALLERS,
    DemoClient,
    further_patients,
)
from permanence.demo.covers import add_covers
from permanence.demo.directives import add_directives
from permanence.demo.lines import direct_line
from permanence.demo.lists import add_lists
from permanence.demo.notices import add_notices
from permanence.demo.people import ACCOUNTS, DOMAIN, PASSWORD
from permanence.demo.presence import add_presence, leave_unsaid
from permanence.demo.voicemails import add_voicemails

ROLES = {
    "lea": [Grant.ANSWER],
    "claire": [Grant.ANSWER],
    "admin": [Grant.ANSWER, Grant.SUPERVISE, Grant.OWN],
}
CALLERS = {
    DURAND.key: (DURAND_CALLERS, demo_calls.DURAND_MESSAGES),
    RENAUD.key: (RENAUD_CALLERS, demo_calls.RENAUD_MESSAGES),
    LIN.key: (LIN_CALLERS, demo_calls.LIN_MESSAGES),
}
DIGESTS = {DURAND.key: (time(12), time(18)), MARTIN.key: (time(12, 30), time(18, 30))}
# What happens to a message: urgency, outcome, by SMS, by e-mail; the first that fits decides.
FILTERS = {
    DURAND.key: ((Urgency.URGENT, Outcome.AT_ONCE, True, True), ("", Outcome.DIGEST, False, True)),
    MARTIN.key: ((Urgency.URGENT, Outcome.AT_ONCE, True, False), ("", Outcome.DIGEST, False, True)),
    RENAUD.key: ((Urgency.URGENT, Outcome.AT_ONCE, True, True), ("", Outcome.AT_ONCE, False, True)),
    LIN.key: (("", Outcome.AT_ONCE, False, True),),
}


@transaction.atomic
def seed(now: datetime) -> None:
    """Write the whole demonstration around an instant; the same instant gives the same bureau."""
    random = Random(now.date().toordinal())
    bureau = Bureau.objects.create(name="Permanence des Tilleuls")
    people = _people(bureau)
    add_presence(people["lea"], people["claire"], now)
    for demo in CLIENTS:
        client, line = _client(bureau, demo, people, now)
        direct_line(demo.key, line, by=people["admin"], now=now)
        if demo is MARTIN:
            _practice(client, line, people, now, random)
        else:
            _firm(client, line, demo, people, now, random)
    leave_unsaid(people["lea"])
    add_covers(bureau, people["lea"], people["claire"], now)


def _people(bureau: Bureau) -> dict[str, User]:
    people = {
        account.key: User.objects.create_user(
            account.email,
            PASSWORD,
            full_name=account.full_name,
            first_name=account.first_name,
            is_superuser=account.key == "admin",
        )
        for account in ACCOUNTS
    }
    people["lin"] = User.objects.create_user(
        f"lin@{DOMAIN}", PASSWORD, full_name="Anne Lin", first_name="Mme Lin"
    )
    for key, grants in ROLES.items():
        Membership.objects.create(bureau=bureau, user=people[key], grants=grants)
    for key in ("lea", "claire"):
        address = f"sip:{key}@telephones.{DOMAIN}"
        Endpoint.objects.create(user=people[key], kind=Endpoint.Kind.SIP, address=address)
    return people


def _client(
    bureau: Bureau, demo: DemoClient, people: dict[str, User], now: datetime
) -> tuple[Client, Line]:
    client = Client.objects.create(
        bureau=bureau,
        name=demo.name,
        short_name=demo.short_name,
        trade=demo.trade,
        hue=demo.hue,
        agenda_mode=demo.agenda_mode,
        languages=["fr", "en"] if demo.greeting_en else ["fr"],
    )
    line = Line.objects.create(
        client=client,
        number=demo.number,
        label=demo.label,
        valid_from=now - timedelta(days=700),
        greeting=demo.greeting,
        greeting_en=demo.greeting_en,
        unanswered_text=demo.unanswered,
    )
    for rank, key in enumerate(("lea", "claire"), start=1):
        Assignment.objects.create(client=client, user=people[key], rank=rank)
    member = people[demo.key]
    ClientMember.objects.create(
        client=client, user=member, mobile=demo.mobile, notify_email=member.email
    )
    _guidance(client, demo, now)
    _filters(client, demo)
    return client, line


def _guidance(client: Client, demo: DemoClient, now: datetime) -> None:
    for position, (mark, text) in enumerate(demo.instructions):
        Instruction.objects.create(client=client, mark=mark, text=text, position=position)
    for position, (label, text) in enumerate(demo.practical):
        PracticalInfo.objects.create(client=client, label=label, text=text, position=position)
    for position, (name, number, note) in enumerate(demo.directory):
        DirectoryEntry.objects.create(
            client=client, name=name, number=number, note=note, position=position
        )
    for position, text in enumerate(demo.phrases):
        StockPhrase.objects.create(client=client, text=text, position=position)
    if demo.triage:
        _triage(client, demo, now)


def _triage(client: Client, demo: DemoClient, now: datetime) -> None:
    guide = TriageGuide.objects.create(
        client=client,
        opening=demo.triage["opening"],
        doubt=demo.triage["doubt"],
        valid_from=now - timedelta(days=400),
    )
    for position, (text, action) in enumerate(demo.triage["signs"]):
        TriageSign.objects.create(guide=guide, text=text, action=action, position=position)


def _filters(client: Client, demo: DemoClient) -> None:
    ClientRelaySettings.objects.create(client=client)
    for position, (urgency, outcome, by_sms, by_email) in enumerate(FILTERS[demo.key]):
        FilterRule.objects.create(
            client=client,
            position=position,
            urgency=str(urgency),
            outcome=outcome.value,
            by_sms=by_sms,
            by_email=by_email,
        )
    for at in DIGESTS.get(demo.key, ()):
        DigestTime.objects.create(client=client, at=at)


def _practice(
    client: Client, line: Line, people: dict[str, User], now: datetime, random: Random
) -> None:
    patients = [
        _correspondent(
            client,
            kind=Correspondent.Kind.PATIENT,
            civility=civility,
            first_name=first_name,
            last_name=last_name,
            number=f"+3363998{3500 + index if index else 3456}",
            birth_date=datetime(born, 1 + index % 12, 1 + (index * 7) % 28).date(),  # noqa: DTZ001
            known_since=(now - timedelta(days=400 + 31 * index)).date(),
        )
        for index, (civility, first_name, last_name, born) in enumerate(
            [*PATIENTS, *further_patients()]
        )
    ]
    # A couple shares a number: several match, none is picked by itself.
    CorrespondentNumber.objects.create(correspondent=patients[13], number="+33639983456")
    calendars = add_calendars(client, now.date())
    add_training(calendars[0], people["martin"], now)
    fill_calendars(calendars, patients, people["lea"], now, random)
    add_notices(client, calendars, patients, now)
    before = Random(now.date().toordinal() - 1)
    fill_calendars(calendars, patients, people["lea"], now, before, WEEKS_BEFORE)
    give_address(calendars[0], people[MARTIN.key], now)
    demo_calls.add_past_calls(client, line, patients, people["lea"], now, random)
    add_directives(calendars[0], people["martin"], now)
    add_lists(calendars, patients, assistant=people["lea"], doctor=people["martin"], now=now)


def _firm(
    client: Client,
    line: Line,
    demo: DemoClient,
    people: dict[str, User],
    now: datetime,
    random: Random,
) -> None:
    callers, noted = CALLERS[demo.key]
    known = [
        _correspondent(
            client,
            civility=civility,
            first_name=first_name,
            last_name=last_name,
            kind=kind,
            number=number,
        )
        for civility, first_name, last_name, kind, number in callers
    ]
    demo_calls.add_past_calls(client, line, known, people["lea"], now, random)
    demo_calls.add_messages(client, line, known, noted, people["lea"], now)
    if demo is DURAND:
        add_voicemails(line, known, people["lea"], now)


def _correspondent(client: Client, *, number: str, **fields: object) -> Correspondent:
    correspondent = Correspondent(client=client, **fields)
    correspondent.search_text = search_text_of(correspondent)
    correspondent.save()
    CorrespondentNumber.objects.create(correspondent=correspondent, number=number)
    return correspondent
