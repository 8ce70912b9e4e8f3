"""Whose portal this is: a person sees the clients that she belongs to, and nothing else."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clients.models import Client, User


def viewer(request: HttpRequest) -> User:
    """Give the person who is signed in; the middleware has let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def client_or_404(request: HttpRequest, client: UUID) -> Client:
    """Give a client that this person belongs to; anybody else's does not exist."""
    found: Client = get_object_or_404(Client.objects.of_member(viewer(request)), uuid=client)
    return found


def first_client(request: HttpRequest) -> Client | None:
    """Give the client whose portal opens first."""
    return Client.objects.of_member(viewer(request)).in_service().order_by("name", "pk").first()
