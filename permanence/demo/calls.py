"""The calls and messages of the past month in the demonstration."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

from calls.models import Call, CallLeg
from clients.models import Client, Correspondent, Line, User
from messages_app.models import CallFile, Delivery, DeliveryEvent, Message, Relay
from messages_app.rules.addressing import Channel
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.filtering import Outcome, Urgency
from messages_app.rules.relay_states import RelayState

DAYS = 30
# Peaks of the trade: first and last hours (facts of practices that publish them).
HOURS = (9, 9, 9, 9, 10, 10, 10, 11, 11, 14, 14, 15, 16, 17, 17, 17)


@dataclass(frozen=True)
class Noted:
    """A message as somebody could have left it."""

    caller: int
    subject: str
    body: str
    category: str
    is_urgent: bool = False


DURAND_MESSAGES = (
    Noted(
        0,
        "Morel c/ SARL Aubépine",
        "L’audience de l’affaire Morel est avancée au mercredi 2 décembre à 9 heures, salle 4. "
        "Le greffe attend une confirmation avant ce soir 17 heures.",
        "court",
        True,
    ),
    Noted(
        1,
        "Belaïd, licenciement",
        "Souhaite un rendez-vous : licencié vendredi pour faute grave, il conteste. "
        "Joignable après 14 heures.",
        "new_case",
    ),
    Noted(
        2,
        "Arnaud / Perrin",
        "Les pièces adverses sont envoyées ; demande votre accord pour un renvoi au 15 janvier.",
        "colleague",
    ),
    Noted(
        3,
        "Morel c/ SARL Aubépine",
        "A bien reçu les conclusions et vous en remercie. Pas de rappel nécessaire.",
        "current_case",
    ),
    Noted(4, "Succession Vidal", "Le projet d’acte est prêt pour relecture.", "documents"),
    Noted(5, "Réf. 88-1432", "Attend un rappel au sujet de l’expertise du 8.", "current_case"),
)
RENAUD_MESSAGES = (
    Noted(
        0,
        "Chaudière Vaillant ecoTEC, 3e étage",
        "La chaudière se met en sécurité, code F.28, depuis ce matin. Bébé de 4 mois à la maison.",
        "after_sales",
        True,
    ),
    Noted(
        1,
        "Robinet cuisine",
        "Le robinet posé mardi goutte encore. Présente demain matin.",
        "after_sales",
    ),
    Noted(
        2, "Immeuble Bellecour, cave B", "Demande un devis pour la colonne d’eau froide.", "billing"
    ),
)
LIN_MESSAGES = (
    Noted(
        0, "Commande LC-20417", "Colis reçu sans les deux taies. Souhaite un renvoi.", "after_sales"
    ),
    Noted(1, "Nappe sur mesure", "Demande un prix pour 3,20 m en lin lavé ocre.", "other"),
)


def add_past_calls(
    client: Client,
    line: Line,
    callers: list[Correspondent],
    lea: User,
    now: datetime,
    random: Random,
) -> None:
    """Write a month of calls: most answered within seconds, a few missed."""
    calls = [
        _call(client, line, random.choice(callers), lea, moment, random)
        for back in range(DAYS, 0, -1)
        for moment in _moments(client, now - timedelta(days=back), random)
    ]
    today = [
        moment for moment in _moments(client, now, random) if moment < now - timedelta(minutes=20)
    ]
    calls += [_call(client, line, random.choice(callers), lea, moment, random) for moment in today]
    Call.objects.bulk_create(calls, batch_size=200)
    CallLeg.objects.bulk_create([_leg(call) for call in calls], batch_size=200)


def _moments(client: Client, day: datetime, random: Random) -> list[datetime]:
    local = day.astimezone(ZoneInfo(client.timezone))
    if local.weekday() > 4:
        return []
    many = random.randint(9, 16) if client.trade == Client.Trade.DOCTOR else random.randint(2, 6)
    chosen = sorted((random.choice(HOURS), random.randint(0, 59)) for _ in range(many))
    return [
        datetime.combine(local.date(), time(hour, minute), tzinfo=local.tzinfo)
        for hour, minute in chosen
    ]


def _call(
    client: Client, line: Line, caller: Correspondent, lea: User, at: datetime, random: Random
) -> Call:
    missed = random.random() < 0.04
    wait = timedelta(seconds=random.randint(18, 45) if missed else random.randint(3, 16))
    talk = timedelta(seconds=random.randint(50, 240))
    number = next(iter(caller.numbers.all()), None)
    disposition = (
        random.choice(("appointment_made", "appointment_made", "information", "appointment_moved"))
        if client.agenda_mode == Client.AgendaMode.OURS
        else random.choice(("message", "message", "information"))
    )
    return Call(
        bureau_id=client.bureau_id,
        client=client,
        line=line,
        caller_number=str(number.number) if number else "",
        correspondent=None if missed else caller,
        state=Call.State.ENDED,
        started_at=at,
        answered_at=None if missed else at + wait,
        answered_by=None if missed else lea,
        ended_at=at + wait if missed else at + wait + talk,
        ending=Call.Ending.MISSED if missed else Call.Ending.ANSWERED,
        # A missed call of the past was rung back since: nothing waits for ever in the list.
        disposition="" if missed else disposition,
        shown={"greeting": line.greeting, "instructions": []},
    )


def _leg(call: Call) -> CallLeg:
    return CallLeg(
        call=call,
        role=CallLeg.Role.CALLER,
        provider="demonstration",
        provider_id=uuid4().hex,
        state=CallLeg.State.ENDED,
        started_at=call.started_at,
        ended_at=call.ended_at,
    )


def add_messages(
    client: Client,
    line: Line,
    callers: list[Correspondent],
    noted: tuple[Noted, ...],
    lea: User,
    now: datetime,
) -> None:
    """Write the last days' messages: the newest unread, the older acknowledged."""
    for index, one in enumerate(noted):
        at = now - (timedelta(minutes=40 + 35 * index) if index < 3 else timedelta(days=index - 2))
        _message(client, line, callers[one.caller], one, lea, at, is_read=index > 2)


