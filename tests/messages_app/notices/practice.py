"""A practice that confirms and reminds, on Monday 23 November 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agenda.models import Appointment, Calendar, Motive
from agenda.services import book_appointment
from clients.models import Client, Correspondent, PracticalInfo, User
from messages_app.models import Delivery, NoticeSettings
from messages_app.services.agreement import note_agreement
from messages_app.services.dispatch import dispatch
from tests.agenda.factories import make_calendar, make_motive, paris
from tests.factories import make_assistant, make_client, make_correspondent, make_line

# A Monday, 10 o'clock in Paris.
NOW = paris("2026-11-23 10:00")
MOBILE = "+33639981234"


@dataclass
class Practice:
    """Dr Martin, who answers for him, and a patient who has agreed to be written to."""

    client: Client
    calendar: Calendar
    consultation: Motive
    lea: User
    patient: Correspondent

    def book(
        self, start: str = "2026-11-26 09:40", *, at: datetime = NOW, **more: Any
    ) -> Appointment:
        """Léa books; the patient comes herself unless the test says otherwise."""
        wanted: dict[str, Any] = {"correspondent": self.patient, "motive": self.consultation}
        return book_appointment(
            calendar=self.calendar, starts_at=paris(start), by=self.lea, at=at, **(wanted | more)
        )


def make_practice(**settings: Any) -> Practice:
    """Confirmations and reminders by SMS, unless the test says otherwise."""
    client = make_client(
        name="Cabinet du Dr Martin", short_name="Dr Martin", trade="doctor", languages=["fr"]
    )
    client.agenda_mode = Client.AgendaMode.OURS
    client.save()
    make_line(client, "+33199004010")
    PracticalInfo.objects.create(client=client, label="Adresse", text="12, rue des Tilleuls, Lyon")
    calendar = make_calendar(client, practitioner="Dr Martin")
    wished = {"confirmation": "sms", "reminder": "sms"} | settings
    NoticeSettings.objects.create(client=client, **wished)
    lea = make_assistant(client, "lea", telephone="none")
    patient = make_correspondent(client, "Lefèvre", civility="mrs", number=MOBILE)
    note_agreement(person=patient, agrees=True, by=lea, at=NOW - timedelta(days=40))
    return Practice(client, calendar, make_motive(client), lea, patient)


def texts() -> list[str]:
    """All texts of the outbox, the first written first."""
    return list(Delivery.objects.order_by("pk").values_list("text", flat=True))


def send_all(at: datetime) -> None:
    """Let whatever is due leave, as a worker does."""
    for pk in list(Delivery.objects.to_send(at).values_list("pk", flat=True)):
        dispatch(delivery_id=pk, clock=lambda: at)
