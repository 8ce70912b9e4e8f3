"""What the demonstration's lines do at each hour: each client's wishes are others."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.models import LineSchedule
from calls.rules.drafts import Draft, DraftHours, DraftStep
from calls.rules.hours import When
from calls.rules.routing import Action
from calls.services import add_caller_rule, draft_of, publish_schedule, today_of
from clients.models import Client, Line, OnCallPerson, User
from clients.rules.rosters import WishedShift
from clients.services.rosters import add_on_call_person, add_shift
from permanence.demo.clients import DURAND, LIN, MARTIN, RENAUD

_WORKDAYS = frozenset(range(5))
_TO_SATURDAY = frozenset(range(6))
_BEFORE = timedelta(days=60)
ON_CALL = "+33639983431"
# Who takes turns for the plumber, and the number of each.
ON_CALL_PEOPLE = (
    ("Karim Renaud", ON_CALL),
    ("Thomas Vidal", "+33639983432"),
    ("Sonia Perrin", "+33639983433"),
)


def _step(
    action: Action, seconds: int = 0, *numbers: str, text: str = "", en: str = ""
) -> DraftStep:
    return DraftStep(action, seconds, numbers, text, en)


def _hours(
    name: str,
    starts: int,
    ends: int,
    *steps: DraftStep,
    days: frozenset[int] = _WORKDAYS,
    language: str = "",
) -> DraftHours:
    return DraftHours(name, When.WEEKLY, steps, days, time(starts), time(ends), language=language)


_HOLDER = _step(Action.HOLDER, 25)
_DEPUTIES = _step(Action.DEPUTIES, 25)

_NIGHT = (
    "Le cabinet est fermé. En cas d’urgence vitale, composez le 15. Pour un médecin de garde, "
    "composez le 116 117. Le secrétariat répond du lundi au vendredi de 8 heures à 19 heures."
)
_MARTIN = Draft(
    hours=(
        _hours("Journée", 8, 19, _HOLDER, _DEPUTIES, _step(Action.QUEUE, 180)),
        DraftHours("Nuit et week-end", When.OTHERWISE, (_step(Action.ANNOUNCE, text=_NIGHT),)),
        DraftHours("Jours fériés", When.HOLIDAYS, (_step(Action.ANNOUNCE, text=_NIGHT),)),
    ),
    priority=1,
    tells_wait=True,
    deputies_after=45,
)
_DURAND = Draft(
    hours=(
        _hours(
            "Cabinet ouvert",
            9,
            19,
            _step(Action.ASSISTANTS, 25),
            _step(Action.QUEUE, 120),
        ),
        DraftHours(
            "Cabinet fermé",
            When.OTHERWISE,
            (
                _step(
                    Action.VOICEMAIL,
                    120,
                    text="Le cabinet de Maître Durand est fermé. Laissez votre nom, votre numéro "
                    "et l’objet de votre appel après le signal : vous serez rappelé.",
                ),
            ),
        ),
    ),
    waiting_sound=LineSchedule.Sound.SILENCE.value,
    voicemail_text="Laissez votre message après le signal.",
)
_RENAUD = Draft(
    hours=(
        _hours(
            "Débordement",
            8,
            19,
            _step(Action.TEAM, 15, "+33199004031", "+33199004032"),
            _step(Action.ASSISTANTS, 25),
            _step(Action.QUEUE, 180),
            days=_TO_SATURDAY,
        ),
        DraftHours(
            "Fermé",
            When.OTHERWISE,
            (
                _step(
                    Action.ANNOUNCE,
                    text="Plomberie Renaud est fermée. Clients sous contrat : composez le "
                    "01 99 00 40 35, l’astreinte vous répond. Fuite de gaz : 0 800 47 33 33.",
                ),
            ),
        ),
    ),
    deputies_after=30,
)
_ROUND_THE_CLOCK = Draft(
    hours=(
        _hours(
            "En semaine", 8, 19, _step(Action.ASSISTANTS, 20), _step(Action.ON_CALL, 30, ON_CALL)
        ),
        DraftHours(
            "Nuits, week-ends et jours fériés",
            When.OTHERWISE,
            (
                _step(Action.ASSISTANTS, 20),
                _step(Action.ON_CALL, 30, ON_CALL),
                _step(Action.FORWARD, 30, "+33639983430"),
                _step(
                    Action.ANNOUNCE,
                    text="L’astreinte est déjà en intervention. Fermez l’eau au compteur et "
                    "rappelez dans quelques minutes.",
                ),
            ),
        ),
    ),
    priority=2,
)
_LIN = Draft(
    hours=(
        _hours("Boutique", 9, 18, _HOLDER, _DEPUTIES, _step(Action.QUEUE, 240)),
        _hours("Soirée, en anglais", 18, 22, _step(Action.ASSISTANTS, 25), language="en"),
        DraftHours(
            "Boutique fermée",
            When.OTHERWISE,
            (
                _step(
                    Action.ANNOUNCE,
                    text="La boutique est fermée. Écrivez-nous, nous répondons dans la journée.",
                    en="The shop is closed. Please write to us: we answer within the day.",
                ),
            ),
            language="fr",
        ),
    ),
)
_DRAFTS = {MARTIN.key: _MARTIN, DURAND.key: _DURAND, RENAUD.key: _RENAUD, LIN.key: _LIN}
_PURPOSES = {
    MARTIN.key: Line.Purpose.RECEPTION,
    DURAND.key: Line.Purpose.RECEPTION,
    RENAUD.key: Line.Purpose.OVERFLOW,
    LIN.key: Line.Purpose.EXTENDED,
}


def direct_line(key: str, line: Line, *, by: User, now: datetime) -> None:
    """Write what a client's line has done for two months, as its owner would have."""
    line.purpose = _PURPOSES[key]
    line.save(update_fields=["purpose"])
    _publish(line, _DRAFTS[key], by, now)
    if key == RENAUD.key:
        _publish(_on_call_line(line.client, now), _ROUND_THE_CLOCK, by, now)
        _write_roster(line.client, by, now)
    if key == LIN.key:
        _publish(_fair_line(line.client, now), _FAIR, by, now - timedelta(days=1))
    if key == MARTIN.key:
        _close_between_the_years(line, by, now)
    if key == DURAND.key:
        _treat_callers_apart(line, by, now)


