"""A medical practice and a law firm as their portals show them, on Tuesday 24 November 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from agenda.models import Appointment, Calendar, Motive, Side
from agenda.services import book_appointment, move_appointment
from calls.models import Call
from clients.models import (
    Client,
    Correspondent,
    DirectoryEntry,
    Instruction,
    PracticalInfo,
    User,
)
from messages_app.models import FilterRule, Message
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from tests.agenda.factories import make_calendar, make_emergency, make_motive, paris
from tests.factories import (
    make_assistant,
    make_client,
    make_correspondent,
    make_line,
    make_member,
)

# A Tuesday, 8:40 in Paris.
NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


@dataclass
class Practice:
    """Dr Martin's practice, its agenda and its people."""

    client: Client
    calendar: Calendar
    consultation: Motive
    doctor: User
    lea: User


def make_practice(key: str = "martin", *, crowded: bool = False) -> Practice:
    """A practice with a morning and an afternoon, emergency hours from 11, and Léa who answers."""
    client = make_client(name=f"Cabinet du Dr {key.title()}", hue=212, trade="doctor")
    client.agenda_mode = Client.AgendaMode.OURS
    client.short_name = f"Dr {key.title()}"
    client.save()
    calendar = make_calendar(
        client, hours=((time(9), time(11)), (time(14), time(16))), name=f"Dr {key.title()}"
    )
    make_emergency(calendar)
    doctor = make_member(client, f"{key}-doctor").user
    lea = make_assistant(client, f"{key}-lea")
    User.objects.filter(pk=lea.pk).update(first_name="Léa")
    practice = Practice(client, calendar, make_motive(client), doctor, lea)
    make_motive(client, name="Urgence", is_urgent=True)
    if crowded:
        fill(practice)
    return practice


def visit(practice: Practice, at: str, name: str = "Roux", civility: str = "mrs") -> Appointment:
    """Léa books a visit for somebody, the day before."""
    person = make_correspondent(practice.client, name, civility=civility, number="+33639981234")
    return book_appointment(
        calendar=practice.calendar,
        motive=practice.consultation,
        starts_at=paris(at),
        correspondent=person,
        by=practice.lea,
        at=YESTERDAY,
    )


def fill(practice: Practice) -> None:
    """A crowded Tuesday, and some visits on the days after it."""
    names = ("Roux", "Nguyen", "Lefèvre-Beauregard de la Tour", "Petit", "Garnier", "Blanc")
    for nth, name in enumerate(names):
        hour, minute = divmod(9 * 60 + 20 * nth, 60)
        visit(practice, f"2026-11-24 {hour:02}:{minute:02}", name)
    for day in (25, 26, 27):
        visit(practice, f"2026-11-{day} 14:20", "Lambert")
    moved = visit(practice, "2026-11-24 14:00", "Moreau", "mr")
    later = paris("2026-11-24 15:20")
    move_appointment(appointment=moved, starts_at=later, by=practice.lea, at=YESTERDAY)
    urgent = Motive.objects.get(client=practice.client, is_urgent=True)
    book_appointment(
        calendar=practice.calendar,
        motive=urgent,
        starts_at=paris("2026-11-24 11:00"),
        booked_for="Enfant Giraud",
        by=practice.lea,
        at=YESTERDAY,
    )
    book_appointment(
        calendar=practice.calendar,
        motive=practice.consultation,
        starts_at=paris("2026-11-25 09:00"),
        booked_for="M. Dubois",
        by=practice.doctor,
        at=YESTERDAY,
        side=Side.PORTAL,
    )


@dataclass
class Firm:
    """Me Durand's firm and its people."""

    client: Client
    lawyer: User
    lea: User
    court: Correspondent


def make_firm(key: str = "durand") -> Firm:
    """A law firm whose messages are relayed; it keeps no agenda with us."""
    client = make_client(name=f"Cabinet de Me {key.title()}", hue=345, trade="lawyer")
    client.short_name = f"Me {key.title()}"
    client.save()
    lawyer = make_member(client, f"{key}-lawyer").user
    lea = make_assistant(client, f"{key}-lea")
    User.objects.filter(pk=lea.pk).update(first_name="Léa", full_name="Léa Fontaine")
    lea.refresh_from_db()
    court = make_correspondent(client, "Greffe du tribunal judiciaire de Lyon", kind="body")
    return Firm(client, lawyer, lea, court)


def urgent_message(firm: Firm, *, at: datetime = YESTERDAY) -> Message:
    """The court brought a hearing forward: urgent, by SMS and e-mail."""
    FilterRule.objects.get_or_create(
        client=firm.client, urgency="urgent", outcome="at_once", by_sms=True, by_email=True
    )
    return note_message(
        client=firm.client,
        fields=MessageFields(
            caller_name="Greffe du tribunal judiciaire de Lyon",
            callback_number="+33465717012",
            subject="Morel c/ SARL Aubépine",
            body=(
                "L’audience de l’affaire Morel est avancée au mercredi 2 décembre à 9 heures, "
                "salle 4. Le greffe attend une confirmation avant ce soir 17 heures."
            ),
            category="court",
            urgency="urgent",
            deadline_at=paris("2026-11-24 17:00"),
        ),
        by=firm.lea,
        at=at,
        call=make_call(firm.client, at=at),
        correspondent=firm.court,
    )


def plain_message(firm: Firm, *, at: datetime = YESTERDAY, **fields: Any) -> Message:
    """Somebody asks something."""
    words: dict[str, Any] = {
        "caller_name": "M. Karim Belaïd",
        "callback_number": "+33639984410",
        "body": "Souhaite un rendez-vous, licenciement.",
        "category": "new_case",
    } | fields
    return note_message(client=firm.client, fields=MessageFields(**words), by=firm.lea, at=at)


def make_call(client: Client, *, at: datetime, waited: int | None = 8, talked: int = 130) -> Call:
    """A call that is over; `waited` seconds until a voice, None for nobody."""
    line = client.lines.first() or make_line(client)
    answered_at = None if waited is None else at + timedelta(seconds=waited)
    return Call.objects.create(
        bureau=client.bureau,
        client=client,
        line=line,
        caller_number="+33465717012",
        state=Call.State.ENDED,
        started_at=at,
        answered_at=answered_at,
        ended_at=(answered_at or at) + timedelta(seconds=talked),
        ending=Call.Ending.MISSED if waited is None else Call.Ending.ANSWERED,
    )


def instruct(client: Client) -> None:
    """What an assistant is told of a client."""
    Instruction.objects.create(client=client, mark="☎", text="Ne jamais donner le portable.")
    Instruction.objects.create(
        client=client,
        text="Absent jusqu’à jeudi : prendre un message.",
        valid_until=paris("2026-11-26 08:00"),
    )
    PracticalInfo.objects.create(client=client, label="Adresse", text="12 rue des Tilleuls, Lyon")
    DirectoryEntry.objects.create(
        client=client, name="Laboratoire Pasteur", number="+33353014455", note="résultats"
    )
