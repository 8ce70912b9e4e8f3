"""The head of an open call: whose it is, what to say, who calls, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agenda.models import AppointmentChange
from calls.models import Call, Presence, Transfer
from clients.models import Client, Correspondent, User
from clients.queries import correspondents_on
from desk.queries.appointments import last_and_next_visit
from desk.queries.board import rounded_hue
from desk.queries.callbacks import is_promised, tried_words, tries_of
from desk.queries.talk import TalkState, talk_state
from desk.routing_words import routed_words
from desk.shortcuts import printed_keys
from desk.wording import long_day
from messages_app.models import CallFile, Message

STATES = {
    Call.State.RINGING: ("ringing", gettext_lazy("Ringing")),
    Call.State.IN_PROGRESS: ("live", gettext_lazy("In progress")),
    Call.State.ENDED: ("ended", gettext_lazy("Ended")),
}
ADDRESSES = (
    "hang_up",
    "promise",
    "talk",
    "transfer",
    "aims",
    "disposition",
    "caller",
    "new_caller",
    "people",
    "slots",
    "week",
    "book",
    "moving",
    "why",
    "series",
    "message",
    "preview",
    "emergency",
)


@dataclass(frozen=True)
class ClientBadge:
    """Whose call it is."""

    uuid: UUID
    name: str
    hue: int
    external_agenda: str
    keeps_agenda: bool


@dataclass(frozen=True)
class Person:
    """Somebody whom the client knows, as one choice among several."""

    uuid: UUID
    name: str
    born: str
    detail: str = ""


@dataclass(frozen=True)
class Caller:
    """Who is calling: chosen, one of several on the number, or nobody known."""

    number: str
    name: str = ""
    uuid: UUID | None = None
    born: str = ""
    tags: Sequence[str] = ()
    notes: Sequence[str] = ()
    matches: Sequence[Person] = field(default=())

    @property
    def is_known(self) -> bool:
        """Whether somebody said who it is."""
        return self.uuid is not None


@dataclass(frozen=True)
class DispositionChoice:
    """One word for what came of the call, and its key."""

    value: str
    label: str
    key: str
    is_chosen: bool
    is_suggested: bool


@dataclass(frozen=True)
class CallHead:
    """The head of a call's page, and the addresses of what can be done with it."""

    uuid: UUID
    client: ClientBadge
    greeting: str
    state: str
    state_label: str
    since: datetime
    ended_at: datetime | None
    answered_by: str
    # We rang: who is shown is no caller.
    is_outgoing: bool
    can_ring: bool
    can_promise: bool
    is_promised: bool
    can_hang_up: bool
    # Until then she writes it up and is not rung.
    writes_until: datetime | None
    caller: Caller
    talk: TalkState
    dispositions: Sequence[DispositionChoice]
    urls: dict[str, str]
    # Why it came here, in one line; empty where nothing was kept of it.
    routed: str = ""
    # How often the caller was rung back since, and did not answer.
    tried: str = ""

    @property
    def suggested(self) -> bool:
        """Whether one of the dispositions is proposed."""
        return any(choice.is_suggested for choice in self.dispositions)


def calls_on_desk(user: User) -> QuerySet[Call]:
    """Give the calls of this person’s desk and those in her hands, with all that a head shows."""
    calls = Call.objects.at_hand_of(user)
    return calls.select_related("client__bureau", "line", "correspondent", "answered_by")


def recognised(call: Call) -> Call:
    """Fill in the only person known on the caller's number; of several, nobody is picked.

    It stays in memory: the call's own row says only whom the assistant chose.
    """
    if call.correspondent is None:
        matches = list(correspondents_on(call.client, str(call.caller_number))[:2])
        if len(matches) == 1:
            call.correspondent = matches[0]
    return call


def call_head(user: User, call: Call, now: datetime) -> CallHead:
    """Give the head of a call as this person sees it now."""
    state, label = STATES[Call.State(call.state)]
    is_mine = call.answered_by_id == user.pk
    return CallHead(
        uuid=call.uuid,
        client=client_badge(call.client),
        greeting=call.shown.get("greeting") or call.line.greeting,
        state=state,
        state_label=_state_words(call, str(label)),
        since=call.answered_at or call.started_at,
        ended_at=call.ended_at,
        answered_by="" if is_mine or not call.answered_by else call.answered_by.called,
        is_outgoing=call.direction == Call.Direction.OUT,
        can_ring=bool(call.caller_number) and not call.is_open,
        can_promise=bool(call.caller_number) and call.state != Call.State.RINGING,
        is_promised=is_promised(call),
        can_hang_up=is_mine and _talks_or_rings_out(call),
        writes_until=_writes_until(user, call, now),
        caller=caller_of(call, now),
        talk=talk_state(user, call),
        dispositions=disposition_choices(user, call),
        urls=addresses_of(call),
        routed=routed_words(call),
        tried="" if call.is_open else tried_words(tries_of([call])[call.pk], now),
    )


