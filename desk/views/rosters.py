"""Who is on call for a client, and when: read by who answers, written by who supervises."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import AuditEntry, Client, OnCallPerson, OnCallShift
from clients.services.rosters import (
    NoSuchNumber,
    RosterChanged,
    ShiftRefused,
    StillOnCall,
    TurnGone,
    add_shift,
    change_on_call_person,
    change_shift,
    last_change,
    remove_on_call_person,
    remove_shift,
)
from desk.answers import say
from desk.context import desk_context
from desk.queries.board import rounded_hue
from desk.queries.lines import may_direct_client
from desk.queries.uncovered import forget_uncovered
from desk.roster_form import PersonForm, ShiftForm, initial_of, initial_of_person
from desk.roster_meanwhile import (
    person_changed,
    roster_changed,
    turn_changed,
    turn_kept,
    turn_taken_away,
)
from desk.rosters import roster_context
from desk.scope import signed_in


@require_GET
def roster(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show who is on call in the weeks ahead, and when nobody is."""
    return _page(request, _client_or_404(request, uuid))


@require_POST
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put somebody on call for a turn."""
    client = _directed(request, _client_or_404(request, uuid))
    form = ShiftForm(request.POST, people=_people(client))
    if form.is_valid() and _saved(request, form, client=client):
        return _said(request, client, _("Noted: the turn counts from now on."))
    return _page(request, client, form)


@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have a turn be at another time, or somebody else's."""
    found = _shift(request, uuid)
    if found is None:
        return _gone(request, uuid)
    people = _people(found.client)
    if request.method != "POST":
        return _form(request, found.client, ShiftForm(people=people, initial=initial_of(found)))
    form = ShiftForm(request.POST, people=people)
    try:
        if form.is_valid() and _saved(request, form, shift=found):
            return _said(request, found.client, _("Saved."))
    except TurnGone:
        return _gone(request, uuid)
    return _form(request, found.client, form)


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a turn away."""
    found = _shift(request, uuid)
    if found is None:
        client = _removal_or_404(request, uuid).client
        assert client is not None
        return _said(request, client, _("The turn had been taken away already."))
    seen = request.POST.get("seen", "")
    try:
        remove_shift(
            shift=found,
            by=signed_in(request),
            at=timezone.now(),
            seen=int(seen) if seen.isdecimal() else None,
        )
    except RosterChanged:
        found.refresh_from_db()
        return _said(request, found.client, turn_kept(found), error=True)
    return _said(request, found.client, _("The turn is taken away."))


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give somebody on call another name or number."""
    found = _person_or_404(request, uuid)
    if request.method != "POST":
        return _form(request, found.client, PersonForm(initial=initial_of_person(found)))
    form = PersonForm(request.POST)
    if form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        try:
            change_on_call_person(person=found, **given, by=by, at=timezone.now())
            return _said(request, found.client, _("Saved, in all turns."))
        except NoSuchNumber:
            form.refuse_number()
        except RosterChanged:
            found.refresh_from_db()
            form.refuse_meanwhile(person_changed(found), last_change(found))
    return _form(request, found.client, form)


@require_POST
def forget_person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget somebody who takes no turn any more."""
    found = _person_or_404(request, uuid)
    try:
        remove_on_call_person(person=found, by=signed_in(request), at=timezone.now())
    except StillOnCall:
        words = _("This person still has turns: take them away, or give them to others, first.")
        return _said(request, found.client, words, error=True)
    return _said(request, found.client, _("Taken off the list."))


def _saved(request: HttpRequest, form: ShiftForm, **of: Any) -> bool:
    """Write the turn that a valid form says, or say beside its fields why it can't be."""
    save = change_shift if "shift" in of else add_shift
    by, now = signed_in(request), timezone.now()
    try:
        save(
            who=form.who(),
            wished=form.wished(),
            seen=form.cleaned_data["seen"],
            by=by,
            at=now,
            **of,
        )
    except ShiftRefused as refused:
        form.show(refused.faults)
    except NoSuchNumber:
        form.refuse_number()
    except RosterChanged:
        form.refuse_meanwhile(*_meanwhile(form.cleaned_data["seen"], **of))
    return form.is_valid()


def _meanwhile(
    seen: int, shift: OnCallShift | None = None, client: Client | None = None
) -> tuple[str, int]:
    """Say what somebody else did, and give the change up to which that is told."""
    if shift is not None:
        shift = OnCallShift.objects.select_related("person").get(pk=shift.pk)
        return turn_changed(shift), last_change(shift)
    assert client is not None
    return roster_changed(client, seen), last_change(client)


def _gone(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the roster that a turn is no longer in; what was typed of it becomes a new turn."""
    removal = _removal_or_404(request, uuid)
    client = removal.client
    assert client is not None
    if request.method != "POST":
        return _said(request, client, _("The turn had been taken away already."))
    form = ShiftForm(request.POST, people=_people(client))
    form.refuse_meanwhile(turn_taken_away(removal), last_change(client))
    return _page(request, client, form)


def _people(client: Client) -> list[OnCallPerson]:
    return list(client.on_call_people.order_by("name", "pk"))


def _client_or_404(request: HttpRequest, uuid: UUID) -> Client:
    mine = Client.objects.answered_by(signed_in(request)).in_service()
    return get_object_or_404(mine.select_related("bureau"), uuid=uuid)


def _directed(request: HttpRequest, client: Client) -> Client:
    if not may_direct_client(signed_in(request), client):
        raise PermissionDenied
    return client


def _shift(request: HttpRequest, uuid: UUID) -> OnCallShift | None:
    mine = Client.objects.answered_by(signed_in(request)).in_service()
    rows = OnCallShift.objects.filter(client__in=mine).select_related("client__bureau", "person")
    found = rows.filter(uuid=uuid).first()
    if found is not None:
        _directed(request, found.client)
    return found


def _removal_or_404(request: HttpRequest, uuid: UUID) -> AuditEntry:
    """Find who took a turn away that is no longer there."""
    mine = Client.objects.answered_by(signed_in(request)).in_service()
    rows = AuditEntry.objects.filter(client__in=mine, action="roster.shift_removed")
    found = get_object_or_404(rows.select_related("client__bureau", "by"), target_uuid=uuid)
    assert found.client is not None
    _directed(request, found.client)
    return found


def _person_or_404(request: HttpRequest, uuid: UUID) -> OnCallPerson:
    mine = Client.objects.answered_by(signed_in(request)).in_service()
    rows = OnCallPerson.objects.filter(client__in=mine).select_related("client__bureau")
    found = get_object_or_404(rows, uuid=uuid)
    _directed(request, found.client)
    return found


def _page(request: HttpRequest, client: Client, form: ShiftForm | None = None) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    context = desk_context(user, now) | roster_context(client, now, form)
    context["may_direct"] = may_direct_client(user, client)
    return render(request, "desk/roster.html", context, status=422 if form else 200)


def _form(request: HttpRequest, client: Client, form: ShiftForm | PersonForm) -> HttpResponse:
    context = desk_context(signed_in(request), timezone.now())
    context |= {"page": "lines", "client": client, "hue": rounded_hue(client), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "desk/roster_form.html", context, status=status)


def _said(request: HttpRequest, client: Client, words: str, *, error: bool = False) -> HttpResponse:
    forget_uncovered(signed_in(request))
    return say(request, redirect("desk:roster", client.uuid), words, error=error)
