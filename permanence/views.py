"""The few pages that belong to no app."""

from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from clients.models import Client
from permanence.forms import FirstOwnerForm
from permanence.owner import create_first_owner, is_owner_token


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to her own screen."""
    user = request.user
    assert user.is_authenticated
    answers = user.memberships.exists() or Client.objects.answered_by(user).exists()
    return redirect("desk:home" if answers else "portal:home")


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Tell a supervisor that the process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def first_owner(request: HttpRequest, token: str) -> HttpResponse:
    """Let the holder of the terminal's one-time link make the owner's account."""
    if not is_owner_token(token):
        raise Http404
    form = FirstOwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = create_first_owner(token=token, **form.cleaned_data)
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
    return render(request, "account/first_owner.html", {"form": form})