def _talks_or_rings_out(call: Call) -> bool:
    """Whether her telephone is in use for this call, be it with whom she rang for the caller."""
    if not call.is_open:
        return call.transfers.open().exists()
    goes_on = call.state == Call.State.IN_PROGRESS or call.is_rung_out
    return goes_on and call.handed_over_at is None


def _writes_until(user: User, call: Call, now: datetime) -> datetime | None:
    is_done = call.ended_at or call.handed_over_at
    if not is_done or call.disposition or call.answered_by_id != user.pk:
        return None
    writing = Presence.objects.filter(user=user, wrap_up_until__gt=now)
    return writing.values_list("wrap_up_until", flat=True).first()


def addresses_of(call: Call) -> dict[str, str]:
    """Give the addresses of what can be done with a call; the face's name follows `drafts`."""
    urls = {name: reverse(f"desk:{name}", args=[call.uuid]) for name in ADDRESSES}
    page = reverse("desk:call", args=[call.uuid])
    return urls | {"page": page, "drafts": f"{page}drafts/"}


def _state_words(call: Call, label: str) -> str:
    if call.state == Call.State.ENDED and call.ending != Call.Ending.ANSWERED:
        return str(call.get_ending_display()).capitalize()
    return label


def client_badge(client: Client) -> ClientBadge:
    """Give a client's name, colour, and the address of an agenda kept elsewhere."""
    is_external = client.agenda_mode == Client.AgendaMode.EXTERNAL
    return ClientBadge(
        uuid=client.uuid,
        name=client.name,
        hue=rounded_hue(client),
        external_agenda=client.agenda_url if is_external else "",
        keeps_agenda=client.agenda_mode == Client.AgendaMode.OURS,
    )


def caller_of(call: Call, now: datetime) -> Caller:
    """Say who calls: whom she chose, or those known on the number; none is picked by itself."""
    number = str(call.caller_number)
    if call.correspondent is None:
        matches = correspondents_on(call.client, number)
        return Caller(number=number, matches=[person(one) for one in matches])
    known = call.correspondent
    return Caller(
        number=number,
        name=known.display_name,
        uuid=known.uuid,
        born=born(known),
        tags=tags(known),
        notes=last_and_next_visit(known, now),
    )


def person(correspondent: Correspondent, detail: str = "") -> Person:
    """Give a person as one choice among several."""
    known = born(correspondent)
    return Person(
        uuid=correspondent.uuid,
        name=correspondent.display_name,
        born=known,
        detail=" · ".join(part for part in (known, detail) if part),
    )


def born(correspondent: Correspondent) -> str:
    """« née le 14 mars 1961 »; homonyms are told apart by it."""
    if correspondent.birth_date is None:
        return ""
    day = long_day(correspondent.birth_date)
    if correspondent.civility == Correspondent.Civility.MRS:
        return pgettext("of a woman", "born on %(day)s") % {"day": day}
    if correspondent.civility == Correspondent.Civility.MR:
        return pgettext("of a man", "born on %(day)s") % {"day": day}
    return _("born on %(day)s") % {"day": day}


def tags(correspondent: Correspondent) -> list[str]:
    """« Patient depuis 2021 »"""
    kind = str(correspondent.get_kind_display()).capitalize()
    if correspondent.known_since is None:
        return [kind]
    return [_("%(kind)s since %(year)d") % {"kind": kind, "year": correspondent.known_since.year}]


def disposition_choices(user: User, call: Call) -> list[DispositionChoice]:
    """Give the words that end a call, the likeliest suggested; none while somebody talks."""
    if call.is_open and call.handed_over_at is None:
        return []
    keys = printed_keys(user)
    suggested = "" if call.disposition else suggested_disposition(call)
    return [
        DispositionChoice(
            value=value,
            label=str(label).capitalize(),
            key=keys[f"disposition_{value}"],
            is_chosen=value == call.disposition,
            is_suggested=value == suggested,
        )
        for value, label in Call.Disposition.choices
    ]


def suggested_disposition(call: Call) -> str:
    """Give what the call's file says it led to, or nothing."""
    if CallFile.objects.filter(call=call, appointments__isnull=False).exists():
        return _what_became_of_appointments(call)
    if Message.objects.ready().filter(call=call).exists():
        return Call.Disposition.MESSAGE
    if call.transfers.filter(outcome=Transfer.Outcome.PUT_THROUGH).exists():
        return Call.Disposition.PUT_THROUGH
    return ""


def _what_became_of_appointments(call: Call) -> str:
    """Say what was last done to the appointments of the call's file."""
    done = AppointmentChange.objects.filter(
        appointment__call_files__call=call, at__gte=call.started_at
    )
    last = done.order_by("-pk").values_list("kind", flat=True).first()
    return _DISPOSITIONS.get(last or "", Call.Disposition.APPOINTMENT_MADE)


_DISPOSITIONS: dict[str, str] = {
    AppointmentChange.Kind.MOVED: Call.Disposition.APPOINTMENT_MOVED,
    AppointmentChange.Kind.CANCELLED: Call.Disposition.APPOINTMENT_CANCELLED,
}