def _publish(line: Line, draft: Draft, by: User, now: datetime, day: date | None = None) -> None:
    before = now - _BEFORE if day is None else now
    publish_schedule(
        line=line, draft=draft, starts_on=day or today_of(line, before), by=by, at=before
    )


def _on_call_line(client: Client, now: datetime) -> Line:
    return Line.objects.create(
        client=client,
        number="+33199004035",
        label="Astreinte 24\N{NO-BREAK SPACE}h/24",
        purpose=Line.Purpose.ON_CALL,
        valid_from=now - timedelta(days=400),
        greeting="Astreinte Plomberie Renaud, bonjour, quelle est votre urgence ?",
        unanswered_text="L’astreinte ne répond pas. Fermez l’eau au compteur et rappelez.",
    )


def _write_roster(client: Client, by: User, now: datetime) -> None:
    """Three take turns week by week, a swap among them; one Sunday is nobody's yet."""
    today = now.astimezone(ZoneInfo(client.timezone)).date()
    monday = today - timedelta(days=today.weekday())
    karim, thomas, sonia = (
        add_on_call_person(client=client, name=name, number=number, by=by, at=now)
        for name, number in ON_CALL_PEOPLE
    )
    for turn, person in enumerate((karim, thomas, sonia)):
        starts = monday + timedelta(weeks=turn)
        # The last of them gives the telephone back on Saturday evening.
        ends = starts + timedelta(days=5 if person is sonia else 7)
        hour = time(18) if person is sonia else time(8)
        _turn(person, starts, ends, hour, by, now, weeks=3)
    swapped = monday + timedelta(days=9)
    _turn(sonia, swapped, swapped + timedelta(days=1), time(8), by, now)


def _turn(
    person: OnCallPerson,
    first: date,
    last: date,
    ends: time,
    by: User,
    now: datetime,
    *,
    weeks: int = 0,
) -> None:
    wished = WishedShift(first, time(8), last, ends, weeks)
    add_shift(client=person.client, who=person, wished=wished, by=by, at=now)


_FAIR = Draft(
    hours=(
        _hours("Salon", 9, 19, _step(Action.ASSISTANTS, 25), days=frozenset(range(7))),
        DraftHours(
            "Salon fermé",
            When.OTHERWISE,
            (_step(Action.ANNOUNCE, text="Le salon est fermé. À demain dès 9 heures !"),),
        ),
    ),
)


def _fair_line(client: Client, now: datetime) -> Line:
    """A line for a fair, which ends by itself."""
    return Line.objects.create(
        client=client,
        number="+33199004045",
        label="Salon Maison & Lin",
        purpose=Line.Purpose.ONE_OFF,
        valid_from=now - timedelta(days=2),
        valid_until=now + timedelta(days=5),
        greeting="Atelier Lin et compagnie au salon, bonjour !",
        greeting_en="Atelier Lin and Co at the fair, good afternoon!",
        unanswered_text="Nous sommes au salon : rappelez dans quelques minutes.",
        unanswered_text_en="We are at the fair: please call again in a few minutes.",
    )


def _close_between_the_years(line: Line, by: User, now: datetime) -> None:
    """A version to come: the practice closes for the last days of the year."""
    first = date(now.year, 12, 26)
    closed = DraftHours(
        "Fermeture de fin d’année",
        When.DATES,
        (
            _step(
                Action.ANNOUNCE,
                text="Le cabinet est fermé jusqu’au 2 janvier. En cas d’urgence, composez le 15.",
            ),
        ),
        first=first,
        last=date(now.year, 12, 31),
    )
    held = LineSchedule.objects.filter(line=line).latest("starts_on")
    draft = draft_of(held)
    coming = max(date(now.year, 12, 1), today_of(line, now) + timedelta(days=3))
    hours = (closed, *draft.hours)
    _publish(
        line, Draft(hours=hours, priority=1, tells_wait=True, deputies_after=45), by, now, coming
    )


def _treat_callers_apart(line: Line, by: User, now: datetime) -> None:
    rules = (
        ("+33465717012", "always", "Greffe du tribunal, toujours transmis"),
        ("+33199004999", "blocked", "Démarchage, trois fois par jour"),
    )
    for number, verdict, note in rules:
        add_caller_rule(
            client=line.client, number=number, verdict=verdict, note=note, by=by, at=now - _BEFORE
        )
