"""« Mon compte », for everybody who signs in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from portal.forms import AccountForm
from portal.scope import viewer


def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name and language."""
    form = AccountForm(request.POST or None, instance=viewer(request))
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with translation.override(user.language):
            messages.info(request, _("Saved."))
        return redirect("portal:account")
    return render(request, "account/my_account.html", {"form": form})