def _message(
    client: Client,
    line: Line,
    caller: Correspondent,
    noted: Noted,
    lea: User,
    at: datetime,
    *,
    is_read: bool,
) -> None:
    number = next(iter(caller.numbers.all()), None)
    call = _call(client, line, caller, lea, at - timedelta(minutes=2), Random(noted.body))
    call.disposition = Call.Disposition.MESSAGE
    if call.ending == Call.Ending.MISSED:
        call.ending, call.answered_at, call.answered_by = (
            Call.Ending.ANSWERED,
            call.started_at + timedelta(seconds=5),
            lea,
        )
    call.save()
    _leg(call).save()
    CallFile.objects.create(
        client=client,
        call=call,
        state=CallFile.State.CLOSED,
        opened_by=lea,
        opened_at=call.started_at,
        closed_at=at,
        closed_by=lea,
    )
    message = Message.objects.create(
        client=client,
        call=call,
        correspondent=caller,
        caller_name=caller.display_name,
        callback_number=str(number.number) if number else "",
        subject=noted.subject,
        body=noted.body,
        category=noted.category,
        urgency=Urgency.URGENT.value if noted.is_urgent else Urgency.NORMAL.value,
        noted_by=lea,
        noted_at=at,
        locked_at=at,
        outcome=(Outcome.AT_ONCE if noted.is_urgent else Outcome.DIGEST).value,
        read_at=at + timedelta(minutes=30) if is_read else None,
    )
    _relayed(client, message, noted, at, is_read=is_read)


def _relayed(
    client: Client, message: Message, noted: Noted, at: datetime, *, is_read: bool
) -> None:
    member = client.members.select_related("user").order_by("pk").first()
    if member is None:
        return
    Relay.objects.create(
        message=message,
        recipient=member,
        by_sms=noted.is_urgent,
        by_email=True,
        # Nothing of the past is due: what waits for an answer waits in the inbox.
        state=(RelayState.ACKNOWLEDGED if is_read else RelayState.OPEN).value,
        acknowledged_at=at + timedelta(minutes=31) if is_read else None,
        acknowledged_by=member.user if is_read else None,
        acknowledged_how="portal" if is_read else "",
    )
    _sent(client, message, Channel.EMAIL, str(member.notify_email), DeliveryState.SENT, at)
    if noted.is_urgent:
        _sent(client, message, Channel.SMS, str(member.mobile), DeliveryState.DELIVERED, at)


def _sent(
    client: Client,
    message: Message,
    channel: Channel,
    address: str,
    state: DeliveryState,
    at: datetime,
) -> None:
    delivery = Delivery.objects.create(
        client=client,
        recipient=client.members.order_by("pk").first(),
        channel=channel.value,
        address=address,
        text=message.from_whom,
        state=state.value,
        due_at=at,
        attempts=1,
    )
    delivery.messages.add(message)
    for seconds, reached in ((2, DeliveryState.ACCEPTED), (9, state)):
        DeliveryEvent.objects.create(
            delivery=delivery,
            at=at + timedelta(seconds=seconds),
            state=reached.value,
            key=f"demonstration-{reached.value}",
        )
